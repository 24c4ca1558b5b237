package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"footnote/internal/config"
	"footnote/internal/testdb"
	"footnote/retrieval/qdrant/qdranttest"
)

// node is a program that serves, one of several over the same records.
type node struct {
	t       *testing.T
	address string
	stop    func()
}

// startNode serves until stop, or until the test ends.
func startNode(t *testing.T, settings map[string]any) *node {
	t.Helper()
	a, err := openNode(t, settings)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := a.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	over := make(chan error, 1)
	go func() { over <- a.serve(ctx, listener) }()
	n := &node{t: t, address: "http://" + listener.Addr().String()}
	stopped := false
	n.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-over; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(n.stop)
	return n
}

func openNode(t *testing.T, settings map[string]any) (*app, error) {
	t.Helper()
	all := map[string]any{"log_level": "error", "listen": "127.0.0.1:0", "drain": "1s"}
	maps.Copy(all, settings)
	loaded, err := config.Load("", all)
	if err != nil {
		t.Fatal(err)
	}
	return openApp(t.Context(), loaded)
}

// do asks with a key.
func (n *node) do(key, method, path string, body, out any) error {
	c := &client{base: n.address, key: key, transport: http.DefaultTransport}
	return c.do(n.t.Context(), call{method: method, path: path, body: body}, out)
}

func (n *node) must(key, method, path string, body any) {
	n.t.Helper()
	if err := n.do(key, method, path, body, nil); err != nil {
		n.t.Fatalf("%s %s: %v", method, path, err)
	}
}

// shows returns the external ids of what a search shows, with the largest cosine.
func (n *node) shows(key string) (ids map[string]bool, cosine float64) {
	n.t.Helper()
	var found struct {
		Hits []struct {
			Document struct {
				ExternalID string `json:"external_id"`
			} `json:"document"`
			Arms struct {
				Cosine float64 `json:"cosine"`
			} `json:"arms"`
		} `json:"hits"`
	}
	body := map[string]any{"query": "how is a heron fed", "limit": 20, "include": []string{"arms"}}
	if err := n.do(key, http.MethodPost, "/v1/search", body, &found); err != nil {
		n.t.Fatal(err)
	}
	ids = map[string]bool{}
	for _, hit := range found.Hits {
		ids[hit.Document.ExternalID] = true
		cosine = max(cosine, hit.Arms.Cosine)
	}
	return ids, cosine
}

func heron(of int, rule ...string) map[string]any {
	return map[string]any{
		"title": fmt.Sprint("Herons ", of), "kind": "article", "audience": "internal", "acl": map[string]any{"all_of": [][]string{rule}},
		"parts": []map[string]any{{"key": "body", "format": "text", "content": fmt.Sprintf("Heron number %d is fed with fish at noon.", of)}},
	}
}

// TestThreeNodes has three programs serve the same records. Whatever one of them takes in or takes away, the next request
// to another knows; and when the one that embeds for all stops, another does.
func TestThreeNodes(t *testing.T) {
	dsn := testdb.Vector(t)
	server := qdranttest.Start(t, qdranttest.Config{})
	for i, index := range []string{"embedded", "pgvector", fmt.Sprintf("qdrant://%s:%d", server.Host(), server.Port())} {
		t.Run(index[:6], func(t *testing.T) {
			address := fmt.Sprintf("%s&search_path=records_%d", dsn, i)
			threeNodes(t, map[string]any{"store": address, "index": index})
		})
	}
}

