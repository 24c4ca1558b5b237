package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

// Equal does the same random steps to two empty stores and demands that each step has the same outcome in both and that
// all there is to read is the same: every so often, and at the end.
func Equal(t *testing.T, seed uint64, steps int, one, other store.Store) {
	t.Helper()
	s := &script{
		T: t, random: rand.New(rand.NewPCG(seed, 23)), //nolint:gosec // G404: a fixed sequence
		at: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), met: map[string]int{},
	}
	const often = 100
	for step := range steps {
		s.at = s.at.Add(time.Minute)
		name, run := s.step()
		outcome := [2]string{tell(run(one)), tell(run(other))}
		s.met[name]++
		if outcome[0] != outcome[1] {
			t.Fatalf("seed %d, step %d, %s: %s and %s", seed, step, name, outcome[0], outcome[1])
		}
		if step%often == often-1 || step == steps-1 {
			if diff := cmp.Diff(s.dump(one), s.dump(other)); diff != "" {
				t.Fatalf("seed %d, after step %d, the last one %s: %s", seed, step, name, diff)
			}
		}
	}
	if s.served == 0 || len(s.met) < kinds {
		t.Errorf("%d of %d kinds of steps were made, and %d texts were served: this compares nothing", len(s.met), kinds, s.served)
	}
}

// outcome is what a step returned.
type outcome struct {
	value any
	err   error
}

func tell(o outcome) string {
	code := footnote.Code("")
	if o.err != nil {
		code = footnote.CodeOf(o.err)
	}
	return fmt.Sprintf("%+v %s %v", o.value, code, known(o.err))
}

// known is an error as its code and message: what stands behind is the dialect's own.
func known(err error) string {
	if e, ok := errors.AsType[*footnote.Error](err); ok {
		return e.Field + " " + e.Message
	}
	return ""
}

// script makes steps up. The names and texts in it are few, so that steps meet, and some are awkward to keep.
type script struct {
	*testing.T
	random *rand.Rand
	at     time.Time
	met    map[string]int
	served int
}

// kinds is how many kinds of steps there are.
const kinds = 16

var (
	externals = []string{"a", "B", "b", "ä", "z", "Z", "a b", "a/ü%", "_", "😀", "a\u0301"} //nolint:gochecknoglobals // words to choose from
	lines     = []string{"one", "two", "three", "Four", "fünf", "zero \x00 in it", "not \xff UTF-8", "six '; --", `back\slash`}
	anybody   = []string{"user:ana", "user:bob", "User", "group:g", "group:G", "org:o", "customer:c", "everyone", "public", "app:x"}
	words     = []string{"", "why", "a \x00 zero", "broken \xc3", "quote ' \" \\", "line\nbreak", "\u2028"}
	models    = []string{model, newModel, "third"}
)

func (s *script) pick(from []string) string { return from[s.random.IntN(len(from))] }

func (s *script) principal() footnote.Principal {
	p, err := footnote.ParsePrincipal(s.pick(anybody))
	if err != nil {
		return footnote.Everyone()
	}
	return p
}

func (s *script) acl() footnote.ACL {
	if s.random.IntN(3) == 0 {
		return footnote.AnyOf(s.principal(), s.principal()).And(footnote.AnyOf(s.principal()))
	}
	return footnote.AnyOf(s.principal())
}

func (s *script) source() string { return s.pick([]string{"kb", "slow", "never"}) }

func (s *script) document() footnote.DocumentID {
	return footnote.NewDocumentID(s.source(), s.pick(externals))
}

func (s *script) event() audit.Event {
	return audit.Event{At: s.at, Kind: "a.b", Subject: s.pick(words), RequestID: s.pick(words), Details: map[string]string{"why": s.pick(words)}}
}

