package console

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/retrieval"
)

const (
	agentKey    = "fn_agent-secret-that-nobody-may-see"
	customerKey = "fn_customer-secret-that-nobody-may-see"
)

// desk answers from a few documents of the sample company: a Retrieval and an Authenticate of a dozen lines.
type desk struct {
	now      time.Time
	keys     map[string]footnote.Caller
	docs     map[footnote.DocumentID]retrieval.DocumentView
	staff    map[footnote.DocumentID]bool // documents for staff only
	answer   retrieval.Answer
	statuses map[string]footnote.CitationStatus
	fail     error
	asked    []footnote.Caller
}

func newDesk(tb testing.TB) *desk {
	tb.Helper()
	d := &desk{
		now: time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC), docs: map[footnote.DocumentID]retrieval.DocumentView{},
		staff: map[footnote.DocumentID]bool{}, statuses: map[string]footnote.CitationStatus{},
		keys: map[string]footnote.Caller{agentKey: caller(tb, "user:tom", "agent"), customerKey: caller(tb, "customer:jo", "customer")},
	}
	limits := d.add(tb, "support/refund-limits.md", "Refund limits", footnote.Due)
	d.staff[limits] = true
	returns := d.add(tb, "public/returns/returning-an-order.md", "Returning an order", footnote.Fresh)
	d.add(tb, "finance/chargebacks.md", "Answering a chargeback", footnote.Stale)
	hostile := d.add(tb, "public/partners/mossgate-kitchens.md", "Buying Pellowick from Mossgate Kitchens", footnote.Unowned)
	d.cite(tb, limits, "£60 without asking")
	d.cite(tb, returns, "30 days")
	d.cite(tb, hostile, "21 days")
	d.answer.Answer = &retrieval.Composed{Sentences: []retrieval.Sentence{
		{Text: "- An agent may refund up to **£60 without asking**, once per case.", Citations: []int{1}},
		{Text: "You have 30 days from the day it reaches you.", Citations: []int{2, 3}},
	}}
	d.answer.Freshness = string(footnote.Unowned)
	changed := time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC)
	d.answer.Conflicts = []retrieval.Conflict{{Hits: []int{2, 3}, About: "days", Kind: "number", Sides: []retrieval.Side{
		{Hit: 2, Text: "You have **30 days** from the day it reaches you.", Owner: "user:marta", UpdatedAt: &changed},
		{Hit: 3, Text: "- You have <i>21 days</i>.", UpdatedAt: nil},
	}}}
	d.answer.Sources = []retrieval.SourceState{
		{ID: "help-centre", State: footnote.SourceActive, ContentLag: "PT4M10S", PermissionLag: "PT50H"},
		{ID: "tickets", State: footnote.SourcePaused, ContentLag: "PT0S"},
	}
	return d
}

func caller(tb testing.TB, principal, key string) footnote.Caller {
	tb.Helper()
	p, err := footnote.ParsePrincipal(principal)
	if err != nil {
		tb.Fatal(err)
	}
	return footnote.Caller{Principal: p, Key: footnote.Key{ID: key, Name: key, Principal: p, Scopes: []footnote.Scope{footnote.ScopeRead}}}
}

func article(tb testing.TB, name string) string {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "examples", "company", "articles", filepath.FromSlash(name)))
	if err != nil {
		tb.Fatal(err)
	}
	_, body, _ := strings.Cut(strings.TrimPrefix(string(raw), "---\n"), "\n---\n")
	return body
}

func (d *desk) add(tb testing.TB, name, title string, verdict footnote.Freshness) footnote.DocumentID {
	tb.Helper()
	reviewed, due := d.now.AddDate(0, -4, 0), d.now.AddDate(0, -1, 0)
	id := footnote.NewDocumentID("help-centre", name)
	owner := "user:marta"
	if verdict == footnote.Unowned {
		owner = ""
	}
	reason := map[footnote.Freshness]string{footnote.Due: "its review is due", footnote.Unowned: "nobody owns it", footnote.Stale: "its review is overdue by more than one interval"}
	d.docs[id] = retrieval.DocumentView{
		HitDocument: retrieval.HitDocument{
			ID: id, Source: retrieval.HitSource{ID: "help-centre", Name: "Help centre"}, Title: title, Owner: owner,
			Audience: "public", Language: "en", UpdatedAt: &reviewed, URL: "https://help.pellowick.example/" + name,
		},
		State: footnote.StateApproved, Version: 1,
		Parts:     []retrieval.PartView{{Key: "body", Audience: "public", Version: 1, Text: article(tb, name)}},
		Freshness: retrieval.HitFreshness{Verdict: verdict, ReviewedAt: &reviewed, DueAt: &due, Reason: reason[verdict]},
	}
	return id
}

