package footnote_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"footnote"
)

func parseACL(tb testing.TB, text string) footnote.ACL {
	tb.Helper()
	rule, err := footnote.ParseACL(text)
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return rule
}

func TestACLCanonicalForm(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                          `{"all_of":[]}`,
		`null`:                        `{"all_of":[]}`,
		`{"all_of":null,"deny":null}`: `{"all_of":[]}`,
		`{"all_of":[]}`:               `{"all_of":[]}`,
		`{"all_of":[[]]}`:             `{"all_of":[]}`,
		`{"all_of":[null]}`:           `{"all_of":[]}`,
		`{"all_of":[["user:a"],[]]}`:  `{"all_of":[]}`,
		`{"all_of":[["user:a"],[]],"deny":["b:"]}`:                        "",
		`{"all_of":[["user:b","user:a","user:b"]]}`:                       `{"all_of":[["user:a","user:b"]]}`,
		`{"all_of":[["user:b"],["user:a"],["user:b"]]}`:                   `{"all_of":[["user:a"],["user:b"]]}`,
		`{"all_of":[["user:a","user:b"],["user:a"]]}`:                     `{"all_of":[["user:a"],["user:a","user:b"]]}`,
		`{ "deny" : ["user:c","user:b"] , "all_of" : [ ["public"] ] }`:    `{"all_of":[["public"]],"deny":["user:b","user:c"]}`,
		`{"all_of":[["user:<&>"]]}`:                                       `{"all_of":[["user:<&>"]]}`,
		`{"all_of":[["user:\u0061"]]}`:                                    `{"all_of":[["user:a"]]}`,
		`{"all_of":[],"deny":["user:b"]}`:                                 `{"all_of":[],"deny":["user:b"]}`,
		`{"all_of":[["group:a"]],"deny":[]}`:                              `{"all_of":[["group:a"]]}`,
		`{"all_of":[["group:a"]],"deny":["group:a","group:a","group:b"]}`: `{"all_of":[["group:a"]],"deny":["group:a","group:b"]}`,
	} {
		rule, err := footnote.ParseACL(text)
		if (err == nil) != (want != "") {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if err == nil && rule.String() != want {
			t.Errorf("%s became %s", text, rule)
		}
		if err == nil && (!parseACL(t, want).Equal(rule) || rule.IsNobody() != strings.HasPrefix(want, `{"all_of":[]`)) {
			t.Errorf("%s is not what %s says", text, want)
		}
	}
}

func TestACLRefuses(t *testing.T) {
	for _, text := range []string{
		"", "  ", "[]", "1", `"public"`, "true", "{", "}", `{"all_of"}`, `{"all_of":`, `{"all_of":[["public"]]`, `{"all_of":[["public"]]} x`,
		`{"all_of":[["public"]]}{}`, `null 1`, `{"all_of":["public"]}`, `{"all_of":"public"}`, `{"all_of":{}}`, `{"all_of":[[["public"]]]}`,
		`{"all_of":[[1]]}`, `{"all_of":[[null]]}`, `{"all_of":[[""]]}`, `{"all_of":[["ana"]]}`, `{"all_of":[["user:a\n"]]}`,
		`{"deny":[""]}`, `{"deny":[null]}`, `{"deny":[["user:a"]]}`, `{"deny":"user:a"}`, `{"any_of":[["public"]]}`, `{"all_of":[["public"]],"allow":[]}`,
		`{"All_Of":[["public"]]}`, `{"deny":["user:a"],"deny":[]}`, `{"deny":["user:a"],"Deny":[]}`, `{"all_of":[["user:a"]],"all_of":[["public"]]}`,
		`{"all_of":[["user:\ud800"]]}`, "{\"all_of\":[[\"user:\xff\"]]}", strings.Repeat("[", 100_000), `{"all_of":` + strings.Repeat("[", 20_000),
	} {
		rule, err := footnote.ParseACL(text)
		if footnote.CodeOf(err) != footnote.CodeInvalid || !rule.IsNobody() {
			t.Errorf("%.60q was read as %s: %v", text, rule, err)
		}
	}
}

func TestACLKeepsWhatItWasOnError(t *testing.T) {
	rule := parseACL(t, `{"all_of":[["user:a"]]}`)
	if err := json.Unmarshal([]byte(`{"all_of":[["public"],["ana"]]}`), &rule); err == nil || rule.String() != `{"all_of":[["user:a"]]}` {
		t.Fatalf("%v, and %s", err, rule)
	}
}

