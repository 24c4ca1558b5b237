package examples

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"footnote"
)

// passage is one text of the company under the rule and audience it is served with.
type passage struct {
	document string
	content  string
	audience footnote.Audience
	acl      footnote.ACL
	serves   bool
}

type pushed struct {
	ExternalID   string            `json:"external_id"`
	Kind         string            `json:"kind"`
	Title        string            `json:"title"`
	URL          string            `json:"url"`
	Language     string            `json:"language"`
	Format       string            `json:"format"`
	Content      string            `json:"content"`
	Parts        []pushedPart      `json:"parts"`
	Owner        string            `json:"owner"`
	Audience     footnote.Audience `json:"audience"`
	ACL          footnote.ACL      `json:"acl"`
	UpdatedAt    string            `json:"updated_at"`
	ReviewedAt   string            `json:"reviewed_at"`
	ReviewEvery  footnote.Period   `json:"review_every"`
	Products     []string          `json:"products"`
	Versions     []string          `json:"versions"`
	Confidence   float64           `json:"confidence"`
	Status       string            `json:"status"`
	RecordStatus string            `json:"record_status"`
}

type pushedPart struct {
	Key       string            `json:"key"`
	Content   string            `json:"content"`
	Format    string            `json:"format"`
	Audience  footnote.Audience `json:"audience"`
	ACL       footnote.ACL      `json:"acl"`
	Author    string            `json:"author"`
	CreatedAt string            `json:"created_at"`
	UpdatedAt string            `json:"updated_at"`
}

func parse(t *testing.T, lines []json.RawMessage) []pushed {
	t.Helper()
	var out []pushed
	for _, line := range lines {
		decoder := json.NewDecoder(strings.NewReader(string(line)))
		decoder.DisallowUnknownFields()
		var p pushed
		if err := decoder.Decode(&p); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		out = append(out, p)
	}
	return out
}

func (c Company) passages(t *testing.T) []passage {
	t.Helper()
	var all []passage
	for _, a := range articles(t) {
		all = append(all, passage{a.path, a.text, a.audience, a.acl, a.Status == "" || a.Status == "published"})
	}
	for _, d := range parse(t, slices.Concat(c.Tickets, c.CRM)) {
		if d.Content != "" {
			all = append(all, passage{d.ExternalID, d.Content, d.Audience, d.ACL, true})
		}
		for _, p := range d.Parts {
			all = append(all, passage{d.ExternalID, p.Content, d.Audience.Narrower(p.Audience), d.ACL.And(p.ACL), true})
		}
	}
	return all
}

func (p passage) readable(audience footnote.Audience, held map[string]bool) bool {
	has := func(who footnote.Principal) bool { return held[who.String()] }
	clause := func(names []footnote.Principal) bool { return slices.ContainsFunc(names, has) }
	missing := slices.ContainsFunc(p.acl.AllOf(), func(names []footnote.Principal) bool { return !clause(names) })
	return p.serves && !p.acl.IsNobody() && !missing && !clause(p.acl.Deny()) && audience.Covers(p.audience)
}

func holds(text, phrase string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(phrase))
}

func TestEveryACLNamesKnownPrincipals(t *testing.T) {
	c := load(t)
	known := c.known()
	for _, p := range c.passages(t) {
		if p.acl.IsNobody() {
			t.Errorf("%s can be read by nobody", p.document)
		}
		for _, principal := range p.acl.Principals() {
			if !known[principal.String()] {
				t.Errorf("%s names the unknown %s", p.document, principal)
			}
		}
	}
}

func TestSecretsStandInInternalTextsAlone(t *testing.T) {
	c := load(t)
	all := c.passages(t)
	for _, secret := range c.Secrets {
		found := 0
		for _, p := range all {
			if !holds(p.content, secret) {
				continue
			}
			found++
			if p.audience != footnote.AudienceInternal {
				t.Errorf("%q stands in %s, which is for the audience %s", secret, p.document, p.audience)
			}
		}
		if found == 0 {
			t.Errorf("%q stands nowhere", secret)
		}
	}
}

func TestQuestionsSayTheTruth(t *testing.T) {
	c := load(t)
	all := c.passages(t)
	for _, q := range c.Questions {
		for _, sight := range q.Sees {
			audience, held := c.asker(t, sight.As)
			for _, find := range sight.Finds {
				if !slices.ContainsFunc(all, func(p passage) bool {
					return p.document == find.Document && holds(p.content, find.Phrase) && p.readable(audience, held)
				}) {
					t.Errorf("%q as %s: %s does not show %q", q.Text, sight.As, find.Document, find.Phrase)
				}
			}
			for _, phrase := range sight.Never {
				checkNever(t, all, phrase, func(p passage) bool { return p.readable(audience, held) })
			}
		}
	}
}

func checkNever(t *testing.T, all []passage, phrase string, readable func(passage) bool) {
	t.Helper()
	somewhere := false
	for _, p := range all {
		if !holds(p.content, phrase) {
			continue
		}
		somewhere = true
		if readable(p) {
			t.Errorf("%q can be read in %s", phrase, p.document)
		}
	}
	if !somewhere {
		t.Errorf("%q stands nowhere, so that nobody can be kept from it", phrase)
	}
}

func (c Company) asker(t *testing.T, name string) (footnote.Audience, map[string]bool) {
	t.Helper()
	if name == "anonymous" {
		return footnote.AudiencePublic, c.memberships("")
	}
	at := slices.IndexFunc(c.Keys, func(k Key) bool { return k.Name == name })
	if at < 0 {
		t.Fatalf("no key is named %s", name)
	}
	principal := c.Keys[at].Principal
	if strings.HasPrefix(principal, "customer:") {
		return footnote.AudienceCustomer, c.memberships(principal)
	}
	return footnote.AudienceInternal, c.memberships(principal)
}
