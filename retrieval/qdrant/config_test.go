package qdrant_test

import (
	"crypto/tls"
	"testing"

	"footnote"
	"footnote/retrieval/qdrant"
)

func TestParseURL(t *testing.T) {
	c, err := qdrant.ParseURL("qdrant://search.example.org:7000/?tls=true&prefix=kb&shards=3&replicas=2")
	if err != nil || c.Host != "search.example.org" || c.Port != 7000 || c.TLS == nil || c.Prefix != "kb" || c.Shards != 3 || c.Replicas != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err = qdrant.ParseURL("qdrant://[::1]?tls=false"); err != nil || c.Host != "::1" || c.Port != 0 || c.TLS != nil {
		t.Errorf("%+v, %v", c, err)
	}
	for _, bad := range []string{
		"", "localhost:6334", "http://localhost:6334", "qdrant://key@localhost", "qdrant://localhost/collection", "qdrant://localhost:0",
		"qdrant://localhost:x", "qdrant://localhost?api_key=1", "qdrant://localhost?shards=many", "qdrant://localhost?tls=perhaps",
	} {
		if _, err := qdrant.ParseURL(bad); footnote.CodeOf(err) != footnote.CodeInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestConfig(t *testing.T) {
	for name, config := range map[string]qdrant.Config{
		"no model":          {},
		"a prefix":          {Model: "m", Prefix: "a b"},
		"a port":            {Model: "m", Port: 70000},
		"negative shards":   {Model: "m", Shards: -1},
		"a key in the open": {Model: "m", Host: "search.example.org", APIKey: "s3cret"},
	} {
		if _, err := qdrant.Open(t.Context(), config); footnote.CodeOf(err) != footnote.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := qdrant.Open(t.Context(), qdrant.Config{Model: "m", Host: "192.0.2.1", APIKey: "s3cret", Shards: -1, TLS: &tls.Config{MinVersion: tls.VersionTLS12}})
	says(t, err, footnote.CodeInvalid, "negative")
}
