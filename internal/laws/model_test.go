package laws_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/connectors"
	"footnote/internal/laws/oracle"
	"footnote/internal/volume"
)

// question shares a word with every chunk of a world.
const question = "Where is the lantern?"

// mark is the word that tells chunks apart.
var mark = regexp.MustCompile(`\bk\d+\b`)

// world is a random world: the program that holds it, and beside it what the oracle needs to judge it.
type world struct {
	*bench
	rng     *rand.Rand
	oracle  oracle.World
	sources []*source
	docs    []*doc
	readers []*reader
	rules   []oracle.Rule // shared by documents
	groups  []string
	people  []string
	marks   int
}

type source struct {
	footnote.Source
	renewed time.Time
	off     bool
}

// part is one part of a version as it was submitted.
type part struct {
	key       string
	marks     []string // one a chunk
	rules     []oracle.Rule
	audiences []string
	updated   time.Time
}

type version struct {
	number   int
	parts    []part
	rule     oracle.Rule
	audience string
}

// doc is what the contract says of a document: what serves and under which rights, and what waits.
type doc struct {
	id            footnote.DocumentID
	source        *source
	external      string
	kind          footnote.Kind
	language      string
	product       string
	owner         string
	rules         []oracle.Rule
	audiences     []string
	serving       *version
	pending       *version
	status        footnote.Status
	retired, gone bool
}

type reader struct {
	oracle.Reader
	secret  string
	key     string
	expires time.Time
}

func (d *doc) visible() bool {
	return d.serving != nil && !d.gone && !d.retired && d.status == footnote.StatusPublished
}

func (d *doc) text(p part) oracle.Text {
	return oracle.Text{
		Source: d.source.ID, Rules: append(slices.Clone(d.rules), p.rules...),
		Audiences: append(slices.Clone(d.audiences), p.audiences...),
	}
}

// scale is the size of a world.
type scale struct{ sources, docs, rules, groups, users, customers, readers int }

// smallWorld is that of the laws whose tests put something slow between a search and its index.
func smallWorld(on backend) scale {
	size := scale{sources: 6, docs: 100, rules: 50, groups: 30, users: 24, customers: 10, readers: 60}
	if !on.atHome() && !volume.Whole() {
		size.docs = 40
	}
	return size
}

func newWorld(t *testing.T, on backend, rng *rand.Rand, size scale) *world {
	t.Helper()
	w := &world{bench: newBench(t, on), rng: rng}
	w.oracle = oracle.World{
		Members: map[string][]string{}, Known: map[string]bool{}, Disabled: map[string]bool{},
		Off: map[string]bool{}, Hidden: map[string]bool{},
	}
	for i := range size.users {
		w.people = append(w.people, fmt.Sprintf("user:u%d", i))
	}
	for i := range size.customers {
		w.people = append(w.people, fmt.Sprintf("customer:c%d", i))
	}
	w.people = append(w.people, "app:bot", "app:desk", "app:bare")
	for _, name := range w.people {
		w.person(t, name, false)
		w.oracle.Known[name] = true
	}
	for i := range size.groups {
		w.groups = append(w.groups, []string{"group:g", "org:o", "role:r"}[i%3]+fmt.Sprint(i))
	}
	for i, name := range w.groups {
		if i%9 != 8 { // the others are missing
			w.regroup(t, name)
		}
	}
	for range size.rules {
		w.rules = append(w.rules, w.rule())
	}
	for i := range size.sources {
		w.addSource(t, i)
	}
	for i := range size.docs {
		w.docs = append(w.docs, &doc{source: w.sources[i%len(w.sources)], external: fmt.Sprintf("d%d", i)})
	}
	w.fill(t)
	for range size.readers {
		w.readers = append(w.readers, w.newReader(t))
	}
	return w
}

func one[T any](rng *rand.Rand, values ...T) T { return values[rng.IntN(len(values))] }

func (w *world) chance(percent int) bool { return w.rng.IntN(100) < percent }

// anybody draws a principal that a rule or a group may name.
func (w *world) anybody() string {
	switch n := w.rng.IntN(100); {
	case n < 62:
		return one(w.rng, w.groups...)
	case n < 94:
		return one(w.rng, w.people...)
	case n < 97:
		return "everyone"
	default:
		return "public"
	}
}

func (w *world) several(most int) []string {
	names := []string{}
	for range w.rng.IntN(most + 1) {
		names = append(names, w.anybody())
	}
	return names
}

// regroup gives a collection new members; nested and cyclic ones come of themselves.
func (w *world) regroup(t *testing.T, name string) {
	t.Helper()
	members := []string{}
	for range w.rng.IntN(4) {
		members = append(members, one(w.rng, w.people...))
	}
	if w.chance(40) {
		members = append(members, one(w.rng, w.groups...))
	}
	if w.chance(2) {
		members = append(members, one(w.rng, "everyone", "public"))
	}
	w.group(t, name, members...)
	w.oracle.Members[name] = members
}