// step makes one up.
func (s *script) step() (name string, run func(store.Store) outcome) {
	ctx := s.Context()
	event := s.event()
	only := func(do func(in store.Store) error) func(store.Store) outcome {
		return func(in store.Store) outcome { return outcome{err: do(in)} }
	}
	switch s.random.IntN(24) {
	case 0:
		return "source", s.putSource(event)
	case 1:
		group, members := s.principal(), []footnote.Principal{s.principal(), s.principal()}
		return "group", only(func(in store.Store) error { return in.PutGroup(ctx, group, members, event) })
	case 2:
		group := s.principal()
		return "no group", only(func(in store.Store) error { return in.DeleteGroup(ctx, group, event) })
	case 3:
		person := store.Person{Principal: s.principal(), DisplayName: s.pick(words), Disabled: s.random.IntN(2) == 0}
		return "person", only(func(in store.Store) error { return in.PutPerson(ctx, person, event) })
	case 4:
		key := footnote.Key{ID: s.pick(lines[:5]), Name: s.pick(words), Principal: s.principal(), CreatedAt: s.at}
		secret := s.pick(lines[:5])
		return "key", only(func(in store.Store) error { return in.CreateKey(ctx, key, secret, event) })
	case 5:
		id := s.pick(lines)
		return "no key", only(func(in store.Store) error { return in.RevokeKey(ctx, id, event) })
	case 6:
		set := store.Switch{Name: s.pick(lines[:5]), On: s.random.IntN(2) == 0, Reason: s.pick(words), At: s.at, By: s.principal()}
		return "switch", only(func(in store.Store) error { return in.PutSwitch(ctx, set, event) })
	case 7:
		receipt := footnote.Receipt{ID: fmt.Sprint(s.random.IntN(1000)), At: s.at, Principal: s.principal(), QuerySHA256: s.pick(words)}
		return "receipt", only(func(in store.Store) error { return in.Record(ctx, receipt, event) })
	case 8:
		return s.queueStep()
	case 9, 10:
		return "vectors", s.embed()
	case 11:
		source, ids := s.source(), []string{s.pick(externals), s.pick(externals), s.pick(lines)}
		return "deletion", func(in store.Store) outcome {
			gone, err := in.Delete(ctx, source, ids, event)
			return outcome{gone, err}
		}
	case 12, 13, 14:
		return s.change(event)
	default:
		return "batch", s.put(event)
	}
}

func (s *script) putSource(event audit.Event) func(store.Store) outcome {
	if s.random.IntN(8) == 0 {
		id := s.source()
		return func(in store.Store) outcome { return outcome{err: in.DeleteSource(s.Context(), id, event)} }
	}
	source := footnote.Source{
		ID: s.pick([]string{"kb", "slow"}), Name: s.pick(words), State: footnote.SourceActive, Approval: footnote.ApprovalPublished,
		CreatedAt: s.at, UpdatedAt: s.at,
	}
	if source.ID == "slow" {
		source.Approval = footnote.ApprovalManual
	}
	if s.random.IntN(6) == 0 {
		source.State = footnote.SourcePaused
	}
	health := footnote.Health{ContentAt: s.at, Checkpoint: s.pick(words), LastError: s.pick(words), ErrorAt: s.at}
	return func(in store.Store) outcome {
		created, err := in.PutSource(s.Context(), source, event)
		return outcome{created, errors.Join(err, in.PutHealth(s.Context(), source.ID, health, nil))}
	}
}

// change is an owner's word on a document.
func (s *script) change(event audit.Event) (name string, run func(store.Store) outcome) {
	ctx, id, by := s.Context(), s.document(), s.principal()
	version, yes, reason, rule, at := 1+s.random.IntN(4), s.random.IntN(3) > 0, s.pick(words), s.acl(), s.at
	var do func(in store.Store) error
	switch s.random.IntN(6) {
	case 0:
		name, do = "rule", func(in store.Store) error { return in.SetACL(ctx, id, rule, nil, event) }
	case 1:
		next := s.document()
		name, do = "retirement", func(in store.Store) error {
			return in.Retire(ctx, store.Retirement{Document: id, Reason: reason, ReplacedBy: next}, nil, event)
		}
	case 2:
		name, do = "review", func(in store.Store) error {
			return in.Review(ctx, store.Review{Document: id, ReviewedAt: at, By: by}, nil, event)
		}
	default:
		name, do = "decision", func(in store.Store) error {
			if pending := waitingVersion(ctx, in, id); pending > 0 {
				version = pending
			}
			return in.Decide(ctx, store.Decision{Document: id, Version: version, Approve: yes, Reason: reason, By: by, At: at}, nil, event)
		}
	}
	return name, func(in store.Store) outcome { return outcome{err: do(in)} }
}

