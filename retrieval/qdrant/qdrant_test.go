package qdrant_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	api "github.com/qdrant/go-client/qdrant"

	"footnote/retrieval"
	"footnote/retrieval/indextest"
	"footnote/retrieval/qdrant"
	"footnote/retrieval/qdrant/qdranttest"
	"footnote/retrieval/words"
)

// limits are what the index promises.
func limits() indextest.Limits {
	return indextest.Limits{Recall: 0.99, ConstantIDF: true, Rounding: 1e-6, Shared: true}
}

// TestIndex runs against the server at FOOTNOTE_TEST_QDRANT=host:port, or else against the one in this process. There, some
// of the searches are sent the way of the graph, which that server does not have.
func TestIndex(t *testing.T) {
	server := address(t)
	if realServer() == "" {
		server.Cutoff = 50
	}
	run(t, server)
}

// TestIndexByGraph sends every search beyond one chunk the way of the graph. Servers build one from 10 MB of vectors on, which
// of all tests that of recall has; smaller collections are asked the same way and compare all.
func TestIndexByGraph(t *testing.T) {
	if realServer() == "" {
		t.Skip("FOOTNOTE_TEST_QDRANT is not set: only a real server has a graph")
	}
	server := address(t)
	server.Cutoff = 1
	run(t, server)
}

func run(t *testing.T, server qdrant.Config) {
	t.Helper()
	indextest.Run(t, limits(), func(t *testing.T) retrieval.Index {
		t.Helper()
		return open(t, server)
	})
}

func realServer() string { return os.Getenv("FOOTNOTE_TEST_QDRANT") }

var ( //nolint:gochecknoglobals // shared by the tests of a process
	opened    atomic.Int64 // so that names differ
	analyzer  = words.New()
	reference = words.NewReference()
)

// address is a server with nothing else in it that has the prefix.
func address(t *testing.T) qdrant.Config {
	t.Helper()
	config := qdrant.Config{Model: "test", Analyzer: analyzer, Reference: reference, Prefix: fmt.Sprintf("test-%d-%d", os.Getpid(), time.Now().UnixNano())}
	if where := realServer(); where != "" {
		host, port, err := net.SplitHostPort(where)
		if err != nil {
			t.Fatal(err)
		}
		config.Host, config.Timeout = host, 3*time.Minute
		if config.Port, err = strconv.Atoi(port); err != nil {
			t.Fatal(err)
		}
		return config
	}
	t.Log("FOOTNOTE_TEST_QDRANT is not set: the server is the one in this process, which compares all vectors")
	server := qdranttest.Start(t, qdranttest.Config{})
	config.Host, config.Port = server.Host(), server.Port()
	return config
}

// open makes an empty index that ends with the test, and its collections with it.
func open(t *testing.T, config qdrant.Config) *qdrant.Index {
	t.Helper()
	config.Prefix = fmt.Sprintf("%s-%d", config.Prefix, opened.Add(1))
	return reopen(t, config)
}

// reopen is another process at the same index.
func reopen(t *testing.T, config qdrant.Config) *qdrant.Index {
	t.Helper()
	index, err := qdrant.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		clean(config)
		if err := index.Close(); err != nil {
			t.Error(err)
		}
	})
	return index
}

// clean drops what a test made, so that a real server is left as it was.
func clean(config qdrant.Config) {
	client, err := api.NewClient(&api.Config{Host: config.Host, Port: config.Port, APIKey: config.APIKey, UseTLS: config.TLS != nil, TLSConfig: config.TLS, SkipCompatibilityCheck: true, PoolSize: 1})
	if err != nil {
		return
	}
	defer func() { _ = client.Close() }() // nothing is lost with it
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	names, _ := client.ListCollections(ctx) // there may be no server any more
	for _, name := range names {
		if len(name) > len(config.Prefix) && name[:len(config.Prefix)+1] == config.Prefix+"_" {
			_ = client.DeleteCollection(ctx, name) // as above
		}
	}
}
