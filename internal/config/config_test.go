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
		"embedding: {kind: http}\n":     "embedding",
		"embedding: {kinds: http}\n":    "embedding.kinds",
		"anonymous_burst: many\n":       "",
		"answers: {model: m}\n":         "answers",
		"answers: {base_url: http://m}": "answers",
		"answers: {timeout: soon}\n":    "answers.timeout",
		"answers: {timeout: 0s}\n":      "answers.timeout",
		"answers: {timeout: 1h}\n":      "answers.timeout",
		"answers: {max_tokens: 0}\n":    "answers.max_tokens",
		"answers: {tokens: 1}\n":        "answers.tokens",
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
