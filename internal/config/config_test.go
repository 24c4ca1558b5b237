package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"footnote"
	"footnote/internal/config"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "footnote.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLaterSettingsWin(t *testing.T) {
	path := write(t, "listen: 127.0.0.1:1\ndata: from-file\nanonymous: false\nembedding:\n  kind: http\n  base_url: http://e/v1\n  model: m\n")
	t.Setenv("FOOTNOTE_DATA", "from-env")
	t.Setenv("FOOTNOTE_EMBEDDING_DIMENSIONS", "8")
	t.Setenv("FOOTNOTE_HOSTS", "a.example,b.example")
	t.Setenv("FOOTNOTE_KEY", "fn_x")
	t.Setenv("FOOTNOTE_ANSWERS_BASE_URL", "http://m/v1")
	t.Setenv("FOOTNOTE_ANSWERS_MODEL", "writer")
	c, err := config.Load(path, map[string]any{"listen": "127.0.0.1:2"})
	if err != nil {
		t.Fatal(err)
	}
	if a := c.Answers; a.BaseURL != "http://m/v1" || a.Model != "writer" || a.Wait() != 20*time.Second || a.MaxTokens != 600 {
		t.Errorf("got %+v", a)
	}
	if c.Listen != "127.0.0.1:2" || c.Data != "from-env" || c.Anonymous || c.Embedding.Dimensions != 8 || len(c.Hosts) != 2 || c.AnonymousBurst != 20 {
		t.Errorf("got %+v", c)
	}
}

func TestBadSettingsAreNamed(t *testing.T) {
	for text, field := range map[string]string{
		"lissten: x\n":                  "lissten",
		"listen: [\n":                   "config",
		"tls_cert: x\n":                 "tls_cert",
		"drain: soon\n":                 "drain",
		"log_level: loud\n":             "log_level",
		"trusted_proxies: [10.0.0.1]\n": "trusted_proxies",
		"anonymous_rate: -1\n":          "anonymous_rate",
		"embedding: {kind: other}\n":    "embedding.kind",
		"embedding: other\n":            "embedding.kind",
		"embedding: [minilm]\n":         "embedding",
		"embedding: {cores: -1}\n":      "embedding.cores",
		"embedding: {cores: x}\n":       "",
		"embedding: {protocol: grpc}\n": "embedding.protocol",
		"embedding: {model: m}\n":       "embedding.model",
		"embedding: {kind: http, base_url: http://e, model: m}\n":                 "embedding.dimensions",
		"embedding: {kind: http, base_url: http://e, dimensions: 3}\n":            "embedding.model",
		"embedding: {kind: http, model: m, dimensions: 3}\n":                      "embedding.base_url",
		"embedding: {kind: http, base_url: http://e, model: m, dimensions: -3}\n": "embedding.dimensions",
		"embedding: {kinds: http}\n":                                              "embedding.kinds",
		"anonymous_burst: many\n":                                                 "",
		"answers: {model: m}\n":                                                   "answers",
		"answers: {base_url: http://m}":                                           "answers",
		"answers: {timeout: soon}\n":                                              "answers.timeout",
		"answers: {timeout: 0s}\n":                                                "answers.timeout",
		"answers: {timeout: 1h}\n":                                                "answers.timeout",
		"answers: {max_tokens: 0}\n":                                              "answers.max_tokens",
		"answers: {tokens: 1}\n":                                                  "answers.tokens",
	} {
		_, err := config.Load(write(t, text), nil)
		own, ok := err.(*footnote.Error) //nolint:errorlint // Load returns it unwrapped
		if !ok || own.Code != footnote.CodeInvalid || own.Field != field {
			t.Errorf("%q: got %v, want invalid %s", text, err, field)
		}
	}
	if _, err := config.Load(filepath.Join(t.TempDir(), "absent.yaml"), nil); footnote.CodeOf(err) != footnote.CodeInvalid {
		t.Errorf("absent file: %v", err)
	}
}

func TestEmbeddingIsAWordOrAMapping(t *testing.T) {
	none := func(*testing.T) {}
	for name, c := range map[string]struct {
		file string
		set  func(t *testing.T)
		want config.Embedding
	}{
		"by default":     {"", none, config.Embedding{Kind: "minilm"}},
		"a word":         {"embedding: static\n", none, config.Embedding{Kind: "static"}},
		"a mapping":      {"embedding: {kind: static, cores: 3}\n", none, config.Embedding{Kind: "static", Cores: 3}},
		"only the cores": {"embedding: {cores: 3}\n", none, config.Embedding{Kind: "minilm", Cores: 3}},
		"a variable":     {"embedding: {cores: 3}\n", func(t *testing.T) { t.Setenv("FOOTNOTE_EMBEDDING", "static") }, config.Embedding{Kind: "static", Cores: 3}}, //nolint:thelper // a step of the table
	} {
		t.Run(name, func(t *testing.T) {
			c.set(t)
			got, err := config.Load(write(t, c.file), nil)
			if err != nil || got.Embedding != c.want {
				t.Errorf("got %+v, %v", got.Embedding, err)
			}
		})
	}
	if got := (config.Embedding{}).Workers(); got < 1 {
		t.Errorf("%d workers by default", got)
	}
	if got := (config.Embedding{Cores: 3}).Workers(); got != 3 {
		t.Errorf("%d workers of 3 cores", got)
	}
}

func TestSecretComesFromANamedVariable(t *testing.T) {
	t.Setenv("MODEL_KEY", "s3cret")
	if s, err := (config.Answers{KeyEnv: "MODEL_KEY"}).Secret(); err != nil || s != "s3cret" {
		t.Errorf("got %q, %v", s, err)
	}
	if s, err := (config.Embedding{KeyEnv: "MODEL_KEY"}).Secret(); err != nil || s != "s3cret" {
		t.Errorf("got %q, %v", s, err)
	}
	if _, err := (config.Embedding{KeyEnv: "MODEL_KEY_ABSENT"}).Secret(); footnote.CodeOf(err) != footnote.CodeInvalid {
		t.Errorf("absent variable: %v", err)
	}
}
