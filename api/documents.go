package api

import (
	"context"

	"footnote"
	"footnote/retrieval"
)

// DocumentPath names a document.
type DocumentPath struct {
	ID string `path:"id" maxLength:"200"`
}

type documentQuery struct {
	DocumentPath
	Version int `query:"version" minimum:"1" doc:"an older version; default the one that serves"`
}

type documentsQuery struct {
	Page
	Source  string `query:"source" maxLength:"64"`
	State   string `query:"state" enum:"pending,approved,retired"`
	Owner   string `query:"owner" maxLength:"256"`
	Verdict string `query:"verdict" enum:"fresh,due,stale,expired,unowned"`
	Kind    string `query:"kind" enum:"article,ticket,note,record"`
}

type documentsReply struct {
	Documents  []retrieval.DocumentSummary `json:"documents"`
	NextCursor string                      `json:"next_cursor,omitempty"`
}

type versionsReply struct {
	Versions   []retrieval.VersionView `json:"versions"`
	NextCursor string                  `json:"next_cursor,omitempty"`
}

const documentsList = "documents"

func (s *Server) listDocuments(ctx context.Context, in request[documentsQuery, none]) (*reply[documentsReply], error) {
	q := in.params
	after, err := readCursor(q.Cursor, documentsList, 2)
	if err != nil {
		return nil, err
	}
	ask := retrieval.ListRequest{
		Source: q.Source, State: footnote.State(q.State), Verdict: footnote.Freshness(q.Verdict), Kind: footnote.Kind(q.Kind),
		Limit: q.limit(),
	}
	if after != nil {
		ask.After = retrieval.Position{Source: after[0], ExternalID: after[1]}
	}
	if ask.Owner, err = optional("owner", q.Owner); err != nil {
		return nil, err
	}
	found, err := s.services.Retrieval.Documents(ctx, in.caller, ask)
	if err != nil {
		return nil, err
	}
	out := documentsReply{Documents: append([]retrieval.DocumentSummary{}, found.Documents...)}
	if found.More {
		out.NextCursor = writeCursor(documentsList, found.Next.Source, found.Next.ExternalID)
	}
	return replied(out), nil
}

func (s *Server) showDocument(ctx context.Context, in request[documentQuery, none]) (*reply[retrieval.DocumentView], error) {
	id, err := footnote.ParseDocumentID(in.params.ID)
	if err != nil {
		return nil, err
	}
	view, err := s.services.Retrieval.Document(ctx, in.caller, id, in.params.Version)
	if err != nil {
		return nil, err
	}
	return replied(view), nil
}

func (s *Server) listVersions(ctx context.Context, in request[DocumentPath, none]) (*reply[versionsReply], error) {
	id, err := footnote.ParseDocumentID(in.params.ID)
	if err != nil {
		return nil, err
	}
	found, err := s.services.Retrieval.Versions(ctx, in.caller, id)
	if err != nil {
		return nil, err
	}
	return replied(versionsReply{Versions: append([]retrieval.VersionView{}, found...)}), nil
}
