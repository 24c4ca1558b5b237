package api

import (
	"context"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/ingest"
	"footnote/retrieval"
	"footnote/store"
)

// Services is what the surface stands on. All are needed.
type Services struct {
	Retrieval Retrieval
	Ingest    Ingest
	Store     Store
	Index     Index
}

// Retrieval answers readers. It decides by itself who may read what, and records each reading.
type Retrieval interface {
	Search(ctx context.Context, caller footnote.Caller, request retrieval.Request) (retrieval.Response, error)
	Answer(ctx context.Context, caller footnote.Caller, request retrieval.Request) (retrieval.Answer, error)
	Verify(ctx context.Context, caller footnote.Caller, ids []string) ([]retrieval.Verification, error)
	Document(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, version int) (retrieval.DocumentView, error)
	Versions(ctx context.Context, caller footnote.Caller, id footnote.DocumentID) ([]retrieval.VersionView, error)
	Documents(ctx context.Context, caller footnote.Caller, request retrieval.ListRequest) (retrieval.Listing, error)
	Receipt(ctx context.Context, caller footnote.Caller, id string) (retrieval.ReceiptView, error)
	Explain(ctx context.Context, caller footnote.Caller, principal footnote.Principal, id footnote.DocumentID) (retrieval.Explanation, error)
}

// Ingest takes documents in and changes them. It decides by itself who may, and records each change.
type Ingest interface {
	Put(ctx context.Context, caller footnote.Caller, source string, records []connectors.Record) ([]ingest.Result, error)
	Delete(ctx context.Context, caller footnote.Caller, source, externalID string) error
	SetACL(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, rule footnote.ACL) error
	Decide(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, version int, approve bool, reason string) error
	Retire(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, reason string, replacedBy footnote.DocumentID) error
	Review(ctx context.Context, caller footnote.Caller, id footnote.DocumentID, reviewedAt time.Time) error
	Sync(ctx context.Context, caller footnote.Caller, source string, options ingest.SyncOptions) (ingest.Report, error)
}

// Store keeps what administrators change, and the audit log.
type Store interface {
	store.DirectoryWriter
	PutSource(ctx context.Context, source footnote.Source, event audit.Event) (created bool, err error)
	DeleteSource(ctx context.Context, id string, event audit.Event) error
	PutSwitch(ctx context.Context, set store.Switch, event audit.Event) error
	Append(ctx context.Context, events ...audit.Event) error
	Snapshot(ctx context.Context) (store.Snapshot, error)
}

// Index says where the index stands and builds it anew while it goes on answering.
type Index interface {
	Status(ctx context.Context) (IndexReport, error)
	Rebuild(ctx context.Context) error
}

// IndexReport is where the index stands.
type IndexReport struct {
	Backend       string `json:"backend"`
	Model         string `json:"model"`
	Generation    int    `json:"generation"`
	Watermark     uint64 `json:"watermark" doc:"the newest change up to which all are applied, vectors too"`
	Reached       uint64 `json:"-"` // up to here all that searches wait for is applied
	ChangeLogHead uint64 `json:"change_log_head" doc:"the newest change there is"`
	Chunks        int    `json:"chunks"`
	Backlog       int    `json:"backlog" doc:"chunks that wait for their vector"`
	Refused       int    `json:"refused" doc:"chunks whose text the model does not embed: they are found by words"`

	Building *BuildingReport `json:"building,omitempty" doc:"what is built beside, to take over when it has caught up"`
}

// BuildingReport is where the vectors and the index of another model stand.
type BuildingReport struct {
	Model      string `json:"model"`
	Generation int    `json:"generation"`
	Backlog    int    `json:"backlog" doc:"chunks that wait for their vector"`
	Refused    int    `json:"refused" doc:"chunks whose text the model does not embed"`
	Chunks     int    `json:"chunks" doc:"chunks that it will hold"`
}
