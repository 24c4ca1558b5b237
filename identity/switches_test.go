package identity_test

import (
	"context"
	"testing"

	"footnote"
	"footnote/identity"
	"footnote/store"
)

// switches is a snapshot of nothing but switches.
type switches []store.Switch

func (s switches) Switches(context.Context) ([]store.Switch, error) { return s, nil }

func TestSwitchedOffPrincipalsAreRefusedWhoeverActs(t *testing.T) {
	eve, err := footnote.ParsePrincipal("user:eve")
	if err != nil {
		t.Fatal(err)
	}
	bot, err := footnote.ParsePrincipal("app:bot")
	if err != nil {
		t.Fatal(err)
	}
	off, err := identity.ReadSwitches(t.Context(), switches{
		{Name: "principal:user:eve"}, {Name: "answers", On: true}, {Name: "source:kb"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		caller  footnote.Caller
		stopped bool
	}{
		"herself":     {footnote.Caller{Principal: eve}, true},
		"for her":     {footnote.Caller{Principal: bot, OnBehalfOf: eve}, true},
		"by her":      {footnote.Caller{Principal: eve, OnBehalfOf: bot}, true},
		"without her": {footnote.Caller{Principal: bot}, false},
		"anonymous":   {footnote.Caller{}, false},
	} {
		err := off.Admit(c.caller)
		if stopped := err != nil && footnote.CodeOf(err) == footnote.CodeStopped; stopped != c.stopped {
			t.Errorf("%s: %v", name, err)
		}
	}
	if off.Off(identity.SwitchAnswers) || !off.SourceOff("kb") || off.SourceOff("other") {
		t.Error("a switch is read wrongly")
	}
}
