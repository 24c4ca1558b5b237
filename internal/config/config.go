// Package config reads the settings of the programs: defaults, then a YAML file, then FOOTNOTE_* variables, then what
// the command line sets. It is the only place that reads the environment. What comes out is checked and complete.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"footnote"
)

// Config is every setting of the read program.
type Config struct {
	Data           string    `koanf:"data"`            // the data folder
	Store          string    `koanf:"store"`           // the address of a Postgres; empty: a file in the data folder
	Index          string    `koanf:"index"`           // embedded, pgvector or qdrant://host:port
	IndexKeyEnv    string    `koanf:"index_key_env"`   // the variable that holds the API key of Qdrant
	Listen         string    `koanf:"listen"`          // host:port
	MetricsListen  string    `koanf:"metrics_listen"`  // host:port of /metrics without a key; empty: only with an admin key
	TLSCert        string    `koanf:"tls_cert"`        // PEM file
	TLSKey         string    `koanf:"tls_key"`         // PEM file
	Hosts          []string  `koanf:"hosts"`           // names under which the server may be asked, beside localhost and the listen host
	TrustedProxies []string  `koanf:"trusted_proxies"` // networks whose X-Forwarded-For is believed
	Anonymous      bool      `koanf:"anonymous"`       // answer without a key, from public texts
	AnonymousRate  float64   `koanf:"anonymous_rate"`  // requests a second and address
	AnonymousBurst int       `koanf:"anonymous_burst"`
	KeyRate        float64   `koanf:"key_rate"`       // requests a second and key; 0: no limit
	SecureCookies  bool      `koanf:"secure_cookies"` // a proxy in front speaks TLS: mark the page's cookies so
	LogLevel       string    `koanf:"log_level"`
	Drain          string    `koanf:"drain"`           // how long requests under way may take after a stop; a Go duration
	RequestTimeout string    `koanf:"request_timeout"` // how long a request may take; a Go duration
	Embedding      Embedding `koanf:"embedding"`
	Answers        Answers   `koanf:"answers"`
}

const envPrefix = "FOOTNOTE_"

func defaults() map[string]any {
	return map[string]any{
		"data": "./footnote-data", "listen": "127.0.0.1:8080", "anonymous": true, "anonymous_rate": 5.0,
		"anonymous_burst": 20, "log_level": "info", "drain": "10s", "request_timeout": "30s", "embedding.kind": KindMiniLM, "index": IndexEmbedded,
		"answers.timeout": "20s", "answers.max_tokens": 600,
	}
}

// Load reads the settings. path is a YAML file, "" for none; flags are settings by name that win over everything.
func Load(path string, flags map[string]any) (Config, error) {
	k := koanf.New(".")
	if err := k.Load(confmap.Provider(defaults(), "."), nil); err != nil {
		return Config{}, err
	}
	if path != "" {
		if err := loadFile(k, path); err != nil {
			return Config{}, err
		}
	}
	if err := k.Load(env.Provider(".", env.Opt{Prefix: envPrefix, TransformFunc: fromEnv}), nil); err != nil {
		return Config{}, err
	}
	if err := k.Load(confmap.Provider(flags, "."), nil); err != nil {
		return Config{}, err
	}
	var c Config
	if err := k.Unmarshal("", &c); err != nil {
		return Config{}, invalid("", "a setting has the wrong type", err)
	}
	return c, c.check()
}

func loadFile(k *koanf.Koanf, path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return invalid("config", "the file does not exist", err)
	}
	settings := koanf.New(".")
	if err := settings.Load(file.Provider(path), yaml.Parser()); err != nil {
		return invalid("config", "the file is not valid YAML", err)
	}
	if kind, short := settings.Get(embeddingKey).(string); short { // embedding: minilm
		settings.Delete(embeddingKey)
		if err := settings.Set(embeddingKey+".kind", kind); err != nil {
			return err
		}
	}
	for _, key := range settings.Keys() {
		if !known(key) {
			return invalid(key, "is not a setting; see docs/operating.md for those there are", nil)
		}
	}
	return k.Merge(settings)
}

func known(key string) bool {
	names := []string{
		"data", "store", "index", "index_key_env", "listen", "metrics_listen", "tls_cert", "tls_key", "hosts", "trusted_proxies", "anonymous",
		"anonymous_rate", "anonymous_burst", "key_rate", "secure_cookies", "log_level", "drain", "request_timeout", "embedding.kind", "embedding.protocol",
		"embedding.base_url", "embedding.model", "embedding.dimensions", "embedding.key_env", "embedding.cores",
		"answers.base_url", "answers.model", "answers.key_env", "answers.timeout", "answers.max_tokens",
	}
	return slices.Contains(names, key)
}

// fromEnv turns FOOTNOTE_EMBEDDING_BASE_URL into embedding.base_url, and FOOTNOTE_EMBEDDING into embedding.kind. Variables that are no settings (FOOTNOTE_KEY, the
// key of the command line, among them) are left alone.
func fromEnv(name, value string) (key string, setting any) {
	key = strings.ToLower(strings.TrimPrefix(name, envPrefix))
	for _, group := range []string{embeddingKey, "answers"} {
		if rest, found := strings.CutPrefix(key, group+"_"); found {
			key = group + "." + rest
		}
	}
	if key == embeddingKey {
		key += ".kind"
	}
	switch {
	case !known(key):
		return "", nil
	case key == "hosts" || key == "trusted_proxies":
		return key, strings.Split(value, ",")
	}
	return key, value
}

func invalid(field, message string, err error) error {
	return &footnote.Error{Code: footnote.CodeInvalid, Field: field, Message: message, Err: err}
}

func (c Config) check() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return invalid("tls_cert", "needs tls_key beside it, and the other way round", nil)
	}
	if c.AnonymousRate < 0 || c.AnonymousBurst < 0 || c.KeyRate < 0 {
		return invalid("anonymous_rate", "rates and bursts must not be negative", nil)
	}
	if _, err := time.ParseDuration(c.Drain); err != nil {
		return invalid("drain", "must be a duration such as 10s", nil)
	}
	if wait, err := time.ParseDuration(c.RequestTimeout); err != nil || wait <= 0 {
		return invalid("request_timeout", "must be a duration such as 30s", nil)
	}
	for _, network := range c.TrustedProxies {
		if _, err := netip.ParsePrefix(network); err != nil {
			return invalid("trusted_proxies", "each must be a network such as 10.0.0.0/8", nil)
		}
	}
	if err := c.checkBackend(); err != nil {
		return err
	}
	switch c.LogLevel {
	case "debug", "info", "warn", "error":
	default:
		return invalid("log_level", "must be debug, info, warn or error", nil)
	}
	if err := c.Answers.check(); err != nil {
		return err
	}
	return c.Embedding.check()
}

// secret is the value of a variable that a setting names.
func secret(setting, variable string) (string, error) {
	if variable == "" {
		return "", nil
	}
	value, set := os.LookupEnv(variable)
	if !set {
		return "", invalid(setting, fmt.Sprintf("the variable %s is not set", variable), nil)
	}
	return value, nil
}

// ServerKey is the key with which the command line asks a server.
func ServerKey() string { return os.Getenv(envPrefix + "KEY") }
