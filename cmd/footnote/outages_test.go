package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"footnote/internal/testdb"
	"footnote/retrieval/qdrant/qdranttest"
)

// What comes of a request while something is out. Nobody is ever shown what they may not see.
const (
	served      = "200"
	taken       = "201"
	byWords     = "200 without vector" // says which arm is missing
	hidden      = "404 not_found"
	unavailable = "503 unavailable"
	notReady    = "503"
	either      = "201 or 503" // was taken, or was not: never in part, and never after it was said to be
)

// expected is what docs/deploy.md says: by what is out, and by request.
func expected() map[string]map[string]string {
	nothing := map[string]string{
		"search": unavailable, "by meaning": unavailable, "by words": unavailable, "answer": unavailable, "read": unavailable,
		"read what is not theirs": unavailable, "verify": unavailable, "push": either, "ready": notReady, "health": served,
	}
	return map[string]map[string]string{
		"records":           nothing,
		"records and index": nothing,
		"index": {
			"search": unavailable, "by meaning": unavailable, "by words": unavailable, "answer": unavailable, "read": served,
			"read what is not theirs": hidden, "verify": served, "push": taken, "ready": notReady, "health": served,
		},
		"model": {
			"search": byWords, "by meaning": unavailable, "by words": served, "answer": byWords, "read": served,
			"read what is not theirs": hidden, "verify": served, "push": taken, "ready": served, "health": served,
		},
	}
}

// TestOutages puts each server that the program depends on through each outage, under all kinds of requests at once, and
// holds what comes of them to what is written. When it is over, everything is as before, with what was taken in meanwhile.
func TestOutages(t *testing.T) {
	t.Setenv("FOOTNOTE_EMBEDDING", "static")
	for _, out := range []string{"records", "records and index", "index", "model"} {
		t.Run(out, func(t *testing.T) {
			t.Parallel()
			b := newOutageBench(t, out)
			for _, state := range []outage{nobody, silent, reset, partial, garbage} {
				b.hold(state, expected()[out])
			}
		})
	}
}

// outageBench is a program over servers that can be out.
type outageBench struct {
	t        *testing.T
	node     *node
	line     *line
	client   http.Client
	keys     map[string]string
	document string
	citation string
	asked    int
	taken    int // documents that were acknowledged
}

func newOutageBench(t *testing.T, out string) *outageBench {
	t.Helper()
	b := &outageBench{t: t, client: http.Client{Transport: &http.Transport{}}, keys: map[string]string{}, taken: 3}
	s := shell{t, filepath.Join(t.TempDir(), "data")}
	settings := map[string]any{"data": s.data, "request_timeout": "4s", "embedding.kind": "static"}
	flags := []string{}
	switch out {
	case "records", "records and index":
		dsn := testdb.Vector(t)
		if out == "records" {
			dsn = testdb.Postgres(t)
		} else {
			settings["index"] = "pgvector"
		}
		b.line, dsn = beside(t, dsn)
		settings["store"] = dsn
		flags = append(flags, "--store", dsn)
	case "index":
		server := qdranttest.Start(t, qdranttest.Config{})
		b.line = newLine(t, "tcp", net.JoinHostPort(server.Host(), strconv.Itoa(server.Port())))
		settings["index"] = "qdrant://" + b.line.at
	case "model":
		server := httptest.NewServer(http.HandlerFunc(embedLengths))
		t.Cleanup(server.Close)
		b.line = newLine(t, "tcp", server.Listener.Addr().String())
		settings["embedding.kind"], settings["embedding.model"], settings["embedding.dimensions"] = "http", "lengths", 4
		settings["embedding.base_url"] = "http://" + b.line.at + "/v1"
	}
	for name, scopes := range map[string]string{"ops": "admin,ingest", "ana": "read", "ben": "read"} {
		var made struct{ Key string }
		s.json(&made, append(flags, "key", "create", "--name", name, "--principal", "user:"+name, "--scopes", scopes)...)
		b.keys[name] = made.Key
	}
	b.node = startNode(t, settings)
	t.Cleanup(b.client.CloseIdleConnections)
	b.node.must(b.keys["ops"], http.MethodPut, "/v1/sources/zoo", map[string]any{"kind": "push", "approval": "published"})
	for i := range 3 {
		b.node.must(b.keys["ops"], http.MethodPut, fmt.Sprintf("/v1/sources/zoo/documents/d%d", i), heron(i, "user:ana"))
	}
	came, found := b.ask(b.request("search"))
	if came != served || len(found.Hits) < b.taken {
		t.Fatalf("before any outage: %s, %+v", came, found)
	}
	b.document, b.citation = found.Hits[0].Document.ID, found.Hits[0].Citation.ID
	return b
}

