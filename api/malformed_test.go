package api_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/api"
)

const malformedRequests = 4000

// TestMalformedRequests sends seeded nonsense to every route: no failure of the server, every failure a problem, and
// nothing that was sent comes back.
func TestMalformedRequests(t *testing.T) {
	d := newDesk(t, api.Config{})
	d.want(d.as(admin, "PUT /v1/sources/kb", `{"kind":"push"}`), 201, "")
	root, started := d.everything(), time.Now()
	source := rand.New(rand.NewPCG(1, 2))
	failures := 0
	for i := range malformedRequests {
		c := mangle(source, routes()[i%len(routes())])
		if source.IntN(10) > 0 {
			c.key = root
		}
		got := d.do(c)
		if got.Code >= 500 {
			t.Fatalf("request %d %.200q: %d %s", i, c, got.Code, got.Body)
		}
		if got.Code >= 400 {
			failures++
			problem(t, got)
		}
		if got.Code >= 400 && bytes.Contains(bytes.ToLower(got.Body.Bytes()), []byte("canary")) {
			t.Fatalf("request %d %.300q: echoed %s", i, c, got.Body)
		}
	}
	if failures < malformedRequests/2 {
		t.Errorf("only %d of %d requests failed", failures, malformedRequests)
	}
	if took := time.Since(started); took > time.Minute {
		t.Errorf("took %v", took)
	}
	if strings.Contains(d.logs.text(), `"msg":"panic"`) {
		t.Error("something panicked")
	}
}

// mangle breaks a good request in one or two ways.
func mangle(r *rand.Rand, from route) call {
	c := call{target: from.target, body: from.body, headers: map[string]string{}}
	for range 1 + r.IntN(2) {
		pick(r, mangleBody, mangleBody, mangleBody, manglePath, mangleQuery, mangleHeader, mangleMethod)(r, &c)
	}
	return c
}

func pick[T any](r *rand.Rand, all ...T) T { return all[r.IntN(len(all))] }

func values() []string {
	return []string{
		`"canary"`, `null`, `-1`, `1e999`, `0.5`, `true`, `[]`, `{}`, `["canary"]`, `{"canary":{"canary":"canary"}}`, `"\ud800"`, `"\u0000canary"`,
		`[[[[[[]]]]]]`, `"` + strings.Repeat("canary", 2000) + `"`, `99999999999999999999`, `[null,7,"canary"]`,
	}
}

func mangleBody(r *rand.Rand, c *call) {
	value := pick(r, values()...)
	switch r.IntN(8) {
	case 0:
		c.body = value
	case 1:
		c.body = c.body[:r.IntN(len(c.body)+1)]
	case 2:
		c.body = strings.Replace(c.body, "{", `{"canary":`+value+`,`, 1)
	case 3:
		c.body += "canary"
	case 4:
		c.body = strings.Repeat(pick(r, "[", `{"canary":`, `{"query":[`), r.IntN(100_000))
	case 5:
		random := make([]byte, r.IntN(200))
		for i := range random {
			random[i] = byte(r.Uint32())
		}
		c.body = string(random)
	default:
		if at := strings.Index(c.body, ":"); at > 0 {
			end := at + 1 + strings.IndexAny(c.body[at+1:]+"}", ",}")
			c.body = c.body[:at+1] + value + c.body[min(end, len(c.body)):]
		}
	}
}

func manglePath(r *rand.Rand, c *call) {
	method, path, _ := strings.Cut(c.target, " ")
	path, query, _ := strings.Cut(path, "?")
	steps := strings.Split(path, "/")
	steps[1+r.IntN(len(steps)-1)] = pick(r, "canary", "%FF", "%00", "..", ".", "", "%2e%2e%2fcanary", strings.Repeat("canary", 500), "user:%20canary", "%E2%80%AE", "*", ":canary")
	c.target = method + " " + strings.Join(steps, "/")
	if query != "" {
		c.target += "?" + query
	}
}

func mangleQuery(r *rand.Rand, c *call) {
	c.target = strings.Split(c.target, "?")[0] + "?" + pick(r,
		"canary=1", "limit=canary", "limit=-1", "limit=99999999999999999999", "cursor=canary", "cursor=WyJkb2N1bWVudHMiXQ", "version=canary", "version=0",
		"limit=1&limit=canary", "owner=canary", "principal=canary&document=canary", "%FF=canary", "limit=%zz", "kind=canary", "cursor="+strings.Repeat("A", 40_000), ";canary", "limit[canary]=1")
}

func mangleHeader(r *rand.Rand, c *call) {
	name := pick(r, "Content-Type", "Authorization", "Footnote-On-Behalf-Of", "Accept", "Origin", "Host", "Transfer-Encoding", "Content-Length", "Range", "Footnote-Request-Id", "X-Forwarded-For")
	c.headers[name] = pick(r, "canary", "Bearer canary", "Bearer fn_canary", "text/plain; canary", "application/canary+json", "user:canary", "null", "\x01canary", strings.Repeat("canary", 1000), "application/json;;;")
}

func mangleMethod(r *rand.Rand, c *call) {
	_, path, _ := strings.Cut(c.target, " ")
	c.target = pick(r, "GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "CANARY", "TRACE", "CONNECT") + " " + path
}

// FuzzNDJSON: whatever a body holds, each line that is not blank has one answer in order, and the good one at the end
// comes in.
func FuzzNDJSON(f *testing.F) {
	for _, seed := range []string{"", "\n", item("a"), item("a") + "\r\n\n" + item("old"), "{", "\xff\n[]", `{"external_id":"\u0000"}` + "\n\n\n" + `null`} {
		f.Add([]byte(seed))
	}
	d := newDesk(f, api.Config{})
	f.Fuzz(func(t *testing.T, body []byte) {
		d.t = t
		want := 1
		for line := range bytes.Lines(body) {
			if len(bytes.TrimSpace(line)) > 0 {
				want++
			}
		}
		got := results(t, d.push("kb", string(body)+"\n"+item("last")).Body)
		if len(got) != want {
			t.Fatalf("%d answers for %d lines", len(got), want)
		}
		if last := got[want-1]; last.Status != 201 || last.ExternalID != "last" {
			t.Errorf("last = %+v", last)
		}
		for _, r := range got {
			if r.Status >= 500 || (r.Status >= 400) != (r.Error != nil) {
				t.Errorf("result = %+v", r)
			}
		}
	})
}

// FuzzDocument: a document is taken or refused with a reason, and never fails the server.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{article, `{}`, `{"kind":"note","parts":[{"key":"a","content":"b","acl":{}}]}`, `{"acl":{"all_of":[null]}}`, `[`} {
		f.Add([]byte(seed))
	}
	d := newDesk(f, api.Config{})
	f.Fuzz(func(t *testing.T, body []byte) {
		d.t = t
		got := d.as(footnote.ScopeIngest, "PUT /v1/sources/kb/documents/a", string(body))
		if got.Code != 201 && got.Code != 400 && got.Code != 422 {
			t.Errorf("%d %s", got.Code, got.Body)
		}
	})
}