// cite makes the paragraph around a phrase a hit.
func (d *desk) cite(tb testing.TB, id footnote.DocumentID, phrase string) string {
	tb.Helper()
	doc := d.docs[id]
	text := doc.Parts[0].Text
	at := strings.Index(text, phrase)
	if at < 0 {
		tb.Fatalf("%s does not hold %q", id, phrase)
	}
	start := strings.LastIndex(text[:at], "\n\n") + 2
	end := len(text)
	if next := strings.Index(text[at:], "\n\n"); next >= 0 {
		end = at + next
	}
	place := footnote.Place{Document: id, Part: "body", Version: 1, Start: start, End: end}
	d.statuses[place.ID()] = footnote.CitationValid
	hit := retrieval.Hit{
		Rank: len(d.answer.Hits) + 1, Document: doc.HitDocument, Heading: []string{doc.Title, "Section"}, Freshness: doc.Freshness,
		Citation: retrieval.Citation{ID: place.ID(), DocumentID: id, Version: 1, Part: "body", Start: start, End: end, Quote: text[start:end]},
	}
	d.answer.Hits = append(d.answer.Hits, hit)
	d.answer.Citations = append(d.answer.Citations, hit.Citation)
	return place.ID()
}

func (d *desk) Authenticate(_ context.Context, authorization string) (footnote.Caller, error) {
	if authorization == "" {
		return footnote.Caller{}, nil
	}
	c, ok := d.keys[strings.TrimPrefix(authorization, "Bearer ")]
	if !ok {
		return footnote.Caller{}, footnote.Errorf(footnote.CodeUnauthenticated, "the key is not valid")
	}
	return c, nil
}

func (d *desk) Answer(_ context.Context, c footnote.Caller, request retrieval.Request) (retrieval.Answer, error) {
	d.asked = append(d.asked, c)
	if d.fail != nil {
		return retrieval.Answer{}, d.fail
	}
	for _, reason := range []string{retrieval.NoMatch, retrieval.BelowThreshold, retrieval.OnlyStale, retrieval.SourceDown} {
		if request.Query == reason {
			return retrieval.Answer{Response: retrieval.Response{NoAnswer: &retrieval.NoAnswer{Reason: reason}, Sources: d.answer.Sources}}, nil
		}
	}
	return d.answer, nil
}

func (d *desk) Document(_ context.Context, c footnote.Caller, id footnote.DocumentID, _ int) (retrieval.DocumentView, error) {
	doc, ok := d.docs[id]
	if !ok || (d.staff[id] && c.Principal.Kind() != footnote.KindUser) {
		return retrieval.DocumentView{}, footnote.NotFound()
	}
	return doc, d.fail
}

func (d *desk) Verify(_ context.Context, _ footnote.Caller, ids []string) ([]retrieval.Verification, error) {
	var all []retrieval.Verification
	for _, id := range ids {
		v := retrieval.Verification{ID: id, Status: footnote.CitationUnavailable}
		place, err := footnote.ParsePlace(id)
		if status, known := d.statuses[id]; err == nil && known {
			v.Status = status
			if status == footnote.CitationValid || status == footnote.CitationMoved {
				v.Current = &retrieval.CurrentPlace{DocumentID: place.Document, Version: place.Version, Part: place.Part, Start: place.Start, End: place.End}
			}
		}
		all = append(all, v)
	}
	return all, nil
}

func (d *desk) config() Config {
	return Config{
		Retrieval: d, Authenticate: d.Authenticate, Secret: []byte("0123456789abcdef0123456789abcdef"), Anonymous: true,
		Now: func() time.Time { return d.now },
		Demo: []DemoPerson{
			{Name: "Jo Marsden, Alder Row Cafés", Role: "customer", Key: customerKey}, {Name: "Tom Adeyemi", Role: "agent", Key: agentKey},
		},
	}
}

// browser is a visitor with a jar; it keeps the last page's form token.
type browser struct {
	tb     testing.TB
	base   string
	client *http.Client
	token  string
}

type reply struct {
	status int
	header http.Header
	body   string
	url    string
}

func open(tb testing.TB, config Config) *browser {
	tb.Helper()
	server := httptest.NewServer(New(config))
	tb.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	client := server.Client()
	client.Jar = jar
	return &browser{tb: tb, base: server.URL, client: client}
}

var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

func (b *browser) do(method, path string, form url.Values, headers ...string) reply {
	b.tb.Helper()
	request, err := http.NewRequest(method, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.tb.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := b.client.Do(request)
	if err != nil {
		b.tb.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.tb.Fatal(err)
	}
	if found := tokenField.FindSubmatch(body); found != nil {
		b.token = string(found[1])
	}
	return reply{response.StatusCode, response.Header, string(body), response.Request.URL.String()}
}

func (b *browser) visit(path string) reply {
	b.tb.Helper()
	return b.do(http.MethodGet, path, nil)
}

func (b *browser) signIn(key string) reply {
	b.tb.Helper()
	b.visit("/")
	return b.do(http.MethodPost, "/sign-in", url.Values{"token": {b.token}, "key": {key}})
}

// cookie is the sealed session as the browser holds it.
func (b *browser) cookie() *http.Cookie {
	b.tb.Helper()
	base, err := url.Parse(b.base)
	if err != nil {
		b.tb.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(base) {
		if c.Name == cookieName {
			return c
		}
	}
	b.tb.Fatal("the browser holds no session")
	return nil
}

// link opens the document of a hit at its quote.
func (d *desk) link(hit int) string {
	c := d.answer.Hits[hit].Citation
	return citationLink(c.DocumentID, c.ID)
}

func idOf(name string) footnote.DocumentID { return footnote.NewDocumentID("help-centre", name) }
