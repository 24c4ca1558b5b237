package api_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/api"
	"footnote/store"
)

func TestBadKeysAreNeverAnonymous(t *testing.T) {
	d := newDesk(t, api.Config{})
	for i, value := range []string{
		"Bearer fn_unknown", "Bearer ", " ", "Basic abc", "fn_x", "Bearer fn_x fn_y", "bearer", d.secret[read], "Bearer " + d.secret[read] + "x",
	} {
		got := d.do(call{target: "POST /v1/search", body: question, headers: map[string]string{"Authorization": value}, address: fmt.Sprintf("192.0.2.%d:1", i)})
		d.want(got, 401, footnote.CodeUnauthenticated)
		if got.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%q: no WWW-Authenticate", value)
		}
	}
	if refused := d.kinds(); len(refused) != 9 || refused[0] != "authentication/refused" {
		t.Errorf("events = %v", refused)
	}
	if len(d.callers) > 0 {
		t.Error("somebody was let in")
	}
}

func TestExpiredAndRevokedKeysAreRefused(t *testing.T) {
	d := newDesk(t, api.Config{})
	for hash, key := range d.keys {
		if key.Principal.String() == "user:read" {
			key.ExpiresAt = d.clock.Now().Add(time.Minute)
			d.keys[hash] = key
		}
	}
	d.want(d.as(read, "POST /v1/search", question), 200, "")
	d.clock.Move(time.Minute)
	d.want(d.as(read, "POST /v1/search", question), 401, footnote.CodeUnauthenticated)

	made := fields(t, d.as(admin, "POST /v1/keys", `{"name":"n","principal":"user:bo","scopes":["read"]}`).Body)
	secret, id := made["key"].(string), made["id"].(string)
	d.want(d.do(call{target: "POST /v1/search", body: question, key: secret}), 200, "")
	d.want(d.as(admin, "DELETE /v1/keys/"+id, ""), 204, "")
	d.want(d.do(call{target: "POST /v1/search", body: question, key: secret}), 401, footnote.CodeUnauthenticated)
	d.want(d.as(admin, "DELETE /v1/keys/"+id, ""), 404, footnote.CodeNotFound)
	if listed := d.as(admin, "GET /v1/keys", "").Body.String(); strings.Contains(listed, secret) || !strings.Contains(listed, id) {
		t.Errorf("list = %s", listed)
	}
	if strings.Contains(d.logs.text(), secret) {
		t.Error("the log holds a secret")
	}
}

func TestKeysForOthersAreToldApart(t *testing.T) {
	d := newDesk(t, api.Config{})
	for principal, kind := range map[string]string{"user:admin": "key.create/done", "user:bo": "key.create_for_other/done"} {
		d.want(d.as(admin, "POST /v1/keys", `{"name":"n","principal":"`+principal+`","scopes":["read"]}`), 201, "")
		if kinds := d.kinds(); kinds[len(kinds)-1] != kind {
			t.Errorf("%s: events = %v", principal, kinds)
		}
	}
}

func TestOnBehalfOf(t *testing.T) {
	d := newDesk(t, api.Config{})
	d.persons[must(t, "customer:off")] = store.Person{Disabled: true, Known: true}
	for _, c := range []struct {
		scope  footnote.Scope
		person string
		target string
		status int
	}{
		{actFor, "customer:c17", "POST /v1/search", 200},
		{actFor, "customer:off", "POST /v1/search", 403},
		{actFor, "group:a", "POST /v1/search", 422},
		{actFor, "nonsense", "POST /v1/search", 422},
		{actFor, " ", "POST /v1/search", 422},
		{read, "customer:c17", "POST /v1/search", 403},
		{"", "customer:c17", "POST /v1/search", 401},
	} {
		got := d.do(call{target: c.target, body: question, key: d.secret[c.scope], headers: map[string]string{"Footnote-On-Behalf-Of": c.person}})
		if got.Code != c.status {
			t.Errorf("%s for %q: %d, want %d: %s", c.scope, c.person, got.Code, c.status, got.Body)
		}
	}
	if len(d.callers) != 1 || d.callers[0].OnBehalfOf.String() != "customer:c17" || d.callers[0].RequestID == "" || d.callers[0].Address != "192.0.2.1" {
		t.Errorf("callers = %+v", d.callers)
	}
	both := d.key("user:both", admin, actFor)
	got := d.do(call{target: "GET /v1/keys", key: both, headers: map[string]string{"Footnote-On-Behalf-Of": "customer:c17"}})
	d.want(got, 403, footnote.CodeForbidden)
}

