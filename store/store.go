// Package store is the contract of the record store: what is kept, what one call changes at once, and what a reader
// sees. sqlite and postgres implement it; storetest is the one suite that they pass. Copies of a running store are made by
// what the dialect has for it: sqlite's Backup, Postgres' pg_dump.
//
// The promises: a version's text never changes; every write is one transaction together with its audit event and its
// change-log entries, or nothing; the change log is dense in commit order; a Snapshot is one moment, whatever commits
// beside it. Who may read what is not decided here: callers check with package access what they take out.
package store

import (
	"context"
	"time"

	"footnote"
	"footnote/access"
	"footnote/audit"
)

// Store is a whole record store, as storetest demands it. Consumers declare the few methods they use.
// All methods are safe for concurrent use.
type Store interface {
	DocumentWriter
	DirectoryWriter
	SourceWriter
	LogWriter
	QueueWriter
	// Snapshot opens one read transaction; close it soon, it holds back the cleaning of old pages.
	Snapshot(ctx context.Context) (Snapshot, error)
	Close() error
}

// Holder is a store that several processes work on at once.
type Holder interface {
	// Hold runs fn while no other process holds the same name; until then it waits. It returns what fn does. fn's ctx ends
	// when the hold is lost, which another process may have by then.
	Hold(ctx context.Context, name string, fn func(ctx context.Context) error) error
	// Listen calls heard with every change that searches wait for, whoever made it, one call for several when they come
	// fast. It returns when ctx ends, or with an error when it hears no more.
	Listen(ctx context.Context, heard func(awaited uint64)) error
}

// Rows is a part of a table that another store takes over: the columns of every row after the first Skip of them, in an
// order.
type Rows struct {
	Table          string
	Columns, Order []string
	Skip           int64
}

// DocumentWriter changes documents. Guards run inside the transaction, on what it sees, and their error undoes it.
type DocumentWriter interface {
	// Put takes in a batch of submissions of one source in order. Each submission succeeds or fails alone (Outcome.Err);
	// the batch as a whole fails only when it cannot be recorded. One audit event tells of the batch.
	Put(ctx context.Context, batch Batch) ([]Outcome, error)
	// Delete takes documents of one source away: nothing of their text is kept. Unknown ones are skipped; it returns
	// how many went.
	Delete(ctx context.Context, source string, externalIDs []string, event audit.Event) (int, error)
	// SetACL replaces the rule of a document as a whole; parts keep what narrows them.
	SetACL(ctx context.Context, id footnote.DocumentID, rule footnote.ACL, guard Guard, event audit.Event) error
	// Decide approves or rejects one version.
	Decide(ctx context.Context, decision Decision, guard Guard, event audit.Event) error
	// Retire withdraws a document until one of its versions is approved again.
	Retire(ctx context.Context, retirement Retirement, guard Guard, event audit.Event) error
	// Review records that a document was reviewed.
	Review(ctx context.Context, review Review, guard Guard, event audit.Event) error
	// Embed adds vectors to the cache. Documents whose chunks waited for those of the serving model (or of one that is
	// ready) enter the change log, as changes that only bring vectors, when none of their chunks waits any more; large
	// ones also on the way there.
	Embed(ctx context.Context, vectors []Embedding) error
}

// Guard decides whether a change to a document may go ahead; a footnote.Error says why not. The document passed is
// the whole record, deleted ones never reach it.
type Guard func(footnote.Document, footnote.Source) error

// DirectoryWriter changes who is who and who may call.
type DirectoryWriter interface {
	// PutGroup replaces the direct members of a collection principal and makes it exist.
	PutGroup(ctx context.Context, group footnote.Principal, members []footnote.Principal, event audit.Event) error
	// DeleteGroup makes a collection principal unknown; not_found when it is.
	DeleteGroup(ctx context.Context, group footnote.Principal, event audit.Event) error
	PutPerson(ctx context.Context, person Person, event audit.Event) error
	// CreateKey keeps a key under the hash of its secret; its principal becomes known.
	CreateKey(ctx context.Context, key footnote.Key, secretHash string, event audit.Event) error
	// RevokeKey ends a key; not_found when there is none or it is revoked already.
	RevokeKey(ctx context.Context, id string, event audit.Event) error
}

// SourceWriter changes sources and what is known of them.
type SourceWriter interface {
	// PutSource makes or replaces a source; created says which. Health is kept.
	PutSource(ctx context.Context, source footnote.Source, event audit.Event) (created bool, err error)
	// DeleteSource takes a source away with all its documents; not_found when there is none.
	DeleteSource(ctx context.Context, id string, event audit.Event) error
	// PutHealth records how a sync stands.
	PutHealth(ctx context.Context, id string, health footnote.Health, event *audit.Event) error
	PutSwitch(ctx context.Context, set Switch, event audit.Event) error
}

// LogWriter records what was read. Nothing leaves the service before it returned without an error.
type LogWriter interface {
	// Record keeps the receipt of a retrieval and its event at once.
	Record(ctx context.Context, receipt footnote.Receipt, event audit.Event) error
	// Append keeps events that change nothing else.
	Append(ctx context.Context, events ...audit.Event) error
}

