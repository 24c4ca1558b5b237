package laws_test

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"footnote/retrieval"
	"footnote/retrieval/qdrant"
	"footnote/retrieval/qdrant/qdranttest"
)

var collection atomic.Int64 //nolint:gochecknoglobals // counts those of a process, so that names differ

// qdrantIndexes are collections on the server at FOOTNOTE_TEST_QDRANT, host:port, or else on one of its protocol in this
// process, which compares all vectors.
func qdrantIndexes() indexes {
	return indexes{name: "qdrant", shared: true, exact: true, make: func(t *testing.T, _ database) func(t *testing.T, model string) retrieval.Index {
		t.Helper()
		config := qdrant.Config{
			Analyzer: analyzer, Reference: reference,
			Prefix: fmt.Sprintf("laws-%d-%d-%d", os.Getpid(), time.Now().UnixNano(), collection.Add(1)),
		}
		config.Host, config.Port = qdrantServer(t)
		t.Cleanup(func() { qdranttest.Clean(config.Host, config.Port, config.Prefix) })
		return func(t *testing.T, model string) retrieval.Index {
			t.Helper()
			config := config
			config.Model = model
			index, err := qdrant.Open(t.Context(), config)
			must(t, err)
			t.Cleanup(func() { must(t, index.Close()) })
			return index
		}
	}}
}

func qdrantServer(t *testing.T) (host string, port int) {
	t.Helper()
	address := os.Getenv("FOOTNOTE_TEST_QDRANT")
	if address == "" {
		server := qdranttest.Start(t, qdranttest.Config{})
		return server.Host(), server.Port()
	}
	host, text, err := net.SplitHostPort(address)
	must(t, err)
	port, err = strconv.Atoi(text)
	must(t, err)
	return host, port
}