func must(t *testing.T, name string) footnote.Principal {
	t.Helper()
	p, err := footnote.ParsePrincipal(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDisabledAndStoppedPrincipals(t *testing.T) {
	d := newDesk(t, api.Config{})
	d.want(d.as(admin, "PUT /v1/principals/user:read", `{"disabled":true}`), 200, "")
	d.want(d.as(read, "POST /v1/search", question), 403, footnote.CodeForbidden)
	d.want(d.as(admin, "PUT /v1/principals/user:read", `{}`), 200, "")
	d.want(d.as(admin, "PUT /v1/switches/principal:user:read", `{"on":false,"reason":"lost laptop"}`), 200, "")
	d.want(d.as(read, "POST /v1/search", question), 503, footnote.CodeStopped)
	d.want(d.as(admin, "PUT /v1/switches/principal:user:read", `{"on":true}`), 200, "")
	d.want(d.as(read, "POST /v1/search", question), 200, "")
}

func TestAnonymousAccessCanBeSwitchedOff(t *testing.T) {
	d := newDesk(t, api.Config{NoAnonymous: true})
	d.want(d.as("", "POST /v1/search", question), 401, footnote.CodeUnauthenticated)
	d.want(d.as(read, "POST /v1/search", question), 200, "")
	d.want(d.as("", "GET /healthz", ""), 200, "")
}

func TestAnonymousRateIsPerAddress(t *testing.T) {
	d := newDesk(t, api.Config{AnonymousRate: 5, AnonymousBurst: 20})
	ask := func(address string) int {
		return d.do(call{target: "POST /v1/search", body: question, address: address}).Code
	}
	for i := range 20 {
		if got := ask("192.0.2.9:1"); got != 200 {
			t.Fatalf("request %d: %d", i, got)
		}
	}
	limited := d.do(call{target: "POST /v1/search", body: question, address: "192.0.2.9:2"})
	d.want(limited, 429, footnote.CodeRateLimited)
	if limited.Header().Get("Retry-After") != "1" {
		t.Errorf("Retry-After = %q", limited.Header().Get("Retry-After"))
	}
	if got := ask("192.0.2.10:1"); got != 200 {
		t.Errorf("another address: %d", got)
	}
	for range 20 {
		ask("[2001:db8::1]:1")
	}
	if got := ask("[2001:db8::2]:1"); got != 429 {
		t.Errorf("the same IPv6 network: %d", got)
	}
	d.want(d.do(call{target: "POST /v1/search", body: question, address: "192.0.2.9:1", key: d.secret[read]}), 200, "")
	d.clock.Move(200 * time.Millisecond)
	if first, second := ask("192.0.2.9:1"), ask("192.0.2.9:1"); first != 200 || second != 429 {
		t.Errorf("after a fifth of a second: %d, %d", first, second)
	}
}

func TestForwardedAddressesNeedATrustedProxy(t *testing.T) {
	for trusted, want := range map[string]string{
		"": "192.0.2.1", "192.0.2.0/24": "203.0.113.5", "192.0.2.1/32": "203.0.113.5",
		"192.0.2.2/32": "192.0.2.1", "192.0.2.1/32 203.0.113.0/24": "192.0.2.1", // the last: nobody is left but proxies
	} {
		d := newDesk(t, api.Config{TrustedProxies: strings.Fields(trusted)})
		d.do(call{target: "POST /v1/search", body: question, headers: map[string]string{"X-Forwarded-For": "203.0.113.5"}})
		if got := d.callers[0].Address; got != want {
			t.Errorf("trusting %q: %s, want %s", trusted, got, want)
		}
	}
}

func TestKeyRate(t *testing.T) {
	d := newDesk(t, api.Config{KeyRate: 1, KeyBurst: 2})
	codes := []int{}
	for range 3 {
		codes = append(codes, d.as(read, "POST /v1/search", question).Code)
	}
	if !slices.Equal(codes, []int{200, 200, 429}) {
		t.Errorf("codes = %v", codes)
	}
	d.want(d.as(actFor, "POST /v1/search", question), 200, "")
}

// TestGuessingIsThrottled: bad keys from one address are told to wait and no longer recorded; good ones go on working.
func TestGuessingIsThrottled(t *testing.T) {
	d := newDesk(t, api.Config{})
	codes := map[int]int{}
	for range 50 {
		codes[d.do(call{target: "POST /v1/search", body: question, key: "fn_guess"}).Code]++
	}
	if codes[401] != 10 || codes[429] != 40 || len(d.kinds()) != 10 {
		t.Errorf("codes = %v, %d events", codes, len(d.kinds()))
	}
	d.want(d.as(read, "POST /v1/search", question), 200, "")
	d.want(d.do(call{target: "POST /v1/search", body: question, key: "fn_guess", address: "192.0.2.77:1"}), 401, footnote.CodeUnauthenticated)
	d.clock.Move(6 * time.Second)
	d.want(d.do(call{target: "POST /v1/search", body: question, key: "fn_guess"}), 401, footnote.CodeUnauthenticated)
}

// TestAuditOrNothing: where the event cannot be written, nothing leaves and nobody is let in.
func TestAuditOrNothing(t *testing.T) {
	d := newDesk(t, api.Config{})
	d.want(d.as(admin, "PUT /v1/sources/kb", `{"kind":"push"}`), 201, "")
	before := len(d.kinds())
	for i, r := range routes() {
		if !slices.Equal(r.scopes, []footnote.Scope{admin}) || !strings.HasPrefix(r.target, "GET") || strings.Contains(r.target, "explain") || strings.Contains(r.target, "groups") {
			continue
		}
		d.want(d.as(admin, r.target, r.body), r.status, "")
		before++
		if kinds := d.kinds(); len(kinds) != before || kinds[before-1] != "administration/done" {
			t.Errorf("route %d %s: events = %v", i, r.target, kinds)
		}
		d.logless = errors.New("disk full")
		got := d.as(admin, r.target, r.body)
		d.logless = nil
		d.want(got, 503, footnote.CodeUnavailable)
		if strings.Contains(got.Body.String(), "disk") {
			t.Errorf("%s told %s", r.target, got.Body)
		}
	}
	if before < 7 {
		t.Fatalf("only %d events", before)
	}
	d.logless = errors.New("disk full")
	d.want(d.do(call{target: "POST /v1/search", body: question, key: "fn_guess"}), 503, footnote.CodeUnavailable)
	d.want(d.as(read, "GET /v1/keys", ""), 503, footnote.CodeUnavailable)
}

func TestRefusalsAreRecorded(t *testing.T) {
	d := newDesk(t, api.Config{})
	d.want(d.as(read, "GET /v1/keys", ""), 403, footnote.CodeForbidden)
	d.want(d.as(admin, "DELETE /v1/sources/none", ""), 404, footnote.CodeNotFound)
	if kinds := d.kinds(); !slices.Equal(kinds, []string{"authentication/refused", "administration/refused"}) {
		t.Errorf("events = %v", kinds)
	}
	if e := d.events[0]; e.Principal.String() != "user:read" || e.KeyID == "" || e.RequestID == "" || e.Subject != "get-keys" {
		t.Errorf("event = %+v", e)
	}
}

func TestAnUnreachableStoreIsUnavailable(t *testing.T) {
	d := newDesk(t, api.Config{})
	d.broken = errors.New("secret path")
	got := d.as(read, "POST /v1/search", question)
	d.want(got, 503, footnote.CodeUnavailable)
	if strings.Contains(got.Body.String(), "secret") || !strings.Contains(d.logs.text(), "secret path") {
		t.Error("the cause belongs into the log, and nowhere else")
	}
}
