package laws_test

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/identity"
	"footnote/retrieval"
)

//go:embed testdata/cases.yaml
var writtenCases []byte

// cases are those of testdata/cases.yaml.
type cases struct {
	Groups      map[string][]string
	Readers     map[string]asker
	Refused     map[string]asker
	Permissions []permission
	Articles    map[string]text
	Questions   []wondering
}

type asker struct {
	Key, For, Audience, Code string
	Ceiling, Sources         []string
}

type permission struct {
	Case, Source, Audience, Fate string
	Allow, Edit                  [][]string
	Deny, Sees                   []string
	Comment                      *struct {
		Allow    [][]string
		Audience string
	}
}

type text struct {
	Text, Kind, Language, Owner, Audience, Review string
	Then                                          *string // what is submitted next; "": it is deleted
	Products, Versions                            []string
}

type wondering struct {
	Case, Ask, Mode, First, Freshness string
	Finds                             []string
	Exact                             bool
	Limit                             int
	Filter                            struct {
		Kinds, Languages, Products, Versions, Owners, Sources []string
		Audience                                              string
	}
}

func readCases(t *testing.T) (c cases) {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader(writtenCases))
	decoder.KnownFields(true)
	must(t, decoder.Decode(&c))
	if len(c.Permissions) < 30 || len(c.Questions) < 20 || len(c.Refused) == 0 {
		t.Fatalf("only %d and %d cases were read", len(c.Permissions), len(c.Questions))
	}
	return c
}

// stage is a bench on which the cases are set.
type stage struct {
	*bench
	t       *testing.T
	cases   cases
	callers map[string]footnote.Caller
}

func newStage(t *testing.T, on backend) *stage {
	t.Helper()
	s := &stage{bench: newBench(t, on), t: t, cases: readCases(t), callers: map[string]footnote.Caller{}}
	lease, err := footnote.ParsePeriod("P1D")
	must(t, err)
	for _, source := range []footnote.Source{
		{ID: "kb"}, {ID: "wiki"}, {ID: "desk", Approval: footnote.ApprovalManual}, {ID: "paused"}, {ID: "revoked"}, {ID: "off"}, {ID: "lapsed", ACLMaxAge: lease},
	} {
		s.source(t, source)
	}
	for name, members := range s.cases.Groups {
		s.group(t, name, members...)
	}
	for _, p := range s.cases.Permissions {
		s.set(p)
	}
	s.clock.advance(48 * time.Hour)
	for name, written := range s.cases.Articles {
		s.write(name, written)
	}
	s.clock.advance(48 * time.Hour)
	s.source(t, footnote.Source{ID: "paused", State: footnote.SourcePaused})
	s.source(t, footnote.Source{ID: "revoked", State: footnote.SourceRevoked})
	s.turn(t, identity.SwitchSource+"off", false)
	for name, a := range s.cases.Readers {
		s.callers[name] = s.admit(a)
	}
	return s
}

func (s *stage) acl(clauses [][]string, deny []string) footnote.ACL {
	s.t.Helper()
	var all [][]footnote.Principal
	for _, clause := range clauses {
		all = append(all, principals(s.t, clause...))
	}
	acl, err := footnote.NewACL(all, principals(s.t, deny...))
	must(s.t, err)
	return acl
}

func (s *stage) audience(name string) footnote.Audience {
	s.t.Helper()
	if name == "" {
		return 0
	}
	audience, err := footnote.ParseAudience(name)
	must(s.t, err)
	return audience
}

// named is the text by which a case is told from the others.
func named(c string) string { return fmt.Sprintf("The lantern <%s> hangs here.", c) }

// set puts the document of a case in and does with it what the case says.
func (s *stage) set(p permission) {
	s.t.Helper()
	record := article(p.Case, s.acl(p.Allow, p.Deny), named(p.Case))
	if p.Audience != "" {
		record.Audience = s.audience(p.Audience)
	}
	if p.Comment != nil {
		record.Parts[0].Content = "Nothing is said here of what hangs where."
		comment := connectors.Part{Key: "comment", Content: named(p.Case), Format: connectors.FormatText, Audience: s.audience(p.Comment.Audience)}
		if p.Comment.Allow != nil {
			own := s.acl(p.Comment.Allow, nil)
			comment.ACL = &own
		}
		record.Parts = append(record.Parts, comment)
	}
	switch p.Fate {
	case "draft":
		record.Status = footnote.StatusDraft
	case "archived":
		record.Status = footnote.StatusArchived
	}
	source := p.Source
	if source == "" {
		source = "kb"
	}
	result := s.put(s.t, source, record)[0]
	ctx := s.t.Context()
	switch p.Fate {
	case "approved", "rejected":
		must(s.t, s.pipeline.Decide(ctx, s.boss, result.ID, result.Version, p.Fate == "approved", ""))
	case "retired":
		must(s.t, s.pipeline.Retire(ctx, s.boss, result.ID, "", ""))
	case "deleted":
		must(s.t, s.pipeline.Delete(ctx, s.root, source, p.Case))
	}
	if p.Edit != nil {
		record.ACL, record.Parts[0].Content = s.acl(p.Edit, nil), "It hangs elsewhere."
		s.put(s.t, source, record)
	}
}

