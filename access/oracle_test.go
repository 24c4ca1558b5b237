package access_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/access"
)

// TestDecisionsAgreeWithTheOracle compares more than 200,000 decisions of random worlds.
func TestDecisionsAgreeWithTheOracle(t *testing.T) {
	const worlds, readers, texts = 450, 12, 40
	decisions, allowed := 0, 0
	for seed := range uint64(worlds) {
		w := newWorld(seed)
		for range readers {
			reader := w.reader()
			held := w.Holds(reader)
			built, closure, err := w.establish(t, reader)
			if disabled := w.Disabled[caller(t, reader).Subject().String()]; disabled != (footnote.CodeOf(err) == footnote.CodeForbidden && err != nil) {
				t.Fatalf("world %d, %+v: disabled %t, but %v", seed, reader, disabled, err)
			}
			if diff := cmp.Diff(slices.Sorted(maps.Keys(held)), names(closure.Principals())); diff != "" {
				t.Fatalf("world %d, %+v holds otherwise:\n%s", seed, reader, diff)
			}
			for range texts {
				text := w.text()
				rule, shown := rights(t, text)
				want := err == nil && w.Shows(reader, held, text)
				got := built.MayRead(rule, shown, text.Source)
				if got != want {
					t.Fatalf("world %d: %+v reads %+v: %t, the oracle says %t", seed, reader, text, got, want)
				}
				if allows := access.Allows(rule, closure, w.unknown); got && !allows {
					t.Fatalf("world %d: %+v reads against the rule %s", seed, reader, rule)
				}
				decisions++
				if got {
					allowed++
				}
			}
		}
	}
	if decisions < 200_000 || allowed < decisions/50 || allowed > decisions/2 {
		t.Fatalf("%d of %d decisions let a reader in: the worlds are too small or lopsided", allowed, decisions)
	}
}

func names(principals []footnote.Principal) []string {
	var all []string
	for _, p := range principals {
		all = append(all, p.String())
	}
	return all
}

func TestNobodyByDefault(t *testing.T) {
	everyone := footnote.AnyOf(footnote.Everyone(), footnote.Public())
	if (access.Reader{}).MayRead(everyone, footnote.AudiencePublic, "kb") {
		t.Error("a reader that was never established reads")
	}
	if access.Allows(everyone, access.Held{}, nil) {
		t.Error("a rule lets in who holds nothing")
	}
}

// TestWithoutKnowledgeOfGroups has no way to tell whether a group exists.
func TestWithoutKnowledgeOfGroups(t *testing.T) {
	w := newWorld(1)
	held, err := access.Closure(t.Context(), whos(t, []string{"public"}), w.parents(t))
	if err != nil {
		t.Fatal(err)
	}
	clauses := [][]footnote.Principal{{footnote.Public()}}
	for deny, want := range map[string]bool{"group:any": false, "org:any": false, "role:any": false, "user:any": true, "everyone": true} {
		rule, err := footnote.NewACL(clauses, whos(t, []string{deny}))
		if err != nil {
			t.Fatal(err)
		}
		if got := access.Allows(rule, held, nil); got != want {
			t.Errorf("deny %s: %t", deny, got)
		}
	}
}
