package qdranttest

import (
	"context"
	"strings"
	"time"

	api "github.com/qdrant/go-client/qdrant"
)

// Clean removes the collections with a prefix from a server, where there still is one.
func Clean(host string, port int, prefix string) {
	client, err := api.NewClient(&api.Config{Host: host, Port: port, SkipCompatibilityCheck: true, PoolSize: 1})
	if err != nil {
		return
	}
	defer func() { _ = client.Close() }() // nothing is lost with it
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	names, _ := client.ListCollections(ctx) // there may be no server any more
	for _, name := range names {
		if strings.HasPrefix(name, prefix+"_") {
			_ = client.DeleteCollection(ctx, name) // as above
		}
	}
}
