package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/api"
	"footnote/retrieval"
)

func TestMalformedBodies(t *testing.T) {
	d := newDesk(t, api.Config{})
	deep := strings.Repeat("[", 100_000)
	for name, c := range map[string]struct {
		target, body string
		status       int
		location     string
	}{
		"not JSON":               {"POST /v1/search", `{"query":`, 400, ""},
		"two values":             {"POST /v1/search", question + question, 400, ""},
		"not UTF-8":              {"POST /v1/search", "{\"query\":\"\xff\"}", 400, ""},
		"half a surrogate":       {"POST /v1/search", `{"query":"\ud800"}`, 400, ""},
		"empty":                  {"POST /v1/search", "", 400, ""},
		"deep":                   {"POST /v1/search", `{"query":` + strings.Repeat("[", 60_000), 400, ""},
		"deep document":          {"PUT /v1/sources/kb/documents/a", `{"content":` + deep, 400, ""},
		"deep and closed":        {"PUT /v1/sources/kb/documents/a", `{"x":` + deep + strings.Repeat("]", 100_000) + "}", 400, ""},
		"no object":              {"POST /v1/search", `[]`, 422, "body"},
		"null":                   {"POST /v1/search", `null`, 422, "body"},
		"wrong type":             {"POST /v1/search", `{"query":3}`, 422, "body.query"},
		"unknown field":          {"POST /v1/search", `{"query":"q","canary":1}`, 422, "body"},
		"unknown inner":          {"POST /v1/search", `{"query":"q","filters":{"canary":1}}`, 422, "body.filters"},
		"other case":             {"POST /v1/search", `{"Query":"q"}`, 422, "body"},
		"twice":                  {"POST /v1/search", `{"query":"q","query":"r"}`, 422, "body"},
		"limit 0":                {"POST /v1/search", `{"query":"q","limit":0}`, 422, "body.limit"},
		"limit 101":              {"POST /v1/search", `{"query":"q","limit":101}`, 422, "body.limit"},
		"limit 1.5":              {"POST /v1/search", `{"query":"q","limit":1.5}`, 422, "body.limit"},
		"huge limit":             {"POST /v1/search", `{"query":"q","limit":1e400}`, 422, ""},
		"confidence":             {"POST /v1/search", `{"query":"q","min_confidence":1.1}`, 422, "body.min_confidence"},
		"mode":                   {"POST /v1/search", `{"query":"q","mode":"canary"}`, 422, "body.mode"},
		"no query":               {"POST /v1/search", `{}`, 422, "body.query"},
		"long query":             {"POST /v1/search", `{"query":"` + strings.Repeat("ü", 4001) + `"}`, 422, "body.query"},
		"lag":                    {"POST /v1/search", `{"query":"q","max_lag":"canary"}`, 422, "body.max_lag"},
		"owner":                  {"POST /v1/search", `{"query":"q","filters":{"owner":["user:a","canary"]}}`, 422, "body.filters.owner[1]"},
		"context":                {"POST /v1/search", `{"query":"q","context":{"canary":"x"}}`, 422, "body.context"},
		"context type":           {"POST /v1/search", `{"query":"q","context":{"intent":7}}`, 422, "body.context.intent"},
		"style on search":        {"POST /v1/search", `{"query":"q","style":"extractive"}`, 422, "body"},
		"style":                  {"POST /v1/answer", `{"query":"q","style":"canary"}`, 422, "body.style"},
		"role":                   {"POST /v1/search", `{"messages":[{"role":"canary","text":"x"}]}`, 422, "body.messages[0].role"},
		"include":                {"POST /v1/search", `{"query":"q","include":["canary"]}`, 422, "body.include[0]"},
		"time":                   {"POST /v1/search", `{"query":"q","filters":{"updated_after":"canary"}}`, 422, "body.filters.updated_after"},
		"unknown parameter":      {"GET /v1/documents?canary=1", "", 422, "query"},
		"verdict":                {"GET /v1/documents?verdict=canary", "", 422, "query.verdict"},
		"limit parameter":        {"GET /v1/documents?limit=canary", "", 422, "query.limit"},
		"cursor":                 {"GET /v1/documents?cursor=canary", "", 422, "query.cursor"},
		"owner parameter":        {"GET /v1/documents?owner=canary", "", 422, "query.owner"},
		"query not UTF-8":        {"GET /v1/documents?source=%FF", "", 400, ""},
		"query badly encoded":    {"GET /v1/documents?source=%zz", "", 400, ""},
		"path not UTF-8":         {"PUT /v1/sources/kb/documents/%FF", article, 400, ""},
		"document unknown field": {"PUT /v1/sources/kb/documents/a", `{"kind":"article","content":"x","canary":1}`, 422, "body"},
		"document type":          {"PUT /v1/sources/kb/documents/a", `{"kind":"article","content":7}`, 422, "body.content"},
		"part type":              {"PUT /v1/sources/kb/documents/a", `{"kind":"article","parts":[{"key":"a"},{"key":7}]}`, 422, "body.parts[1].key"},
		"document kind":          {"PUT /v1/sources/kb/documents/a", `{"kind":"canary","content":"x"}`, 422, "body.kind"},
		"document both":          {"PUT /v1/sources/kb/documents/a", `{"kind":"note","content":"x","parts":[]}`, 422, "body.content"},
		"document neither":       {"PUT /v1/sources/kb/documents/a", `{"kind":"note"}`, 422, "body.content"},
		"document acl":           {"PUT /v1/sources/kb/documents/a", `{"kind":"note","content":"x","acl":{"all_of":[["user:a"],["canary"]]}}`, 422, "body.acl.all_of[1][0]"},
		"document time":          {"PUT /v1/sources/kb/documents/a", `{"kind":"note","content":"x","updated_at":"canary"}`, 422, "body.updated_at"},
		"document audience":      {"PUT /v1/sources/kb/documents/a", `{"kind":"note","content":"x","audience":"canary"}`, 422, "body.audience"},
		"acl":                    {"PUT /v1/documents/" + seen + "/acl", `{"all_of":["canary"]}`, 422, "body.all_of[0]"},
		"source name":            {"PUT /v1/sources/Canary%20x", `{"kind":"push"}`, 422, "path.source"},
		"source write":           {"PUT /v1/sources/kb", `{"kind":"push","access_level":"write"}`, 422, "body.access_level"},
		"source without kind":    {"PUT /v1/sources/kb", `{}`, 422, "body"},
		"source period":          {"PUT /v1/sources/kb", `{"kind":"push","acl_max_age":"canary"}`, 422, "body.acl_max_age"},
		"key scope":              {"POST /v1/keys", `{"name":"n","principal":"user:a","scopes":["canary"]}`, 422, "body.scopes[0]"},
		"key for a group":        {"POST /v1/keys", `{"name":"n","principal":"group:a","scopes":["read"]}`, 422, "body.principal"},
		"key expiry":             {"POST /v1/keys", `{"name":"n","principal":"user:a","scopes":["read"],"expires_in":"90 days"}`, 422, "body.expires_in"},
		"group of persons":       {"PUT /v1/groups/user:a/members", `{"members":[]}`, 422, "path.principal"},
		"member":                 {"PUT /v1/groups/group:a/members", `{"members":["public"]}`, 422, "body.members[0]"},
		"switch":                 {"PUT /v1/switches/canary", `{"on":false}`, 422, "path.name"},
		"switch without on":      {"PUT /v1/switches/answers", `{"reason":"x"}`, 422, "body"},
		"decision":               {"POST /v1/documents/" + seen + "/approve", `{}`, 422, "body"},
		"version":                {"GET /v1/documents/" + seen + "?version=0", "", 422, "query.version"},
		"explain":                {"GET /v1/access/explain?document=" + seen, "", 422, "query.principal"},
		"large":                  {"POST /v1/search", `{"query":"` + strings.Repeat("a", 64<<10) + `"}`, 413, ""},
		"large document":         {"PUT /v1/sources/kb/documents/a", `{"content":"` + strings.Repeat("a", 8<<20) + `"}`, 413, ""},
	} {
		got := d.do(call{target: c.target, body: c.body, key: d.everything()})
		if got.Code != c.status {
			t.Errorf("%s: %d, want %d: %s", name, got.Code, c.status, got.Body)
			continue
		}
		p := problem(t, got)
		if strings.Contains(strings.ToLower(got.Body.String()), "canary") || len(got.Body.String()) > 2000 {
			t.Errorf("%s: echoed: %s", name, got.Body)
		}
		if c.location != "" && (len(p.Errors) == 0 || p.Errors[0].Location != c.location) {
			t.Errorf("%s: errors = %+v, want %s", name, p.Errors, c.location)
		}
	}
}

