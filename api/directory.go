package api

import (
	"context"
	"fmt"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

type principalPath struct {
	Principal string `path:"principal"`
}

type membersBody struct {
	Members []string `json:"members" maxItems:"10000"`
}

type membersReply struct {
	Principal string   `json:"principal"`
	Members   []string `json:"members"`
}

type personBody struct {
	Disabled    bool   `json:"disabled,omitempty"`
	DisplayName string `json:"display_name,omitempty" maxLength:"200"`
}

type personReply struct {
	Principal   string `json:"principal"`
	Disabled    bool   `json:"disabled"`
	DisplayName string `json:"display_name"`
}

func (s *Server) showGroup(ctx context.Context, in request[principalPath, none]) (*reply[membersReply], error) {
	group, err := footnote.ParsePrincipal(in.params.Principal)
	if err != nil || !group.IsCollection() {
		return nil, footnote.NotFound()
	}
	members, err := read(ctx, s, func(snapshot store.Snapshot) ([]footnote.Principal, error) { return snapshot.Members(ctx, group) })
	if err != nil {
		return nil, err
	}
	return replied(membersReply{Principal: group.String(), Members: names(members)}), nil
}

func (s *Server) putGroup(ctx context.Context, in request[principalPath, membersBody]) (*reply[membersReply], error) {
	group, err := principal("path.principal", in.params.Principal)
	if err != nil {
		return nil, err
	}
	if !group.IsCollection() {
		return nil, footnote.Invalid("path.principal", "must be a group:, org: or role: principal")
	}
	members, err := principals("members", in.body.Members)
	if err != nil {
		return nil, err
	}
	for i, member := range members {
		if !member.IsPerson() && !member.IsCollection() {
			return nil, footnote.Invalid(fmt.Sprintf("members[%d]", i), "must not be everyone or public")
		}
	}
	event := audit.By(in.caller, audit.KindGroup, group.String())
	if err := s.services.Store.PutGroup(ctx, group, members, event); err != nil {
		return nil, err
	}
	return s.showGroup(ctx, request[principalPath, none]{params: in.params})
}

func (s *Server) deleteGroup(ctx context.Context, in request[principalPath, none]) error {
	group, err := footnote.ParsePrincipal(in.params.Principal)
	if err != nil || !group.IsCollection() {
		return footnote.NotFound()
	}
	return s.services.Store.DeleteGroup(ctx, group, audit.By(in.caller, audit.KindGroupDelete, group.String()))
}

func (s *Server) putPrincipal(ctx context.Context, in request[principalPath, personBody]) (*reply[personReply], error) {
	who, err := principal("path.principal", in.params.Principal)
	if err != nil {
		return nil, err
	}
	if !who.IsPerson() {
		return nil, footnote.Invalid("path.principal", "must be a user:, customer: or app: principal")
	}
	person := store.Person{Principal: who, DisplayName: in.body.DisplayName, Disabled: in.body.Disabled, Known: true}
	event := audit.By(in.caller, audit.KindPrincipal, who.String())
	event.Details = map[string]string{"disabled": fmt.Sprint(person.Disabled)}
	if err := s.services.Store.PutPerson(ctx, person, event); err != nil {
		return nil, err
	}
	return replied(personReply{Principal: who.String(), Disabled: person.Disabled, DisplayName: person.DisplayName}), nil
}