// Batch is what Put takes in.
type Batch struct {
	Source      string
	Submissions []Submission
	Embeddings  []Embedding
	By          footnote.Principal // who submits
	At          time.Time
	RenewLease  bool // accepted batches of a push source renew its permission and content lease
	Event       audit.Event
}

// Submission is one record, normalised: what Put compares with what is kept.
type Submission struct {
	ExternalID string
	Digest     string // of everything below, as it came in; equal digests are the same submission
	footnote.Metadata
	Audience footnote.Audience
	ACL      footnote.ACL
	Parts    []SubmittedPart
	Aliases  []string
}

// SubmittedPart is one part of a submission. Audience and ACL are its own narrowing: zero and nil inherit.
type SubmittedPart struct {
	Key       string
	Text      string
	Audience  footnote.Audience
	ACL       *footnote.ACL
	Author    footnote.Principal
	CreatedAt time.Time
	UpdatedAt time.Time
	Chunks    []SubmittedChunk
}

// SubmittedChunk is a chunk and the hash of the text that is embedded for it (title, heading path and text).
type SubmittedChunk struct {
	footnote.Chunk
	EmbedHash string
}

// Embedding is one cached vector.
type Embedding struct {
	Hash   string // of the embedded text
	Model  string
	Vector []float32
}

// Outcome is what became of one submission.
type Outcome struct {
	ID        footnote.DocumentID
	Version   int
	State     footnote.State
	Chunks    int // of the submitted version
	Created   bool
	Unchanged bool
	Err       error
}

// Decision is an owner's word on one version.
type Decision struct {
	Document footnote.DocumentID
	Version  int
	Approve  bool
	Reason   string
	By       footnote.Principal
	At       time.Time
}

// Retirement withdraws a document.
type Retirement struct {
	Document   footnote.DocumentID
	Reason     string
	ReplacedBy footnote.DocumentID // "": nothing
	At         time.Time
}

// Review says that a document was looked at and still holds.
type Review struct {
	Document   footnote.DocumentID
	ReviewedAt time.Time
	By         footnote.Principal
}

// Person is what the directory knows of a user, a customer or an application. Known: an administrator, a key, a group
// or a rule of a source named them.
type Person struct {
	Principal   footnote.Principal
	DisplayName string
	Disabled    bool
	Known       bool
}

// Switch stops something while it is off.
type Switch struct {
	Name   string // answers, ingest, source:ID, principal:NAME
	On     bool
	Reason string
	At     time.Time
	By     footnote.Principal
}

// Snapshot is one moment of the store.
type Snapshot interface {
	LogReader
	DirectoryReader
	SourceReader
	DocumentReader
	PassageReader
	QueueReader
	Close() error
}

// Position is where a snapshot stands. Awaited is the newest change that a search has to wait for: up to it, the index
// must hold what the snapshot holds, or what was taken away could show and what was put in be missed. Changes after it
// only bring vectors, with which a passage that is there already is found better. Awaited is never more than Head.
type Position struct {
	Head     uint64 // the newest change
	Awaited  uint64 // the newest one with Vectors false; 0: none
	ACLEpoch uint64 // moves with every change to groups, people, rules and keys
}

// Change is one entry of the change log: a document to read again.
type Change struct {
	Sequence uint64
	Document footnote.DocumentID
	Vectors  bool // nothing else came: its chunks, their words and their rules are as they were
}

// LogReader reads the logs.
type LogReader interface {
	Position() Position
	// Changes returns those after a sequence, of both kinds, oldest first.
	Changes(ctx context.Context, after uint64, limit int) ([]Change, error)
	// Events returns those after a sequence, oldest first.
	Events(ctx context.Context, after uint64, limit int) ([]audit.Event, error)
	// LastEvent returns the sequence and the hash of the newest event; 0 and "" when there is none.
	LastEvent(ctx context.Context) (sequence uint64, hash string, err error)
	Receipt(ctx context.Context, id string) (footnote.Receipt, error)
}

// DirectoryReader reads who is who.
type DirectoryReader interface {
	// Memberships returns the collections that hold any of the members directly.
	Memberships(ctx context.Context, members []footnote.Principal) ([]access.Membership, error)
	// Members returns the direct members of a collection; not_found when it does not exist.
	Members(ctx context.Context, group footnote.Principal) ([]footnote.Principal, error)
	// Missing returns which of these collections do not exist.
	Missing(ctx context.Context, groups []footnote.Principal) ([]footnote.Principal, error)
	// Person never fails for lack of a row: an unknown person has Known false.
	Person(ctx context.Context, principal footnote.Principal) (Person, error)
	KeyBySecret(ctx context.Context, secretHash string) (footnote.Key, error)
	Key(ctx context.Context, id string) (footnote.Key, error)
	// Keys returns those with ids after one, by id.
	Keys(ctx context.Context, after string, limit int) ([]footnote.Key, error)
}

