package api

import (
	"context"
	"strconv"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

type eventReply struct {
	Sequence   uint64            `json:"sequence"`
	At         time.Time         `json:"at"`
	Kind       string            `json:"kind"`
	Principal  string            `json:"principal"`
	OnBehalfOf string            `json:"on_behalf_of"`
	KeyID      string            `json:"key_id"`
	RequestID  string            `json:"request_id"`
	Subject    string            `json:"subject"`
	Outcome    string            `json:"outcome"`
	Details    map[string]string `json:"details,omitempty"`
	Hash       string            `json:"hash"`
}

type eventsReply struct {
	Events     []eventReply `json:"events"`
	NextCursor string       `json:"next_cursor,omitempty"`
}

type headReply struct {
	Sequence uint64 `json:"sequence"`
	Hash     string `json:"hash"`
	MAC      string `json:"mac"`
}

func (s *Server) listEvents(ctx context.Context, in request[Page, none]) (*reply[eventsReply], error) {
	after, err := afterSequence(in.params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := in.params.limit()
	found, err := read(ctx, s, func(snapshot store.Snapshot) ([]audit.Event, error) { return snapshot.Events(ctx, after, limit+1) })
	if err != nil {
		return nil, err
	}
	out := eventsReply{Events: []eventReply{}}
	for _, event := range found[:min(limit, len(found))] {
		out.Events = append(out.Events, shownEvent(event))
	}
	if len(found) > limit {
		out.NextCursor = writeCursor("events", strconv.FormatUint(found[limit-1].Sequence, 10))
	}
	return replied(out), nil
}

func afterSequence(cursor string) (uint64, error) {
	position, err := readCursor(cursor, "events", 1)
	if err != nil || position == nil {
		return 0, err
	}
	sequence, err := strconv.ParseUint(position[0], 10, 63)
	if err != nil {
		return 0, footnote.Invalid("query.cursor", "is not a next_cursor of this list")
	}
	return sequence, nil
}

func (s *Server) auditHead(ctx context.Context, _ request[none, none]) (*reply[headReply], error) {
	out, err := read(ctx, s, func(snapshot store.Snapshot) (headReply, error) {
		sequence, hash, err := snapshot.LastEvent(ctx)
		return headReply{Sequence: sequence, Hash: hash}, err
	})
	if err != nil {
		return nil, err
	}
	if s.config.SignHead != nil {
		out.MAC = s.config.SignHead(out.Sequence, out.Hash)
	}
	return replied(out), nil
}

func shownEvent(e audit.Event) eventReply {
	return eventReply{
		Sequence: e.Sequence, At: e.At, Kind: e.Kind, Principal: e.Principal.String(), OnBehalfOf: e.OnBehalfOf.String(),
		KeyID: e.KeyID, RequestID: e.RequestID, Subject: e.Subject, Outcome: e.Outcome, Details: e.Details, Hash: e.Hash,
	}
}