func (w *world) rule() oracle.Rule {
	var rule oracle.Rule
	for range one(w.rng, 0, 1, 1, 1, 1, 1, 1, 2, 2, 3) {
		clause := append([]string{w.anybody()}, w.several(2)...)
		if w.chance(1) {
			clause = nil
		}
		rule.AllOf = append(rule.AllOf, clause)
	}
	if w.chance(25) {
		rule.Deny = []string{w.anybody()}
		if w.chance(30) {
			rule.Deny = append(rule.Deny, w.several(2)...)
		}
		if w.chance(30) {
			rule.Deny = append(rule.Deny, "group:gone")
		}
	}
	return rule
}

func (w *world) anyRule() oracle.Rule {
	if w.chance(15) {
		return w.rule()
	}
	return one(w.rng, w.rules...)
}

func (w *world) acl(t *testing.T, rule oracle.Rule) footnote.ACL {
	t.Helper()
	var clauses [][]footnote.Principal
	for _, clause := range rule.AllOf {
		clauses = append(clauses, principals(t, clause...))
	}
	acl, err := footnote.NewACL(clauses, principals(t, rule.Deny...))
	must(t, err)
	return acl
}

func (w *world) audience(t *testing.T, name string) footnote.Audience {
	t.Helper()
	if name == "" {
		return 0
	}
	audience, err := footnote.ParseAudience(name)
	must(t, err)
	return audience
}

func (w *world) addSource(t *testing.T, i int) {
	t.Helper()
	s := &source{renewed: time.Time{}}
	s.ID, s.Approval, s.State = fmt.Sprintf("s%d", i), footnote.ApprovalPublished, footnote.SourceActive
	if i%3 == 2 {
		s.Approval = footnote.ApprovalManual
	}
	s.DefaultAudience = w.audience(t, one(w.rng, "internal", "customer", "public"))
	if i%2 == 1 {
		lease, err := footnote.ParsePeriod(one(w.rng, "P1D", "P2D", "PT36H"))
		must(t, err)
		s.ACLMaxAge = lease
	}
	w.sources = append(w.sources, s)
	w.saveSource(t, s)
}

func (w *world) saveSource(t *testing.T, s *source) {
	t.Helper()
	w.source(t, s.Source)
	w.refresh()
}

// refresh works out which sources are hidden at this moment.
func (w *world) refresh() {
	for _, s := range w.sources {
		lapsed := !s.ACLMaxAge.IsZero() && (s.renewed.IsZero() || !w.clock.now().Before(s.ACLMaxAge.After(s.renewed)))
		w.oracle.Hidden[s.ID] = s.State == footnote.SourceRevoked || s.off || lapsed
	}
	for _, r := range w.readers {
		if !r.expires.IsZero() && !w.clock.now().Before(r.expires) {
			r.Dead = true
		}
	}
}

// draft makes a new text of a document.
func (w *world) draft() version {
	v := version{rule: w.anyRule(), audience: one(w.rng, "", "internal", "customer", "public", "public")}
	for i := range 1 + w.rng.IntN(3) {
		p := part{key: []string{"body", "comment", "note"}[i], updated: w.clock.now().Add(-time.Duration(w.rng.IntN(1000)) * time.Hour)}
		for range 1 + w.rng.IntN(2) {
			w.marks++
			p.marks = append(p.marks, fmt.Sprintf("k%d", w.marks))
		}
		if w.chance(30) {
			p.rules = []oracle.Rule{w.anyRule()}
		}
		if w.chance(30) {
			p.audiences = []string{one(w.rng, "internal", "customer", "public")}
		}
		v.parts = append(v.parts, p)
	}
	return v
}

// record is a version on its way in.
func (w *world) record(t *testing.T, d *doc, v version, status footnote.Status) connectors.Record {
	t.Helper()
	r := connectors.Record{
		ExternalID: d.external, ACL: w.acl(t, v.rule), Audience: w.audience(t, v.audience),
		Metadata: footnote.Metadata{
			Kind: d.kind, Title: "Lantern " + d.external, Language: d.language, Products: []string{d.product}, Status: status,
		},
	}
	if d.owner != "" {
		r.Owner = who(t, d.owner)
	}
	for _, p := range v.parts {
		out := connectors.Part{Key: p.key, Content: content(p), Format: connectors.FormatMarkdown, UpdatedAt: p.updated}
		if len(p.rules) > 0 {
			own := w.acl(t, p.rules[0])
			out.ACL = &own
		}
		if len(p.audiences) > 0 {
			out.Audience = w.audience(t, p.audiences[0])
		}
		r.Parts = append(r.Parts, out)
	}
	return r
}

func content(p part) string {
	var text strings.Builder
	for i, mark := range p.marks {
		fmt.Fprintf(&text, "## Place %d\n\nThe lantern of %s hangs here and gives light to %s.%s\n\n", i+1, mark, mark, filling)
	}
	return text.String()
}

