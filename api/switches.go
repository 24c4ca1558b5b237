package api

import (
	"context"
	"fmt"
	"strings"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/identity"
	"footnote/store"
)

type switchPath struct {
	Name string `path:"name"`
}

type switchBody struct {
	On     bool   `json:"on"`
	Reason string `json:"reason,omitempty" maxLength:"2000"`
}

type switchReply struct {
	Name   string     `json:"name"`
	On     bool       `json:"on"`
	Reason string     `json:"reason"`
	At     *time.Time `json:"at,omitempty"`
	By     string     `json:"by,omitempty"`
}

type switchesReply struct {
	Switches   []switchReply `json:"switches"`
	NextCursor string        `json:"next_cursor,omitempty"`
}

func (s *Server) listSwitches(ctx context.Context, in request[Page, none]) (*reply[switchesReply], error) {
	all, err := read(ctx, s, func(snapshot store.Snapshot) ([]store.Switch, error) { return snapshot.Switches(ctx) })
	if err != nil {
		return nil, err
	}
	some, next, err := cut(all, func(w store.Switch) string { return w.Name }, "switches", in.params)
	if err != nil {
		return nil, err
	}
	out := switchesReply{Switches: []switchReply{}, NextCursor: next}
	for _, set := range some {
		out.Switches = append(out.Switches, shownSwitch(set))
	}
	return replied(out), nil
}

func (s *Server) putSwitch(ctx context.Context, in request[switchPath, switchBody]) (*reply[switchReply], error) {
	if err := checkSwitch(in.params.Name); err != nil {
		return nil, err
	}
	set := store.Switch{Name: in.params.Name, On: in.body.On, Reason: in.body.Reason, At: s.config.Now(), By: in.caller.Principal}
	event := audit.By(in.caller, audit.KindSwitch, set.Name)
	event.Details = map[string]string{"on": fmt.Sprint(set.On)}
	if err := s.services.Store.PutSwitch(ctx, set, event); err != nil {
		return nil, err
	}
	return replied(shownSwitch(set)), nil
}

// checkSwitch refuses names that stop nothing, so that nobody believes they have stopped something.
func checkSwitch(name string) error {
	if name == identity.SwitchAnswers || name == identity.SwitchIngest {
		return nil
	}
	if source, ok := strings.CutPrefix(name, identity.SwitchSource); ok && footnote.ValidSourceID(source) {
		return nil
	}
	if who, ok := strings.CutPrefix(name, identity.SwitchPrincipal); ok {
		if p, err := footnote.ParsePrincipal(who); err == nil && p.IsPerson() {
			return nil
		}
	}
	return footnote.Invalid("path.name", "must be answers, ingest, source: and a source's id, or principal: and a user:, customer: or app: principal")
}

func shownSwitch(set store.Switch) switchReply {
	return switchReply{Name: set.Name, On: set.On, Reason: set.Reason, At: shown(set.At), By: set.By.String()}
}
