package footnote_test

import (
	"strings"
	"testing"

	"footnote"
)

func containsFold(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

func scopes() []footnote.Scope {
	return []footnote.Scope{footnote.ScopeRead, footnote.ScopeIngest, footnote.ScopeAdmin, footnote.ScopeAudit, footnote.ScopeActFor}
}

func TestCallerHas(t *testing.T) {
	ana := principal(t, "user:ana")
	for _, scope := range scopes() {
		if got := (footnote.Caller{}).Has(scope); got != (scope == footnote.ScopeRead) {
			t.Errorf("anonymous has %s: %t", scope, got)
		}
		stray := footnote.Caller{Key: footnote.Key{Scopes: scopes()}}
		if got := stray.Has(scope); got != (scope == footnote.ScopeRead) {
			t.Errorf("anonymous with a stray key has %s: %t", scope, got)
		}
		if (footnote.Caller{Principal: ana}).Has(scope) {
			t.Errorf("a key without scopes has %s", scope)
		}
		only := footnote.Caller{Principal: ana, Key: footnote.Key{Scopes: []footnote.Scope{scope}}}
		for _, other := range scopes() {
			if got := only.Has(other); got != (other == scope) {
				t.Errorf("a key of %s has %s: %t", scope, other, got)
			}
		}
		if back, err := footnote.ParseScope(string(scope)); err != nil || back != scope {
			t.Errorf("%s came back as %s: %v", scope, back, err)
		}
	}
	for _, bad := range []string{"", "Read", "write", "admin ", "*"} {
		if scope, err := footnote.ParseScope(bad); scope != "" || footnote.CodeOf(err) != footnote.CodeInvalid {
			t.Errorf("%q was read as %s: %v", bad, scope, err)
		}
	}
}

func TestCallerMayUse(t *testing.T) {
	narrow := footnote.Caller{Key: footnote.Key{Sources: []string{"kb"}}}
	if !narrow.MayUse("kb") || narrow.MayUse("hr") || narrow.MayUse("") || narrow.MayUse("KB") || !(footnote.Caller{}).MayUse("hr") {
		t.Error("a key reaches other sources than it names")
	}
}

func TestCallerSubject(t *testing.T) {
	bot, ana := principal(t, "app:bot"), principal(t, "user:ana")
	if got := (footnote.Caller{Principal: bot}).Subject(); got != bot {
		t.Errorf("alone: %s", got)
	}
	if got := (footnote.Caller{Principal: bot, OnBehalfOf: ana}).Subject(); got != ana {
		t.Errorf("for ana: %s", got)
	}
	if !(footnote.Caller{}).Subject().IsZero() {
		t.Error("anonymous is somebody")
	}
}
