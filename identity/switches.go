package identity

import (
	"context"

	"footnote"
	"footnote/store"
)

// The names of switches. A switch that was never set is on.
const (
	SwitchAnswers   = "answers"
	SwitchIngest    = "ingest"
	SwitchSource    = "source:"
	SwitchPrincipal = "principal:"
)

// Switches is what is switched off in a snapshot.
type Switches struct{ off map[string]bool }

// ReadSwitches reads them from a snapshot.
func ReadSwitches(ctx context.Context, snapshot interface {
	Switches(ctx context.Context) ([]store.Switch, error)
},
) (Switches, error) {
	all, err := snapshot.Switches(ctx)
	if err != nil {
		return Switches{}, err
	}
	off := map[string]bool{}
	for _, s := range all {
		if !s.On {
			off[s.Name] = true
		}
	}
	return Switches{off}, nil
}

// Off reports whether a switch is off.
func (s Switches) Off(name string) bool { return s.off[name] }

// SourceOff reports whether a source is switched off.
func (s Switches) SourceOff(source string) bool { return s.off[SwitchSource+source] }

// Admit refuses a caller who, or whose subject, is switched off.
func (s Switches) Admit(caller footnote.Caller) error {
	for _, p := range []footnote.Principal{caller.Principal, caller.OnBehalfOf} {
		if !p.IsZero() && s.off[SwitchPrincipal+p.String()] {
			return footnote.Errorf(footnote.CodeStopped, "this principal is switched off")
		}
	}
	return nil
}