// everything is a key that may call every route.
func (d *desk) everything() string { return d.key("user:root", read, feed, admin, auditor) }

// TestLargeBodiesOfUnknownLength: a body that does not say its length is cut at the bound.
// TestNoBodyStandsForAnEmptyOne where every field is optional, and nowhere else.
func TestNoBodyStandsForAnEmptyOne(t *testing.T) {
	d := newDesk(t, api.Config{})
	id := string(footnote.NewDocumentID("kb", "a"))
	if got := d.as(admin, "POST /v1/documents/"+id+"/retire", ""); got.Code == 400 {
		t.Errorf("retire without a body: %d", got.Code)
	}
	d.want(d.as(admin, "POST /v1/documents/"+id+"/approve", ""), 400, footnote.CodeInvalid)
}

func TestLargeBodiesOfUnknownLength(t *testing.T) {
	d := newDesk(t, api.Config{})
	r := httptest.NewRequest("POST", "http://localhost/v1/search", strings.NewReader(`{"query":"`+strings.Repeat("a", 64<<10)+`"}`))
	r.ContentLength = -1
	got := httptest.NewRecorder()
	d.server.ServeHTTP(got, r)
	d.want(got, 413, footnote.CodeTooLarge)
}

func TestContentTypesAndMethods(t *testing.T) {
	d := newDesk(t, api.Config{})
	for _, media := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "canary", ";;"} {
		got := d.do(call{target: "POST /v1/search", body: question, headers: map[string]string{"Content-Type": media}})
		d.want(got, 415, footnote.CodeInvalid)
	}
	d.want(d.do(call{target: "POST /v1/search", body: question, headers: map[string]string{"Content-Type": "application/json; charset=utf-8"}}), 200, "")
	wrong := d.do(call{target: "DELETE /v1/search"})
	d.want(wrong, 405, footnote.CodeInvalid)
	if wrong.Header().Get("Allow") != "POST" {
		t.Errorf("Allow = %q", wrong.Header().Get("Allow"))
	}
	d.want(d.do(call{target: "CANARY /v1/search"}), 405, "")
	if strings.Contains(d.logs.text(), "CANARY") {
		t.Error("the log holds an invented method")
	}
}