func waitingVersion(ctx context.Context, in store.Store, id footnote.DocumentID) int {
	snapshot, err := in.Snapshot(ctx)
	if err != nil {
		return 0
	}
	defer snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
	d, err := snapshot.Document(ctx, id)
	if err != nil {
		return 0
	}
	return d.Pending
}

func (s *script) embed() func(store.Store) outcome {
	var all []store.Embedding
	for range 1 + s.random.IntN(4) {
		all = append(all, store.Embedding{Hash: s.hash(s.pick(lines)), Model: s.pick(models), Vector: []float32{s.random.Float32(), -1}})
	}
	return func(in store.Store) outcome { return outcome{err: in.Embed(s.Context(), all)} }
}

func (s *script) hash(line string) string { return footnote.SHA256(line) }

func (s *script) queueStep() (name string, run func(store.Store) outcome) {
	ctx, model, number, hash := s.Context(), s.pick(models), 1+s.random.IntN(8), s.hash(s.pick(lines))
	return "queue", []func(in store.Store) outcome{
		func(in store.Store) outcome { all, err := in.ChooseModel(ctx, model); return outcome{all, err} },
		func(in store.Store) outcome { more, err := in.Enlist(ctx, number); return outcome{more, err} },
		func(in store.Store) outcome { return outcome{err: in.MakeReady(ctx, number)} },
		func(in store.Store) outcome { served, err := in.Serve(ctx, number); return outcome{served, err} },
		func(in store.Store) outcome { more, err := in.DropVectors(ctx, number); return outcome{more, err} },
		func(in store.Store) outcome { return outcome{err: in.Refuse(ctx, model, []string{hash})} },
		func(in store.Store) outcome { return outcome{err: in.Readmit(ctx)} },
	}[s.random.IntN(7)]
}

// put takes a batch in.
func (s *script) put(event audit.Event) func(store.Store) outcome {
	b := store.Batch{Source: s.source(), By: s.principal(), At: s.at, RenewLease: s.random.IntN(2) == 0, Event: event}
	for range s.random.IntN(5) {
		b.Submissions = append(b.Submissions, s.submission())
	}
	return func(in store.Store) outcome {
		outcomes, err := in.Put(s.Context(), b)
		told := make([]string, len(outcomes))
		for i, o := range outcomes {
			told[i] = tell(outcome{o.ID, o.Err}) + fmt.Sprint(o.Version, o.State, o.Chunks, o.Created, o.Unchanged)
		}
		return outcome{told, err}
	}
}

func (s *script) submission() store.Submission {
	status := []footnote.Status{footnote.StatusPublished, footnote.StatusPublished, footnote.StatusPublished, footnote.StatusDraft, footnote.StatusArchived}
	in := store.Submission{
		ExternalID: s.pick(externals), Audience: footnote.Audience(1 + s.random.IntN(3)), ACL: s.acl(), //nolint:gosec // G115: 1 to 3
		Metadata: footnote.Metadata{
			Kind: footnote.KindArticle, Title: s.pick(words), Status: status[s.random.IntN(len(status))], Owner: s.principal(),
			ExternalVersion: s.pick([]string{"", "", "1", "2", "10", "x"}),
		},
		Aliases: []string{s.pick(externals), s.pick(externals)},
	}
	for _, key := range []string{"body", "note", "note 2"}[:1+s.random.IntN(3)] {
		var text []string
		for range 1 + s.random.IntN(3) {
			text = append(text, s.pick(lines))
		}
		p := part(key, strings.Join(text, "\n"))
		for i := range p.Chunks {
			p.Chunks[i].EmbedHash, p.Chunks[i].Lead = s.hash(p.Text[p.Chunks[i].Start:p.Chunks[i].End]), s.pick(words)
		}
		if s.random.IntN(3) == 0 {
			own := s.acl()
			p.ACL, p.Audience = &own, footnote.AudienceInternal
		}
		in.Parts = append(in.Parts, p)
	}
	if s.random.IntN(20) == 0 {
		in.Parts = append(in.Parts, in.Parts[0])
	}
	return digest(in)
}
