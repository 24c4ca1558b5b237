package qdrant

import (
	"crypto/tls"
	"net"
	"regexp"
	"time"

	"footnote"
	"footnote/retrieval/words"
)

// Config says where the server is and how an index is laid out on it.
type Config struct {
	Host   string // default: localhost
	Port   int    // of gRPC; default: 6334
	APIKey string // needs TLS, unless the server is on this machine
	TLS    *tls.Config

	Prefix     string // of the names of collections; default: footnote
	Model      string // of the vectors: each has its own collections
	Dimensions int    // of the vectors; 0: as the first that comes

	// Shards and Replicas are those of a collection when it is made; default: one of each. More than one replica must
	// agree by majority, in writing and in reading.
	Shards   int
	Replicas int

	// Cutoff is up to how many permitted chunks all vectors are compared; default: 40,000.
	Cutoff int
	// Effort is how many neighbours the graph keeps in sight beyond that; default: 256.
	Effort int
	// Timeout is how long one request may take; default: 10 s.
	Timeout time.Duration
	// Patience is how long another process may stand in the middle of a write without a sign of life before its turn is
	// over; default: three times Timeout. Every request of a write that is done is one, so it must be more than two may take.
	Patience time.Duration
	// Grace is how long what was replaced is kept for searches under way; default: 1 min.
	Grace time.Duration

	Analyzer  *words.Analyzer  // default: its own
	Reference *words.Reference // default: its own
	Now       func() time.Time // default: time.Now
}

var prefixes = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

func (c Config) withDefaults() (Config, error) {
	c.Host = either(c.Host, "localhost")
	c.Port = either(c.Port, 6334)
	c.Prefix = either(c.Prefix, "footnote")
	c.Shards, c.Replicas = either(c.Shards, 1), either(c.Replicas, 1)
	c.Cutoff, c.Effort = either(c.Cutoff, 40_000), either(c.Effort, 256)
	c.Timeout, c.Grace = either(c.Timeout, 10*time.Second), either(c.Grace, time.Minute)
	c.Patience = either(c.Patience, 3*c.Timeout)
	if c.Analyzer == nil {
		c.Analyzer = words.New()
	}
	if c.Reference == nil {
		c.Reference = words.NewReference()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	switch {
	case c.Model == "":
		return c, footnote.Invalid("model", "must name the model of the vectors")
	case !prefixes.MatchString(c.Prefix):
		return c, footnote.Invalid("prefix", "must be letters, digits, dots, hyphens and underscores, at most 100")
	case c.Port < 0 || c.Port > 65535:
		return c, footnote.Invalid("port", "must be between 1 and 65535")
	case c.Dimensions < 0 || c.Shards < 0 || c.Replicas < 0 || c.Cutoff < 0 || c.Effort < 0:
		return c, footnote.Invalid("qdrant", "no number may be negative")
	case c.APIKey != "" && c.TLS == nil && !local(c.Host):
		return c, footnote.Invalid("tls", "must be on when there is an API key: without it the key can be read on the way")
	}
	return c, nil
}

func either[T comparable](value, standard T) T {
	var zero T
	if value == zero {
		return standard
	}
	return value
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