func TestHeaders(t *testing.T) {
	d := newDesk(t, api.Config{})
	for _, target := range []string{"POST /v1/search", "GET /nothing", "GET /docs", "GET /v1/keys"} {
		got := d.do(call{target: target, body: question, headers: map[string]string{"Footnote-Request-Id": "canary", "Accept": "json"}})
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
		} {
			if got.Header().Get(name) != want {
				t.Errorf("%s: %s = %q", target, name, got.Header().Get(name))
			}
		}
		if !strings.Contains(got.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: policy %q", target, got.Header().Get("Content-Security-Policy"))
		}
		if strings.Contains(target, "/v1/") != (got.Header().Get("Cache-Control") == "no-store") {
			t.Errorf("%s: Cache-Control = %q", target, got.Header().Get("Cache-Control"))
		}
		if got.Header().Get("Footnote-Request-Id") == "canary" || got.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: headers = %v", target, got.Header())
		}
	}
	if got := d.as("", "POST /v1/search", question).Header().Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %q", got)
	}
}

func TestHostAndOrigin(t *testing.T) {
	d := newDesk(t, api.Config{Hosts: []string{"Kb.Example"}, Origins: []string{"https://desk.example"}})
	for host, status := range map[string]int{
		"localhost:1": 200, "127.0.0.1": 200, "[::1]:8080": 200, "kb.example": 200, "KB.example.:443": 200,
		"evil.example": 421, "kb.example.evil.example": 421, "": 421, "169.254.1.1": 421,
	} {
		if got := d.do(call{target: "POST /v1/search", body: question, headers: map[string]string{"Host": host}}); got.Code != status {
			t.Errorf("host %q: %d", host, got.Code)
		}
	}
	for origin, status := range map[string]int{
		"http://localhost:8080": 200, "https://desk.example": 200, "https://evil.example": 403, "null": 403, "http://localhost:9": 403,
	} {
		got := d.do(call{target: "POST /v1/search", body: question, headers: map[string]string{"Origin": origin}})
		if got.Code != status {
			t.Errorf("origin %q: %d", origin, got.Code)
		}
		reading := d.do(call{target: "GET /v1/documents", headers: map[string]string{"Origin": origin}})
		if reading.Code != 200 || reading.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("origin %q reads: %d", origin, reading.Code)
		}
	}
	d.want(d.do(call{target: "POST /v1/search", body: question, headers: map[string]string{"Sec-Fetch-Site": "cross-site"}}), 403, footnote.CodeForbidden)
}