// SourceRecord is a source with its health.
type SourceRecord struct {
	footnote.Source
	footnote.Health
}

// SourceReader reads sources and switches.
type SourceReader interface {
	Source(ctx context.Context, id string) (SourceRecord, error)
	// Sources returns all of them by id.
	Sources(ctx context.Context) ([]SourceRecord, error)
	// Switches returns those that were ever set, by name.
	Switches(ctx context.Context) ([]Switch, error)
}

// PartRule is what decides who may read one part of a serving version.
type PartRule struct {
	Key       string
	Version   int
	Audience  footnote.Audience
	Rule      int64 // an interned ACL
	UpdatedAt time.Time
}

// Served is a document with the rules of the parts of the version that serves; no parts when none does.
type Served struct {
	footnote.Document
	Parts []PartRule
}

// ListFilter narrows a listing; zero fields do not. The listing is ordered by (source, external id).
type ListFilter struct {
	Source, Kind         string
	State                footnote.State
	Owner                footnote.Principal
	AfterSource, AfterID string // the position after which to go on
	Limit                int
}

// DocumentReader reads documents. Deleted documents are found by id, with StateDeleted and without parts.
type DocumentReader interface {
	Document(ctx context.Context, id footnote.DocumentID) (Served, error)
	List(ctx context.Context, filter ListFilter) ([]Served, error)
	// Versions returns all of a document, oldest first, with the rule of each part they held.
	Versions(ctx context.Context, id footnote.DocumentID) ([]VersionRecord, error)
	// Parts returns the parts of one version in order, texts included.
	Parts(ctx context.Context, id footnote.DocumentID, version int) ([]footnote.Part, error)
	// ApprovedPart returns an approved text of a part by its own version, with the rule it has or last had.
	ApprovedPart(ctx context.Context, id footnote.DocumentID, key string, version int) (footnote.Part, error)
	// Successor returns the document that took over from one: by alias or by retirement; "" when none did.
	Successor(ctx context.Context, id footnote.DocumentID) (footnote.DocumentID, error)
	// Digests returns the digests of the newest submissions of these external ids; missing ones are left out.
	Digests(ctx context.Context, source string, externalIDs []string) (map[string]Known, error)
	// ExternalIDs returns the external ids of a source's documents that are not deleted, after one, in order.
	ExternalIDs(ctx context.Context, source, after string, limit int) ([]string, error)
}

// Known is what Digests tells of a document that was submitted before.
type Known struct {
	Digest string
	Outcome
}

// VersionRecord is a version with the rules of its parts.
type VersionRecord struct {
	footnote.Version
	Parts []PartRule
}

// Rule is an interned ACL; what an id stands for never changes.
type Rule struct {
	ID  int64
	ACL footnote.ACL
}

// Passage is a chunk as it stands in a snapshot, with its text.
type Passage struct {
	ID       int64 // of the chunk, in this store
	Document footnote.DocumentID
	Part     footnote.Part // without text
	Rule     int64
	footnote.Chunk
	Quote  string // bytes [Start, End) of the part's text
	Before string // up to the asked number of bytes before Start, whole runes
	After  string
}

// IndexedChunk is a chunk as an index takes it in.
type IndexedChunk struct {
	ID       int64
	Part     string
	Start    int
	Rule     int64
	Audience footnote.Audience
	Heading  []string
	Lead     string // searched before the text
	Text     string
	Changed  time.Time // when its part last changed
	Vector   []float32 // nil: not there yet
}

// IndexedDocument is a document as an index takes it in; without chunks it is to be forgotten.
type IndexedDocument struct {
	ID         footnote.DocumentID
	Source     string
	ExternalID string
	footnote.Metadata
	Chunks []IndexedChunk
}

// PassageReader reads what retrieval and the indexes need.
type PassageReader interface {
	// Rules returns the interned ACLs with ids after one, by id.
	Rules(ctx context.Context, after int64) ([]Rule, error)
	// Passages returns those chunks that belong to a serving version in this snapshot, in no order, and their documents.
	Passages(ctx context.Context, chunks []int64, around int) ([]Passage, map[footnote.DocumentID]Served, error)
	// Indexed returns the documents as an index must know them, one for each id, with vectors of a model.
	Indexed(ctx context.Context, model string, ids []footnote.DocumentID) ([]IndexedDocument, error)
	// AllIndexed calls yield with every document that has serving chunks, in order of id.
	AllIndexed(ctx context.Context, model string, yield func(IndexedDocument) error) error
	// Embedded returns which of the hashes have a vector of a model.
	Embedded(ctx context.Context, model string, hashes []string) (map[string]bool, error)
	// Counts goes through the store and says how much it holds.
	Counts(ctx context.Context, model string) (Counts, error)
}

// Waiting is a text that waits for its vector.
type Waiting struct {
	Hash  string
	Title string
	footnote.Chunk
	Text string // bytes [Start, End) of the part's text
}

// Counts is the size of a store.
type Counts struct {
	Documents int // not deleted
	Chunks    int // of serving versions
	Backlog   int // of those, without a vector
}