func threeNodes(t *testing.T, settings map[string]any) {
	t.Helper()
	s := shell{t, filepath.Join(t.TempDir(), "data")}
	settings["data"] = s.data // the keys, which nodes have in common
	settings["embedding.kind"] = "static"
	flags := []string{"--store", settings["store"].(string), "--index", settings["index"].(string)} //nolint:forcetypeassert // they are
	keys := map[string]string{}
	for name, scopes := range map[string]string{"ops": "admin,ingest", "ana": "read", "ben": "read"} {
		var made struct{ Key, ID string }
		s.json(&made, append(flags, "key", "create", "--name", name, "--principal", "user:"+name, "--scopes", scopes)...)
		keys[name], keys[name+" id"] = made.Key, made.ID
	}
	nodes := []*node{startNode(t, settings), startNode(t, settings), startNode(t, settings)}
	stranger := maps.Clone(settings)
	stranger["data"] = filepath.Join(t.TempDir(), "data")
	if _, err := openNode(t, stranger); err == nil || !strings.Contains(err.Error(), "the same audit.key") {
		t.Errorf("a node with other keys: %v", err)
	}
	at := 0
	next := func() *node { at++; return nodes[at%len(nodes)] }

	next().must(keys["ops"], http.MethodPut, "/v1/sources/zoo", map[string]any{"kind": "push", "approval": "published"})
	next().must(keys["ops"], http.MethodPut, "/v1/principals/user:ana", map[string]any{"display_name": "Ana"})
	next().must(keys["ops"], http.MethodPut, "/v1/groups/group:keepers/members", map[string]any{"members": []string{"user:ana"}})
	for i := range 6 {
		next().must(keys["ops"], http.MethodPut, fmt.Sprintf("/v1/sources/zoo/documents/d%d", i), heron(i, "group:keepers"))
		if ids, _ := next().shows(keys["ana"]); len(ids) != i+1 {
			t.Fatalf("after %d texts %v are shown", i+1, ids)
		}
	}
	next().must(keys["ops"], http.MethodDelete, "/v1/sources/zoo/documents/d5", nil)
	if ids, _ := next().shows(keys["ana"]); len(ids) != 5 || ids["d5"] {
		t.Errorf("after a deletion %v are shown", ids)
	}
	next().must(keys["ops"], http.MethodPut, "/v1/sources/zoo/documents/d4", heron(4, "user:ben"))
	if ids, _ := next().shows(keys["ana"]); len(ids) != 4 || ids["d4"] {
		t.Errorf("after a rule was changed %v are shown", ids)
	}
	if ids, _ := next().shows(keys["ben"]); len(ids) != 1 || !ids["d4"] {
		t.Errorf("to whom it was given %v are shown", ids)
	}
	foundByMeaning(t, nodes, keys["ana"])

	for _, n := range nodes {
		var ready struct{ Status string }
		if err := n.do(keys["ops"], http.MethodGet, "/readyz", nil, &ready); err != nil || ready.Status != "ready" {
			t.Errorf("%s is %q, %v", n.address, ready.Status, err)
		}
	}

	nodes[0].stop() // the one that came first, so the one with the duties
	nodes = nodes[1:]
	next().must(keys["ops"], http.MethodPut, "/v1/sources/zoo/documents/d9", heron(9, "user:ben"))
	next().must(keys["ops"], http.MethodDelete, "/v1/sources/zoo/documents/d4", nil)
	foundByMeaning(t, nodes, keys["ben"])

	next().must(keys["ops"], http.MethodPut, "/v1/groups/group:keepers/members", map[string]any{"members": []string{}})
	if ids, _ := next().shows(keys["ana"]); len(ids) != 0 {
		t.Errorf("who left the group is shown %v", ids)
	}
	next().must(keys["ops"], http.MethodDelete, "/v1/keys/"+keys["ben id"], nil)
	if err := next().do(keys["ben"], http.MethodPost, "/v1/search", map[string]any{"query": "heron"}, nil); err == nil {
		t.Error("a key that was revoked on another node still opens")
	}
}

// foundByMeaning returns when every node finds a passage by meaning.
func foundByMeaning(t *testing.T, nodes []*node, key string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, n := range nodes {
		for {
			if _, cosine := n.shows(key); cosine > 0.3 {
				break
			}
			if ctx.Err() != nil {
				var index json.RawMessage
				_ = n.do(key, http.MethodGet, "/v1/index", nil, &index)
				t.Fatalf("%s finds nothing by meaning: %s", n.address, index)
			}
		}
	}
}