func TestExternalIDs(t *testing.T) {
	d := newDesk(t, api.Config{})
	want := map[string]string{
		"a": "a", "a%2Fb": "a/b", "a/b": "a/b", "%2F%2Fx": "//x", "a%2F%2Fb": "a//b", "a//b": "a//b", ".": ".", "..": "..", "%2E%2E": "..",
		"%2e%2e%2fx": "../x", "a/../b": "a/../b", "%C3%BC+%20": "ü+ ", "100%25": "100%", "a%3Fb%23c": "a?b#c", "a;b=c": "a;b=c", "a/": "a/",
		"%E2%80%AE": "\u202e", "%00": "\x00", ":id": ":id", "*": "*",
	}
	for sent, id := range want {
		d.put = nil
		got := d.as(feed, "PUT /v1/sources/kb/documents/"+sent, article)
		if got.Code != 201 || len(d.put) != 1 || d.put[0].ExternalID != id {
			t.Errorf("%s: %d, %+v: %s", sent, got.Code, d.put, got.Body)
		}
		d.want(d.as(feed, "DELETE /v1/sources/kb/documents/"+sent, ""), 204, "")
	}
	d.want(d.as(read, "GET /v1/documents/../documents/x", ""), 404, footnote.CodeNotFound)
	d.want(d.as(read, "GET /v1/documents/", ""), 404, footnote.CodeNotFound)
}

func TestDocumentIsReadWhole(t *testing.T) {
	d := newDesk(t, api.Config{})
	body := `{"kind":"ticket","title":"T","url":"https://x.example/1","language":"en","format":"markdown",
		"parts":[{"key":"c1","content":"one","format":"text","audience":"internal","acl":{"all_of":[["group:a"]]},"author":"user:kim","created_at":"2026-01-01T00:00:00Z"},{"key":"c2","content":"two"}],
		"owner":"user:kim","audience":"customer","acl":{"all_of":[["user:b","user:a"]],"deny":["user:eve"]},"review_every":"P90D",
		"updated_at":"2026-01-02T01:00:00+01:00","confidence":0.9,"status":"draft","record_status":"open","external_version":"42","products":["p"],"versions":["v"]}`
	d.want(d.as(feed, "PUT /v1/sources/kb/documents/t", body), 201, "")
	r := d.put[0]
	if r.ACL.String() != `{"all_of":[["user:a","user:b"]],"deny":["user:eve"]}` || r.Parts[0].ACL.String() != `{"all_of":[["group:a"]]}` || r.Parts[1].ACL != nil {
		t.Errorf("acl = %s", r.ACL)
	}
	if r.Owner.String() != "user:kim" || r.Audience != footnote.AudienceCustomer || r.Parts[0].Audience != footnote.AudienceInternal || r.Status != footnote.StatusDraft {
		t.Errorf("record = %+v", r)
	}
	if r.Parts[0].Format != "text" || r.Parts[1].Format != "markdown" || !r.UpdatedAt.Equal(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)) || *r.Confidence != 0.9 {
		t.Errorf("record = %+v", r)
	}
	if r.ReviewEvery.String() != "P90D" || r.ExternalVersion != "42" || r.RecordStatus != "open" || len(r.Products)+len(r.Versions) != 2 {
		t.Errorf("record = %+v", r)
	}
	same := fields(t, d.as(feed, "PUT /v1/sources/kb/documents/same", article).Body)
	want := map[string]any{"id": string(footnote.NewDocumentID("kb", "same")), "version": 1.0, "state": "approved", "chunks": 0.0, "unchanged": true, "warnings": []any{}}
	if diff := cmp.Diff(want, same); diff != "" {
		t.Error(diff)
	}
	d.want(d.as(feed, "PUT /v1/sources/kb/documents/old", article), 409, footnote.CodeConflict)
}