// beside is a line to a Postgres, and the address of the same database over it.
func beside(t *testing.T, dsn string) (l *line, address string) {
	t.Helper()
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	network, target := pgconn.NetworkAddress(config.Host, config.Port)
	l = newLine(t, network, target)
	to := url.URL{
		Scheme: "postgres", Host: l.at, Path: config.Database, User: url.UserPassword(config.User, config.Password),
		RawQuery: "sslmode=disable",
	}
	return l, to.String()
}

// embedLengths is a model that has a vector for every text, and no other way to tell them apart than their length.
func embedLengths(w http.ResponseWriter, r *http.Request) {
	var asked struct{ Input []string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	items := make([]string, len(asked.Input))
	for i, text := range asked.Input {
		items[i] = fmt.Sprintf(`{"object":"embedding","index":%d,"embedding":[1,0.5,0.25,%d]}`, i, len(text)%7)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"object":"list","data":[%s]}`, strings.Join(items, ",")) // the test sees what is missing
}

type outageReply struct {
	Code string
	Hits []struct {
		Document struct{ ID string }
		Citation struct{ ID string }
	}
	Degraded []string
}

// request is what a person or a system asks.
type request struct {
	key, method, path string
	body              any
}

func (b *outageBench) request(name string) request {
	b.asked++
	question := map[string]any{"query": fmt.Sprintf("how is heron number %d fed", b.asked), "limit": 100} // no cache knows it
	switch name {
	case "by meaning":
		question["mode"] = "vector"
	case "by words":
		question["mode"] = "lexical"
	case "answer":
		return request{b.keys["ana"], http.MethodPost, "/v1/answer", question}
	case "read":
		return request{b.keys["ana"], http.MethodGet, "/v1/documents/" + b.document, nil}
	case "read what is not theirs":
		return request{b.keys["ben"], http.MethodGet, "/v1/documents/" + b.document, nil}
	case "verify":
		return request{b.keys["ana"], http.MethodPost, "/v1/citations/verify", map[string]any{"citations": []map[string]string{{"id": b.citation}}}}
	case "push":
		return request{b.keys["ops"], http.MethodPut, fmt.Sprintf("/v1/sources/zoo/documents/p%d", b.asked), heron(100+b.asked, "user:ana")} // no duplicate
	case "ready":
		return request{b.keys["ops"], http.MethodGet, "/readyz", nil}
	case "health":
		return request{"", http.MethodGet, "/healthz", nil}
	}
	return request{b.keys["ana"], http.MethodPost, "/v1/search", question}
}

// ask says what came of a request.
func (b *outageBench) ask(r request) (came string, reply outageReply) {
	body, err := json.Marshal(r.body)
	if err != nil {
		return err.Error(), reply
	}
	asked, err := http.NewRequestWithContext(b.t.Context(), r.method, b.node.address+r.path, bytes.NewReader(body))
	if err != nil {
		return err.Error(), reply
	}
	asked.Header.Set("Authorization", "Bearer "+r.key)
	response, err := b.client.Do(asked)
	if err != nil {
		return err.Error(), reply
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	if err = json.NewDecoder(response.Body).Decode(&reply); err != nil {
		return err.Error(), reply
	}
	came = strings.TrimSpace(fmt.Sprint(response.StatusCode, " ", reply.Code))
	if len(reply.Degraded) > 0 {
		came += " without " + strings.Join(reply.Degraded, ", ")
	}
	return came, reply
}

// hold has an outage begin, asks everything at once, and waits until all is as before. A server that is silent is asked for
// no longer than request_timeout and a moment.
func (b *outageBench) hold(state outage, wanted map[string]string) {
	b.t.Helper()
	type result struct{ name, came string }
	results := make(chan result, len(wanted))
	b.line.becomes(state)
	for name := range wanted {
		r := b.request(name)
		go func() {
			came, _ := b.ask(r)
			results <- result{name, came}
		}()
	}
	for range wanted {
		r := <-results
		if r.name == "push" && r.came == taken {
			b.taken++
		}
		if want := wanted[r.name]; r.came != want && (want != either || r.came != taken && r.came != unavailable) {
			b.t.Errorf("%s: %s is %s, want %s", state, r.name, r.came, want)
		}
	}
	b.line.becomes(none)
	b.recovers(state)
}

// recovers demands that everything that was acknowledged is found, in time.
func (b *outageBench) recovers(state outage) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 30*time.Second)
	defer cancel()
	for {
		came, reply := b.ask(b.request("search"))
		if came == served && len(reply.Hits) >= b.taken {
			return
		}
		select {
		case <-ctx.Done():
			var index json.RawMessage
			_ = b.node.do(b.keys["ops"], http.MethodGet, "/v1/index", nil, &index)
			b.t.Fatalf("%s: a search is %s with %d hits of %d after it was over; the index is at %s", state, came, len(reply.Hits), b.taken, index)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
