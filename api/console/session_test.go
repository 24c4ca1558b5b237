package console

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"footnote"
)

func TestSignInAndOut(t *testing.T) {
	d := newDesk(t)
	b := open(t, d.config())
	if got := b.visit("/"); got.status != http.StatusOK || !strings.Contains(got.body, "Not signed in") {
		t.Fatalf("first visit: %d\n%s", got.status, got.body)
	}
	got := b.do(http.MethodPost, "/sign-in", url.Values{"token": {b.token}, "person": {"1"}, "q": {"A & b?"}})
	if got.status != http.StatusOK || !strings.Contains(got.body, "<strong>Tom Adeyemi</strong>") {
		t.Fatalf("as a person of the demo: %d\n%s", got.status, got.body)
	}
	if !strings.HasSuffix(got.url, "/?q=A+%26+b%3F") || len(d.asked) != 1 || d.asked[0].Principal.String() != "user:tom" {
		t.Errorf("the question is not asked again as the person: %s %v", got.url, d.asked)
	}
	got = b.do(http.MethodPost, "/sign-out", url.Values{"token": {b.token}})
	if !strings.Contains(got.body, "Not signed in") || strings.Contains(b.cookie().Value, agentKey) {
		t.Errorf("still signed in:\n%s", got.body)
	}
	got = b.signIn("fn_wrong")
	if got.status != http.StatusUnauthorized || !strings.Contains(got.body, "That key is not valid") || strings.Contains(got.body, "fn_wrong") {
		t.Errorf("wrong key: %d\n%s", got.status, got.body)
	}
}

func TestKeysNeverLeave(t *testing.T) {
	d := newDesk(t)
	b := open(t, d.config())
	got := b.signIn(agentKey)
	for _, path := range []string{"/", "/?q=refunds", d.link(0), "/nowhere"} {
		got.body += b.visit(path).body
	}
	plain, err := base64.RawURLEncoding.DecodeString(b.cookie().Value)
	if err != nil {
		t.Fatal(err)
	}
	for place, text := range map[string]string{"page": got.body, "address": got.url, "cookie": string(plain)} {
		if strings.Contains(text, agentKey) || strings.Contains(text, customerKey) {
			t.Errorf("the %s holds a key", place)
		}
	}
}

func TestCookieAttributes(t *testing.T) {
	d := newDesk(t)
	config := d.config()
	plain := open(t, config).visit("/").header.Get("Set-Cookie")
	config.Secure = func(*http.Request) bool { return true }
	secure := open(t, config).visit("/").header.Get("Set-Cookie")
	for _, attribute := range []string{"; Path=/", "; HttpOnly", "; SameSite=Strict", "; Max-Age=43200"} {
		if !strings.Contains(plain, attribute) || !strings.Contains(secure, attribute) {
			t.Errorf("%q is missing in %q or %q", attribute, plain, secure)
		}
	}
	if strings.Contains(plain, "Secure") || !strings.Contains(secure, "; Secure") || !strings.HasPrefix(secure, "__Host-") {
		t.Errorf("plain %q, secure %q", plain, secure)
	}
}

func TestSessionsThatAreNone(t *testing.T) {
	cases := map[string]func(*desk, *http.Cookie){
		"one bit changed": func(_ *desk, c *http.Cookie) { c.Value = flip(c.Value) },
		"cut short":       func(_ *desk, c *http.Cookie) { c.Value = c.Value[:20] },
		"not base64":      func(_ *desk, c *http.Cookie) { c.Value = "%%%" },
		"too old":         func(d *desk, _ *http.Cookie) { d.now = d.now.Add(sessionLife) },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			b := open(t, d.config())
			b.signIn(agentKey)
			cookie := b.cookie()
			spoil(d, cookie)
			b.client.Jar = nil
			got := b.do(http.MethodGet, d.link(0), nil, "Cookie", cookieName+"="+cookie.Value)
			if got.status != http.StatusNotFound || !strings.Contains(got.body, "Not signed in") {
				t.Errorf("still signed in: %d\n%s", got.status, got.body)
			}
		})
	}
	d := newDesk(t)
	b := open(t, d.config())
	b.signIn(agentKey)
	d.now = d.now.Add(sessionLife - time.Second)
	if got := b.visit(d.link(0)); got.status != http.StatusOK {
		t.Errorf("signed out too early: %d", got.status)
	}
}