func TestSearchRequestIsReadWhole(t *testing.T) {
	d := newDesk(t, api.Config{})
	body := `{"query":"q","limit":100,"per_document":1,"mode":"lexical","exact":true,"min_confidence":0.5,
		"filters":{"source":["kb"],"kind":["note"],"language":["en"],"product":["p"],"version":["v"],"owner":["user:kim"],"audience":"customer","updated_after":"2026-01-01T00:00:00Z"},
		"freshness":"due","max_lag":"PT15M","context":{"channel":"chat","intent":"i","conversation_id":"c","workflow":"w"},"include":["arms","neighbours"]}`
	got := d.as(read, "POST /v1/search", body)
	d.want(got, 200, "")
	lag, _ := footnote.ParsePeriod("PT15M")
	want := retrieval.Request{
		Query: "q", Limit: 100, PerDocument: 1, Mode: retrieval.Lexical, Exact: true, MinConfidence: 0.5, Freshness: "due", MaxLag: lag, Arms: true, Neighbours: true,
		Filter: retrieval.Filter{
			Sources: []string{"kb"}, Kinds: []footnote.Kind{"note"}, Languages: []string{"en"}, Products: []string{"p"}, Versions: []string{"v"},
			Owners: []footnote.Principal{must(t, "user:kim")}, Audience: footnote.AudienceCustomer, UpdatedAfter: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		},
		Context: map[string]string{"channel": "chat", "intent": "i", "conversation_id": "c", "workflow": "w"},
	}
	if diff := cmp.Diff(want, d.asked, cmp.Comparer(func(a, b footnote.Principal) bool { return a == b }), cmp.Comparer(func(a, b footnote.Period) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	reply := fields(t, got.Body)
	if reply["no_answer"].(map[string]any)["reason"] != "no_match" || reply["hits"] == nil || reply["receipt_id"] != "r1" {
		t.Errorf("reply = %v", reply)
	}
	answered := fields(t, d.as("", "POST /v1/answer", `{"messages":[{"role":"user","text":"q"}],"style":"generated"}`).Body)
	if _, ok := answered["answer"]; !ok || answered["citations"] == nil || len(d.asked.Messages) != 1 || d.asked.Style != retrieval.Generated {
		t.Errorf("reply = %v", answered)
	}
}

func TestListsGoOn(t *testing.T) {
	d := newDesk(t, api.Config{})
	next := fields(t, d.as("", "GET /v1/documents?limit=1", "").Body)["next_cursor"].(string)
	d.want(d.as("", "GET /v1/documents?limit=1&cursor="+next, ""), 200, "")
	d.want(d.as(auditor, "GET /v1/audit/events?cursor="+next, ""), 422, footnote.CodeInvalid)
	for _, id := range []string{"a", "b", "c"} {
		d.want(d.as(admin, "PUT /v1/sources/"+id, `{"kind":"push"}`), 201, "")
	}
	for target, list := range map[string]string{"/v1/sources": "sources", "/v1/keys": "keys", "/v1/audit/events": "events"} {
		cursor, pages, items := "", 0, 0
		for range 100 {
			got := fields(t, d.do(call{target: "GET " + target + "?limit=2&cursor=" + cursor, key: d.secret[map[bool]footnote.Scope{true: auditor, false: admin}[list == "events"]]}).Body)
			pages, items = pages+1, items+len(got[list].([]any))
			next, more := got["next_cursor"].(string)
			if !more {
				break
			}
			if cursor = next; list == "events" && pages == 2 {
				break
			}
		}
		if pages < 2 || items < 3 {
			t.Errorf("%s: %d pages, %d items", target, pages, items)
		}
	}
}

func TestInternalErrorsStayInside(t *testing.T) {
	d := newDesk(t, api.Config{})
	for name, fail := range map[string]func(context.Context) (retrieval.Response, error){
		"plain": func(context.Context) (retrieval.Response, error) {
			return retrieval.Response{}, errors.New("canary")
		},
		"panic": func(context.Context) (retrieval.Response, error) { panic("canary") },
	} {
		d.searched = fail
		got := d.as(read, "POST /v1/search", `{"query":"hidden words"}`)
		d.want(got, 500, footnote.CodeInternal)
		if strings.Contains(got.Body.String(), "canary") {
			t.Errorf("%s: told %s", name, got.Body)
		}
		if log := d.logs.text(); !strings.Contains(log, "canary") || !strings.Contains(log, got.Header().Get("Footnote-Request-Id")) || strings.Contains(log, "hidden words") {
			t.Errorf("%s: log = %s", name, log)
		}
	}
}

func TestSlowWorkEnds(t *testing.T) {
	d := newDesk(t, api.Config{RequestTimeout: time.Millisecond})
	d.searched = func(ctx context.Context) (retrieval.Response, error) {
		<-ctx.Done()
		return retrieval.Response{}, ctx.Err()
	}
	d.want(d.as(read, "POST /v1/search", question), http.StatusServiceUnavailable, footnote.CodeUnavailable)
	d.silent = true // before it is known who asks
	d.want(d.as(read, "POST /v1/search", question), http.StatusServiceUnavailable, footnote.CodeUnavailable)
}

func TestTheLogHoldsNoQueries(t *testing.T) {
	d := newDesk(t, api.Config{})
	d.as(feed, "PUT /v1/sources/kb/documents/canary", `{"kind":"note","content":"canary","acl":{}}`)
	d.as(read, "GET /v1/documents?owner=user:canary", "")
	d.as(read, "GET /canary", "")
	log := d.logs.text()
	if strings.Contains(log, "canary") || strings.Contains(log, "fn_") {
		t.Errorf("log = %s", log)
	}
	if !strings.Contains(log, `"route":"/v1/sources/{source}/documents/*","status":201`) {
		t.Errorf("log = %s", log)
	}
}

func TestSourceChecks(t *testing.T) {
	d := newDesk(t, api.Config{CheckSource: func(s footnote.Source) error {
		if s.Kind != "push" {
			return footnote.Invalid("kind", "is not a kind of source")
		}
		return nil
	}})
	d.want(d.as(admin, "PUT /v1/sources/kb", `{"kind":"canary"}`), 422, footnote.CodeInvalid)
	put := d.as(admin, "PUT /v1/sources/kb", `{"kind":"push","owner":"user:kim","acl_max_age":"P7D","state":"paused","approval":"manual","config":{"path":"x"}}`)
	d.want(put, 201, "")
	made := d.clock.Now()
	d.clock.Move(time.Hour)
	d.want(d.as(admin, "PUT /v1/sources/kb", `{"kind":"push","config":{"path":"x"}}`), 200, "")
	got := fields(t, d.as(admin, "GET /v1/sources/kb", "").Body)
	want := map[string]any{
		"id": "kb", "name": "kb", "kind": "push", "purpose": "", "owner": "", "approved_by": "", "service_account": "", "access_level": "read",
		"state": "active", "approval": "published", "schedule": "", "default_audience": "internal", "config": map[string]any{"path": "x"},
		"created_at": made.Format(time.RFC3339), "updated_at": d.clock.Now().Format(time.RFC3339),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	d.want(d.as(admin, "DELETE /v1/sources/kb", ""), 204, "")
	d.want(d.as(admin, "GET /v1/sources/kb", ""), 404, footnote.CodeNotFound)
}

func TestConsoleIsMountedOutsideTheRoutes(t *testing.T) {
	d := newDesk(t, api.Config{Console: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("console " + r.URL.Path))
	})})
	for path, want := range map[string]string{"/": "console /", "/search?q=x": "console /search"} {
		if got := d.do(call{target: "GET " + path}); got.Code != 200 || got.Body.String() != want {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
	}
	d.want(d.do(call{target: "GET /v1/nothing"}), 404, footnote.CodeNotFound)
}
