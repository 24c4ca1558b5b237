package footnote_test

import (
	"encoding/json"
	"strings"
	"testing"

	"footnote"
)

func principal(tb testing.TB, name string) footnote.Principal {
	tb.Helper()
	p, err := footnote.ParsePrincipal(name)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func principals(tb testing.TB, names ...string) []footnote.Principal {
	tb.Helper()
	var all []footnote.Principal
	for _, name := range names {
		all = append(all, principal(tb, name))
	}
	return all
}

func TestPrincipalKinds(t *testing.T) {
	for name, want := range map[string]struct {
		kind               string
		collection, person bool
	}{
		"everyone": {"everyone", false, false}, "public": {"public", false, false},
		"user:ana": {"user", false, true}, "customer:c1": {"customer", false, true}, "app:bot": {"app", false, true},
		"group:a": {"group", true, false}, "org:a": {"org", true, false}, "role:a": {"role", true, false},
		"group:everyone": {"group", true, false}, "user:a:b/c@d.example": {"user", false, true}, "user:Ünï": {"user", false, true},
	} {
		p := principal(t, name)
		if p.String() != name || p.Kind() != want.kind || p.IsCollection() != want.collection || p.IsPerson() != want.person || p.IsZero() {
			t.Errorf("%s is a %s, collection %t, person %t", name, p.Kind(), p.IsCollection(), p.IsPerson())
		}
	}
	var nobody footnote.Principal
	if !nobody.IsZero() || nobody.IsCollection() || nobody.IsPerson() || nobody.String() != "" {
		t.Error("the zero principal is somebody")
	}
}

func TestPrincipalRefuses(t *testing.T) {
	for _, name := range []string{
		"", "user", "user:", ":ana", "ana", "User:ana", "USER:ana", "Everyone", "public ", " public", "everyone:x", "public:x", "robot:x",
		"user: ana", "user:an a", "user:ana\n", "user:ana\x00", "user:ana\u200b", "user:ana\u202e", "user:\u00a0ana", "user:an\tA",
		"user:\xff", "user:\ufffd", "user:\ue000", "user:ana\u2028", "user:" + strings.Repeat("a", footnote.MaxPrincipalBytes-4),
	} {
		if p, err := footnote.ParsePrincipal(name); footnote.CodeOf(err) != footnote.CodeInvalid || !p.IsZero() {
			t.Errorf("%q was read as %q: %v", name, p, err)
		}
	}
	longest := "user:" + strings.Repeat("a", footnote.MaxPrincipalBytes-5)
	if principal(t, longest).String() != longest {
		t.Error("the longest name is refused")
	}
}

func TestPrincipalsCompareByteByByte(t *testing.T) {
	composed, decomposed := principal(t, "user:\u00e9"), principal(t, "user:e\u0301")
	if composed == decomposed || principal(t, "user:ana") == principal(t, "user:Ana") || principal(t, "user:a") == principal(t, "group:a") {
		t.Error("two names are one principal")
	}
	if footnote.ComparePrincipals(principal(t, "user:a"), principal(t, "user:b")) >= 0 || footnote.ComparePrincipals(composed, composed) != 0 {
		t.Error("the order is not that of the names")
	}
}

func TestPrincipalText(t *testing.T) {
	var back struct{ A, B footnote.Principal }
	back.B = principal(t, "user:left")
	if err := json.Unmarshal([]byte(`{"A":"org:acme","B":""}`), &back); err != nil {
		t.Fatal(err)
	}
	if back.A != principal(t, "org:acme") || !back.B.IsZero() {
		t.Errorf("read %+v", back)
	}
	kept := back.A
	if err := json.Unmarshal([]byte(`{"A":"acme"}`), &back); footnote.CodeOf(err) != footnote.CodeInvalid || back.A != kept {
		t.Errorf("%v, and %s", err, back.A)
	}
}

func FuzzPrincipal(f *testing.F) {
	for _, seed := range []string{"user:ana", "everyone", "group:a:b", "user:\u200b", "org:\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		p, err := footnote.ParsePrincipal(name)
		if err != nil {
			if footnote.CodeOf(err) != footnote.CodeInvalid || !p.IsZero() {
				t.Fatalf("%q gives %q and %v", name, p, err)
			}
			return
		}
		if p.String() != name || strings.ContainsAny(name, " \t\r\n\x00") || len(name) > footnote.MaxPrincipalBytes {
			t.Fatalf("%q was read as %q", name, p)
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back footnote.Principal
		if err := json.Unmarshal(text, &back); err != nil || back != p {
			t.Fatalf("%s came back as %s: %v", p, back, err)
		}
	})
}