// fill takes the documents in for the first time.
func (w *world) fill(t *testing.T) {
	t.Helper()
	records := map[string][]connectors.Record{}
	versions := map[*doc]version{}
	for _, d := range w.docs {
		d.id = footnote.NewDocumentID(d.source.ID, d.external)
		d.kind = one(w.rng, footnote.KindArticle, footnote.KindTicket, footnote.KindNote)
		d.language, d.product = one(w.rng, "en", "de"), one(w.rng, "mail", "chat", "phone")
		if w.chance(3) {
			d.owner = one(w.rng, w.people...)
		}
		versions[d] = w.draft()
		status := footnote.StatusPublished
		if w.chance(4) {
			status = one(w.rng, footnote.StatusDraft, footnote.StatusArchived)
		}
		d.status = status
		records[d.source.ID] = append(records[d.source.ID], w.record(t, d, versions[d], status))
	}
	for _, s := range w.sources {
		for i, result := range w.put(t, s.ID, records[s.ID]...) {
			d := w.find(s.ID, records[s.ID][i].ExternalID)
			v := versions[d]
			d.take(&v, result.Version)
			if want := chunks(v); result.Chunks != want {
				t.Fatalf("%s has %d chunks, not %d", d.external, result.Chunks, want)
			}
		}
		s.renewed = w.clock.now()
	}
	w.refresh()
	for _, d := range w.docs {
		if d.pending != nil && w.chance(80) && d.status == footnote.StatusPublished {
			w.decide(t, d, true)
		}
	}
}

// filling makes a section long enough to be a passage of its own: words that are neither searched nor telling.
var filling = strings.Repeat(" a", 125) //nolint:gochecknoglobals // a constant text

func chunks(v version) int {
	n := 0
	for _, p := range v.parts {
		n += len(p.marks)
	}
	return n
}

func (w *world) find(source, external string) *doc {
	at := slices.IndexFunc(w.docs, func(d *doc) bool { return d.source.ID == source && d.external == external })
	return w.docs[at]
}

// take says what a new text does: it serves where being published is enough, and else waits, while what serves does so
// under the stricter of both rights.
func (d *doc) take(v *version, number int) {
	v.number = number
	if v.audience == "" {
		v.audience = d.source.DefaultAudience.String()
	}
	if d.source.Approval == footnote.ApprovalPublished && d.status == footnote.StatusPublished && !d.retired {
		d.serve(v)
		return
	}
	d.pending = v
	if d.serving == nil {
		return
	}
	d.rules, d.audiences = append(d.rules, v.rule), append(d.audiences, v.audience)
	for i := range d.serving.parts {
		held := &d.serving.parts[i]
		for _, in := range v.parts {
			if in.key == held.key {
				held.rules = append(slices.Clone(held.rules), in.rules...)
				held.audiences = append(slices.Clone(held.audiences), in.audiences...)
			}
		}
	}
}

func (d *doc) serve(v *version) {
	own := *v
	own.parts = slices.Clone(v.parts)
	d.serving, d.pending, d.retired = &own, nil, false
	d.rules, d.audiences = []oracle.Rule{v.rule}, []string{v.audience}
}

func (w *world) decide(t *testing.T, d *doc, approve bool) {
	t.Helper()
	must(t, w.pipeline.Decide(t.Context(), w.boss, d.id, d.pending.number, approve, "looked at"))
	if approve {
		d.serve(d.pending)
	}
	d.pending = nil
}

// newReader makes a key for somebody, or nobody.
func (w *world) newReader(t *testing.T) *reader {
	t.Helper()
	r := &reader{}
	key := footnote.Key{Scopes: []footnote.Scope{footnote.ScopeRead}}
	switch n := w.rng.IntN(100); {
	case n < 5:
		return r
	case n < 60:
		r.Holder = one(w.rng, w.people...)
	default:
		r.Holder = one(w.rng, "app:bot", "app:desk", "user:u0")
		r.For = one(w.rng, w.people...)
		if w.chance(8) {
			r.For = one(w.rng, "user:nobody", "customer:nobody")
		}
		r.MayActFor = !w.chance(5)
		r.Ceiling = !w.chance(8)
	}
	if r.For == "" {
		r.Ceiling = w.chance(15)
	}
	if r.MayActFor {
		key.Scopes = append(key.Scopes, footnote.ScopeActFor)
	}
	if r.Ceiling {
		r.CeilingAudience = one(w.rng, "internal", "internal", "customer", "public", "")
		r.CeilingSources = []string{"*"}
		if w.chance(30) {
			r.CeilingSources = []string{one(w.rng, w.sources...).ID, one(w.rng, w.sources...).ID}
		}
		key.Ceiling = &footnote.Ceiling{Sources: r.CeilingSources, Audience: w.audience(t, r.CeilingAudience)}
	}
	if w.chance(15) {
		r.Sources = []string{one(w.rng, w.sources...).ID, one(w.rng, w.sources...).ID}
		key.Sources = r.Sources
	}
	if w.chance(6) {
		r.expires = w.clock.now().Add(time.Duration(1+w.rng.IntN(200)) * time.Hour)
		key.ExpiresAt = r.expires
	}
	key.Principal = who(t, r.Holder)
	made, secret := w.key(t, key)
	r.key, r.secret = made.ID, secret
	return r
}
