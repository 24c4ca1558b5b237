package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/audit"
)

func samePrincipals() cmp.Option {
	return cmp.Comparer(func(a, b footnote.Principal) bool { return a == b })
}

func key() []byte { return []byte("a key that only the log knows") }

func seq(events []audit.Event) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		for _, event := range events {
			if !yield(event, nil) {
				return
			}
		}
	}
}

func principal(tb testing.TB, name string) footnote.Principal {
	tb.Helper()
	p, err := footnote.ParsePrincipal(name)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func sample(tb testing.TB, count int) []audit.Event {
	tb.Helper()
	events := make([]audit.Event, count)
	for i := range events {
		events[i] = audit.Event{
			At:   time.Date(2026, 3, 1, 9, 0, i, i*1000, time.UTC),
			Kind: audit.KindRead, Principal: principal(tb, "user:ana"), OnBehalfOf: principal(tb, "customer:c17"),
			KeyID: "key1", RequestID: fmt.Sprint("r", i), Subject: fmt.Sprint("doc_", i), Outcome: audit.OutcomeDone,
			Details: map[string]string{"hits": fmt.Sprint(i), "mode": "<hybrid> & more"},
		}
	}
	return rechain(events, 0)
}

// rechain numbers and hashes events anew from an index on, as one could without the key.
func rechain(events []audit.Event, from int) []audit.Event {
	for i := from; i < len(events); i++ {
		previous := ""
		if i > 0 {
			previous = events[i-1].Hash
		}
		events[i].Sequence = uint64(i + 1)
		events[i] = audit.Chain(previous, events[i])
	}
	return events
}

func clone(events []audit.Event) []audit.Event {
	out := slices.Clone(events)
	for i := range out {
		out[i].Details = maps.Clone(out[i].Details)
	}
	return out
}

func anchorOf(events []audit.Event) *audit.Head {
	last := events[len(events)-1]
	head := audit.Seal(key(), last.Sequence, last.Hash)
	return &head
}

func verify(t *testing.T, events []audit.Event, anchor *audit.Head) audit.Report {
	t.Helper()
	report, err := audit.Verify(seq(events), key(), anchor)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestVerifySound(t *testing.T) {
	events := sample(t, 20)
	last := events[19].Hash
	got := []audit.Report{
		verify(t, events, nil), verify(t, events, anchorOf(events)), verify(t, events, anchorOf(events[:15])), verify(t, nil, nil),
	}
	want := []audit.Report{
		{Count: 20, Head: last, Unanchored: 20},
		{Count: 20, Head: last, Anchored: true},
		{Count: 20, Head: last, Anchored: true, Unanchored: 5},
		{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
}

func TestVerifyEmptyLogAgainstItsHead(t *testing.T) {
	head := audit.Seal(key(), 0, "")
	if report := verify(t, nil, &head); !report.Anchored || report.Fault != nil {
		t.Fatalf("an empty log does not match its head: %+v", report)
	}
}

func TestVerifyNamesTheFirstFault(t *testing.T) {
	events := sample(t, 20)
	events[6].Outcome = audit.OutcomeRefused
	report := verify(t, events, nil)
	if report.Fault == nil || report.Fault.Sequence != 7 || report.Count != 6 {
		t.Fatalf("fault at event 7 was reported as %+v", report)
	}
}

func TestVerifyAnchor(t *testing.T) {
	events := sample(t, 10)
	other := audit.Seal([]byte("another key"), 10, events[9].Hash)
	if report := verify(t, events, &other); report.Fault == nil || report.Anchored {
		t.Errorf("a head under another key was accepted: %+v", report)
	}
	moved := *anchorOf(events)
	moved.Sequence = 9
	if report := verify(t, events[:9], &moved); report.Fault == nil {
		t.Error("a head whose sequence was changed was accepted")
	}
	if report := verify(t, events[:9], anchorOf(events)); report.Fault == nil || report.Fault.Sequence != 10 {
		t.Errorf("a cut tail was not found: %+v", report)
	}
	if _, err := audit.Verify(seq(events), nil, anchorOf(events)); err == nil {
		t.Error("an anchor was judged without a key")
	}
}

func TestVerifyPassesReadErrorsOn(t *testing.T) {
	broken := errors.New("disk gone")
	_, err := audit.Verify(func(yield func(audit.Event, error) bool) { yield(audit.Event{}, broken) }, nil, nil)
	if !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
}

func TestChainIsUnambiguous(t *testing.T) {
	base := audit.Event{Sequence: 1, Subject: "ab", Outcome: "c"}
	moved := audit.Event{Sequence: 1, Subject: "a", Outcome: "bc"}
	one := audit.Event{Sequence: 1, Details: map[string]string{"a": "bc"}}
	two := audit.Event{Sequence: 1, Details: map[string]string{"a": "b", "c": ""}}
	seen := map[string]bool{}
	for _, event := range []audit.Event{base, moved, one, two} {
		seen[audit.Chain("", event).Hash] = true
	}
	if len(seen) != 4 {
		t.Fatalf("4 events have %d hashes", len(seen))
	}
}

// TestMutations changes a log in 10,000 random ways; against the head kept elsewhere each must be found.
func TestMutations(t *testing.T) {
	events := sample(t, 30)
	anchor := anchorOf(events)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 10_000 {
		name, mutated := mutate(t, random, clone(events))
		if reflect.DeepEqual(events, mutated) {
			t.Fatalf("mutation %d (%s) changed nothing", i, name)
		}
		if verify(t, mutated, anchor).Fault == nil {
			t.Fatalf("mutation %d (%s) was not found", i, name)
		}
	}
}

func mutate(t *testing.T, random *rand.Rand, events []audit.Event) (string, []audit.Event) {
	t.Helper()
	i := random.IntN(len(events))
	switch random.IntN(7) {
	case 0:
		return "drop", slices.Delete(events, i, i+1)
	case 1:
		j := (i + 1 + random.IntN(len(events)-1)) % len(events)
		events[i], events[j] = events[j], events[i]
		return "swap", events
	case 2:
		return "truncate", events[:i]
	case 3:
		return "repeat", slices.Insert(events, i, events[random.IntN(len(events))])
	case 4:
		events[i].Subject += "x"
		return "rechain without the key", rechain(events, i)
	case 5:
		return "drop and rechain", rechain(slices.Delete(events, i, i+1), min(i, len(events)-1))
	}
	field := random.IntN(12)
	change(t, random, &events[i], field)
	return fmt.Sprint("change of field ", field), events
}

func change(t *testing.T, random *rand.Rand, e *audit.Event, field int) {
	t.Helper()
	texts := []*string{&e.Kind, &e.KeyID, &e.RequestID, &e.Subject, &e.Outcome, &e.Hash}
	switch {
	case field < len(texts):
		text := []byte(*texts[field])
		text[random.IntN(len(text))] ^= 1 << random.IntN(8)
		*texts[field] = string(text)
	case field == 6:
		e.Sequence ^= 1 << random.IntN(64)
	case field == 7:
		e.At = e.At.Add(time.Duration(1) << random.IntN(50))
	case field == 8:
		e.Principal = principal(t, "user:eve")
	case field == 9:
		e.OnBehalfOf = footnote.Principal{}
	case field == 10:
		e.Details["hits"] += "0"
	default:
		delete(e.Details, "mode")
	}
}

func TestExportRoundTrip(t *testing.T) {
	events := sample(t, 12)
	var out bytes.Buffer
	if err := audit.Write(&out, seq(events)); err != nil {
		t.Fatal(err)
	}
	var back []audit.Event
	for event, err := range audit.Read(bytes.NewReader(out.Bytes())) {
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, event)
	}
	if diff := cmp.Diff(events, back, samePrincipals()); diff != "" {
		t.Fatal(diff)
	}
	report, err := audit.Verify(audit.Read(&out), key(), anchorOf(events))
	if err != nil || !report.Anchored || report.Fault != nil {
		t.Fatalf("the export does not verify: %+v %v", report, err)
	}
}

func TestChainKeepsWhatCanBeExported(t *testing.T) {
	event := audit.Chain("", audit.Event{Sequence: 1, At: footnote.Now(), Subject: "\xff", Details: map[string]string{"a\xfe": "\xfd"}})
	var out bytes.Buffer
	if err := audit.Write(&out, seq([]audit.Event{event})); err != nil {
		t.Fatal(err)
	}
	report, err := audit.Verify(audit.Read(&out), nil, nil)
	if err != nil || report.Fault != nil || report.Count != 1 {
		t.Fatalf("%+v %v", report, err)
	}
}

func TestReadIsStrict(t *testing.T) {
	var out bytes.Buffer
	if err := audit.Write(&out, seq(sample(t, 1))); err != nil {
		t.Fatal(err)
	}
	good := out.String()
	for name, bad := range map[string]string{
		"cut end": good[:len(good)-1], "empty line": "\n" + good, "space": " " + good, "carriage return": good[:len(good)-1] + "\r\n",
		"unknown member": `{"more":1,` + good[1:], "repeated member": `{"sequence":9,` + good[1:], "not JSON": "x\n",
		"too long": `{"kind":"` + string(bytes.Repeat([]byte("a"), 1<<20)) + "\"}\n",
	} {
		_, err := audit.Verify(audit.Read(bytes.NewReader([]byte(bad))), nil, nil)
		if err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func FuzzRead(f *testing.F) {
	var out bytes.Buffer
	if err := audit.Write(&out, seq(sample(f, 3))); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var events []audit.Event
		for event, err := range audit.Read(bytes.NewReader(data)) {
			if err != nil {
				return
			}
			events = append(events, event)
		}
		var again bytes.Buffer
		if err := audit.Write(&again, seq(events)); err != nil || !bytes.Equal(again.Bytes(), data) {
			t.Fatalf("what was read is written otherwise: %v", err)
		}
	})
}

// TestVerifyDemandsDenseNumbers hashes a gap into the chain, which only the numbers themselves can show.
func TestVerifyDemandsDenseNumbers(t *testing.T) {
	events := sample(t, 3)
	events[2].Sequence = 9
	events[2] = audit.Chain(events[1].Hash, events[2])
	if report := verify(t, events, nil); report.Fault == nil || report.Fault.Sequence != 3 {
		t.Fatalf("a gap in the numbers was not found: %+v", report)
	}
}