func TestACLBounds(t *testing.T) {
	clauses := func(count, each int) [][]footnote.Principal {
		out := make([][]footnote.Principal, count)
		for i := range out {
			for j := range each {
				out[i] = append(out[i], principal(t, fmt.Sprint("user:", i*each+j)))
			}
		}
		return out
	}
	for name, c := range map[string]struct {
		allOf [][]footnote.Principal
		deny  []footnote.Principal
		sound bool
	}{
		"most clauses":                {clauses(footnote.MaxClauses, 1), nil, true},
		"one clause too many":         {clauses(footnote.MaxClauses+1, 1), nil, false},
		"most principals":             {clauses(64, 64), nil, true},
		"one principal too many":      {clauses(64, 64), principals(t, "user:x"), false},
		"too many denies":             {nil, clauses(1, footnote.MaxACLPrincipals+1)[0], false},
		"a zero principal":            {[][]footnote.Principal{{footnote.Public(), {}}}, nil, false},
		"a zero principal in denies":  {clauses(1, 1), []footnote.Principal{{}}, false},
		"a zero one beside no clause": {[][]footnote.Principal{{}, {{}}}, nil, false},
	} {
		rule, err := footnote.NewACL(c.allOf, c.deny)
		if (err == nil) != c.sound || (err != nil && (footnote.CodeOf(err) != footnote.CodeInvalid || !rule.IsNobody())) {
			t.Errorf("%s: %v", name, err)
		}
	}
	one, err := footnote.NewACL(clauses(64, 64), nil)
	if err != nil {
		t.Fatal(err)
	}
	other := footnote.AnyOf(principals(t, "user:x")...)
	if both := one.And(other); len(both.AllOf()) != 65 || !parseACL(t, both.String()).Equal(both) {
		t.Error("what two rules make together does not come back")
	}
}

func TestACLAnd(t *testing.T) {
	a := parseACL(t, `{"all_of":[["user:a","user:b"]],"deny":["user:x"]}`)
	b := parseACL(t, `{"all_of":[["group:g"],["user:a","user:b"]],"deny":["user:y"]}`)
	want := `{"all_of":[["group:g"],["user:a","user:b"]],"deny":["user:x","user:y"]}`
	if got := a.And(b).String(); got != want || b.And(a).String() != want || a.And(a).String() != a.String() {
		t.Errorf("both are %s", got)
	}
	nobody := parseACL(t, `{"deny":["user:z"]}`)
	for _, both := range []footnote.ACL{a.And(nobody), nobody.And(a), a.And(footnote.ACL{}), (footnote.ACL{}).And(a)} {
		if !both.IsNobody() {
			t.Errorf("nobody and something is %s", both)
		}
	}
	if got := a.And(nobody).Deny(); len(got) != 2 {
		t.Errorf("a deny was lost: %v", got)
	}
	if a.String() != `{"all_of":[["user:a","user:b"]],"deny":["user:x"]}` {
		t.Error("And changed a rule")
	}
}

func TestACLOwnsItsPrincipals(t *testing.T) {
	clause, deny := principals(t, "user:b", "user:a"), principals(t, "user:d", "user:c")
	rule, err := footnote.NewACL([][]footnote.Principal{clause}, deny)
	if err != nil {
		t.Fatal(err)
	}
	clause[0], clause[1], deny[0], deny[1] = footnote.Public(), footnote.Public(), footnote.Public(), footnote.Public()
	if rule.String() != `{"all_of":[["user:a","user:b"]],"deny":["user:c","user:d"]}` {
		t.Errorf("the rule changed to %s", rule)
	}
}

func TestACLEqualAndPrincipals(t *testing.T) {
	rule := parseACL(t, `{"all_of":[["user:b","user:a"],["user:a"]],"deny":["user:c","user:a"]}`)
	if got := rule.Principals(); len(got) != 3 || got[0] != principal(t, "user:a") || got[2] != principal(t, "user:c") {
		t.Errorf("names %v", got)
	}
	for _, other := range []string{`{"all_of":[["user:a"]],"deny":["user:a","user:c"]}`, `{"all_of":[["user:a","user:b"],["user:a"]]}`, `{}`} {
		if rule.Equal(parseACL(t, other)) {
			t.Errorf("equals %s", other)
		}
	}
}

func TestAnyOf(t *testing.T) {
	if got := footnote.AnyOf(principals(t, "user:b", "user:a")...).String(); got != `{"all_of":[["user:a","user:b"]]}` {
		t.Errorf("got %s", got)
	}
	if !footnote.AnyOf().IsNobody() || !footnote.AnyOf(footnote.Public(), footnote.Principal{}).IsNobody() {
		t.Error("a rule of nobody lets somebody in")
	}
}

func FuzzACL(f *testing.F) {
	for _, seed := range []string{
		`{"all_of":[["user:a","group:b"],["everyone"]],"deny":["org:x"]}`, `null`, `{}`, `{"all_of":[[]]}`, `{"deny":["a:b"],"deny":[]}`, `[[[`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rule, err := footnote.ParseACL(text)
		if err != nil {
			if footnote.CodeOf(err) != footnote.CodeInvalid || !rule.IsNobody() || len(rule.Deny()) > 0 {
				t.Fatalf("%v, and %s", err, rule)
			}
			return
		}
		form := rule.String()
		back, err := footnote.ParseACL(form)
		if err != nil || !back.Equal(rule) || back.String() != form {
			t.Fatalf("%s came back as %s: %v", form, back, err)
		}
		if both := rule.And(rule); !both.Equal(rule) {
			t.Fatalf("%s with itself is %s", rule, both)
		}
		for _, p := range rule.Principals() {
			if p.IsZero() {
				t.Fatalf("%s names nobody", rule)
			}
		}
	})
}