func (s *stage) write(name string, written text) {
	s.t.Helper()
	record := article(name, anyOf(s.t, "public"), written.Text)
	record.Kind, record.Title = footnote.Kind(written.Kind), "Untitled"
	record.Language, record.Products, record.Versions = written.Language, written.Products, written.Versions
	if written.Audience != "" {
		record.Audience = s.audience(written.Audience)
	}
	if written.Owner != "" {
		record.Owner = who(s.t, written.Owner)
	}
	if written.Review != "" {
		every, err := footnote.ParsePeriod(written.Review)
		must(s.t, err)
		record.ReviewEvery = every
	}
	s.put(s.t, "kb", record)
	switch {
	case written.Then == nil:
	case *written.Then == "":
		must(s.t, s.pipeline.Delete(s.t.Context(), s.root, "kb", name))
	default:
		record.Parts[0].Content = *written.Then
		s.put(s.t, "kb", record)
	}
}

// admit makes the key of a reader.
func (s *stage) admit(a asker) footnote.Caller {
	s.t.Helper()
	if a.Key == "" {
		return footnote.Caller{}
	}
	key := footnote.Key{Principal: who(s.t, a.Key), Sources: a.Sources, Scopes: []footnote.Scope{footnote.ScopeRead}}
	if a.For != "" {
		key.Scopes = append(key.Scopes, footnote.ScopeActFor)
	}
	if a.Ceiling != nil {
		key.Ceiling = &footnote.Ceiling{Sources: a.Ceiling, Audience: s.audience(a.Audience)}
	}
	caller := s.caller(s.t, key)
	if a.For != "" {
		caller.OnBehalfOf = who(s.t, a.For)
	}
	return caller
}

// seers are the readers who are shown the document of a case, for all cases, sorted.
func (s *stage) seers() map[string][]string {
	s.t.Helper()
	seers := map[string][]string{}
	for name, caller := range s.callers {
		response, err := s.search.Search(s.t.Context(), caller, wide("Where is the lantern?"))
		must(s.t, err)
		for _, hit := range response.Hits {
			if _, rest, found := strings.Cut(hit.Citation.Quote, "<"); found {
				of, _, _ := strings.Cut(rest, ">")
				seers[of] = append(seers[of], name)
			}
		}
	}
	for _, names := range seers {
		slices.Sort(names)
	}
	return seers
}

// refusal is the code with which a reader is refused whom the case makes so.
func (s *stage) refusal(name string, a asker) string {
	s.t.Helper()
	caller := s.admit(a)
	switch name {
	case "disabled", "acting without a ceiling":
		s.person(s.t, "user:cyd", true)
	case "switched off":
		s.turn(s.t, identity.SwitchPrincipal+a.Key, false)
	case "revoked key":
		must(s.t, s.store.RevokeKey(s.t.Context(), caller.Key.ID, event(audit.KindKeyRevoke)))
	case "expired key":
		caller = s.caller(s.t, footnote.Key{Principal: who(s.t, a.Key), ExpiresAt: s.clock.now().Add(-time.Hour)})
	}
	_, err := s.search.Search(s.t.Context(), caller, wide("Where is the lantern?"))
	return string(footnote.CodeOf(err))
}

// found are the documents that are found, best first.
func (s *stage) found(q wondering) []string {
	s.t.Helper()
	request := wide(q.Ask)
	request.Mode, request.Exact, request.Freshness = retrieval.Mode(q.Mode), q.Exact, q.Freshness
	if q.Limit > 0 {
		request.Limit = q.Limit
	}
	f := q.Filter
	request.Filter = retrieval.Filter{
		Sources: f.Sources, Languages: f.Languages, Products: f.Products, Versions: f.Versions,
		Owners: principals(s.t, f.Owners...), Audience: s.audience(f.Audience),
	}
	for _, kind := range f.Kinds {
		request.Filter.Kinds = append(request.Filter.Kinds, footnote.Kind(kind))
	}
	response, err := s.search.Search(s.t.Context(), s.callers["ben"], request)
	must(s.t, err)
	names := []string{}
	for _, hit := range response.Hits {
		names = append(names, hit.Document.ExternalID)
	}
	return names
}
