package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"footnote"
	"footnote/api"
	"footnote/identity"
	"footnote/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock stands still until it is told to move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// logs is a log that a test may read while the server writes it.
type logs struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logs) Write(data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(data)
}

func (l *logs) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.String()
}

// desk is a server over a world, with a key for each scope.
type desk struct {
	*world
	t      testing.TB
	server *api.Server
	clock  *clock
	logs   *logs
	secret map[footnote.Scope]string
}

func newDesk(tb testing.TB, config api.Config) *desk {
	tb.Helper()
	d := &desk{
		world: newWorld(), t: tb, clock: &clock{now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}, logs: &logs{},
		secret: map[footnote.Scope]string{},
	}
	if config.AnonymousRate == 0 {
		config.AnonymousRate = -1
	}
	config.Now, config.Logger = d.clock.Now, slog.New(slog.NewJSONHandler(d.logs, nil))
	var err error
	if d.server, err = api.New(d.services(), config); err != nil {
		tb.Fatal(err)
	}
	for _, scope := range []footnote.Scope{footnote.ScopeRead, footnote.ScopeIngest, footnote.ScopeAdmin, footnote.ScopeAudit, footnote.ScopeActFor} {
		d.secret[scope] = d.key("user:"+string(scope), scope, footnote.ScopeRead)
	}
	d.secret[footnote.ScopeIngest] = d.key("user:ingest", footnote.ScopeIngest)
	d.secret[footnote.ScopeAdmin] = d.key("user:admin", footnote.ScopeAdmin)
	d.secret[footnote.ScopeAudit] = d.key("user:audit", footnote.ScopeAudit)
	return d
}

func (d *desk) key(principal string, scopes ...footnote.Scope) string {
	d.t.Helper()
	who, err := footnote.ParsePrincipal(principal)
	if err != nil {
		d.t.Fatal(err)
	}
	secret, hash := identity.NewSecret()
	d.keys[hash] = footnote.Key{ID: "key-" + hash[:8], Principal: who, Scopes: scopes}
	d.persons[who] = store.Person{Principal: who, Known: true}
	return secret
}

// call is one request.
type call struct {
	target  string // "METHOD /path"
	body    string
	key     string
	address string
	headers map[string]string
}

func (d *desk) do(c call) *httptest.ResponseRecorder {
	d.t.Helper()
	method, path, _ := strings.Cut(c.target, " ")
	r, err := http.NewRequestWithContext(d.t.Context(), method, "http://localhost:8080"+path, strings.NewReader(c.body))
	if err != nil {
		d.t.Fatal(err)
	}
	r.RemoteAddr = "192.0.2.1:5000"
	if c.address != "" {
		r.RemoteAddr = c.address
	}
	if c.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	for name, value := range c.headers {
		r.Header.Set(name, value)
		if name == "Host" {
			r.Host = value
		}
	}
	recorder := httptest.NewRecorder()
	d.server.ServeHTTP(recorder, r)
	if recorder.Header().Get("Footnote-Request-Id") == "" {
		d.t.Errorf("%s: no request id", c.target)
	}
	return recorder
}

// as sends a request with the key of a scope; "" is anonymous.
func (d *desk) as(scope footnote.Scope, target, body string) *httptest.ResponseRecorder {
	d.t.Helper()
	return d.do(call{target: target, body: body, key: d.secret[scope]})
}

func problem(tb testing.TB, r *httptest.ResponseRecorder) api.Problem {
	tb.Helper()
	var p api.Problem
	if got := r.Header().Get("Content-Type"); got != "application/problem+json" {
		tb.Errorf("status %d: content type %q", r.Code, got)
	}
	decoder := json.NewDecoder(bytes.NewReader(r.Body.Bytes()))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		tb.Fatalf("status %d: %v in %.200s", r.Code, err, r.Body)
	}
	if p.Status != r.Code || p.Title == "" || p.Type == "" || p.Detail == "" || p.Errors == nil {
		tb.Errorf("status %d: problem %+v", r.Code, p)
	}
	return p
}

// want checks the status and, of a failure, its code.
func (d *desk) want(r *httptest.ResponseRecorder, status int, code footnote.Code) {
	d.t.Helper()
	if r.Code != status {
		d.t.Errorf("status %d, want %d: %.300s", r.Code, status, r.Body)
		return
	}
	if code != "" {
		if got := problem(d.t, r).Code; got != code {
			d.t.Errorf("code %q, want %q", got, code)
		}
	}
}

func fields(tb testing.TB, body io.Reader) map[string]any {
	tb.Helper()
	var out map[string]any
	if err := json.NewDecoder(body).Decode(&out); err != nil {
		tb.Fatal(err)
	}
	return out
}