func flip(sealed string) string {
	raw, _ := base64.RawURLEncoding.DecodeString(sealed)
	raw[len(raw)/2] ^= 1
	return base64.RawURLEncoding.EncodeToString(raw)
}

func TestRevokedKeyIsOutAtTheNextRequest(t *testing.T) {
	d := newDesk(t)
	b := open(t, d.config())
	b.signIn(agentKey)
	delete(d.keys, agentKey)
	before, asked := b.cookie().Value, len(d.asked)
	got := b.visit("/?q=refunds")
	if got.status != http.StatusUnauthorized || !strings.Contains(got.body, noticeRevoked) || len(d.asked) != asked {
		t.Fatalf("status %d, asked %d times\n%s", got.status, len(d.asked)-asked, got.body)
	}
	if b.cookie().Value == before {
		t.Error("the cookie still holds the key")
	}
	d.keys[agentKey] = caller(t, "user:tom", "agent")
	if got := b.visit("/"); !strings.Contains(got.body, "Not signed in") {
		t.Errorf("signed in again by itself:\n%s", got.body)
	}
}

func TestFormsOfOthersAreRefused(t *testing.T) {
	d := newDesk(t)
	b, other := open(t, d.config()), open(t, d.config())
	other.visit("/")
	b.visit("/")
	cases := map[string]struct {
		token   string
		headers []string
	}{
		"no token":             {"", nil},
		"another's token":      {other.token, nil},
		"another site, marked": {b.token, []string{"Sec-Fetch-Site", "cross-site"}},
		"another origin":       {b.token, []string{"Origin", "https://evil.example"}},
	}
	for name, c := range cases {
		for _, path := range []string{"/sign-in", "/sign-out"} {
			fresh := b.token
			got := b.do(http.MethodPost, path, url.Values{"token": {c.token}, "key": {agentKey}}, c.headers...)
			if got.status != http.StatusForbidden || strings.Contains(got.body, "user:tom") {
				t.Errorf("%s at %s: %d", name, path, got.status)
			}
			b.token = fresh
		}
	}
	if got := b.do(http.MethodPost, "/sign-in", url.Values{"token": {b.token}, "key": {agentKey}}, "Sec-Fetch-Site", "same-origin"); got.status != http.StatusOK {
		t.Errorf("our own form: %d", got.status)
	}
}

func TestWithoutAnonymousReaders(t *testing.T) {
	d := newDesk(t)
	config := d.config()
	config.Anonymous = false
	b := open(t, config)
	if got := b.visit("/"); got.status != http.StatusOK || strings.Contains(got.body, `name="q" type="search"`) {
		t.Errorf("the form for questions is shown: %d\n%s", got.status, got.body)
	}
	for _, path := range []string{"/?q=refunds", d.link(1)} {
		if got := b.visit(path); got.status != http.StatusUnauthorized || !strings.Contains(got.body, "Please sign in") {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if len(d.asked) != 0 {
		t.Errorf("asked without a key: %v", d.asked)
	}
}

func TestErrorsInWords(t *testing.T) {
	cases := map[footnote.Code]struct {
		status int
		words  string
	}{
		footnote.CodeInvalid:     {422, "at most 4,000 characters"},
		footnote.CodeForbidden:   {403, "does not allow reading"},
		footnote.CodeRateLimited: {429, "Too many questions"},
		footnote.CodeStopped:     {503, "switched off"},
		footnote.CodeUnavailable: {503, "does not mean that there is no answer"},
		footnote.CodeInternal:    {500, "not your doing"},
	}
	for code, want := range cases {
		d := newDesk(t)
		d.fail = &footnote.Error{Code: code, Message: "inner words"}
		got := open(t, d.config()).visit("/?q=refunds")
		if got.status != want.status || !strings.Contains(got.body, want.words) || strings.Contains(got.body, "inner words") {
			t.Errorf("%s: %d\n%s", code, got.status, got.body)
		}
	}
}
