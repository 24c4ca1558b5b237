package footnote

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kind is what sort of record a document is.
type Kind string

// The kinds of documents.
const (
	KindArticle Kind = "article"
	KindTicket  Kind = "ticket"
	KindNote    Kind = "note"
	KindRecord  Kind = "record"
)

// Kinds lists them all.
func Kinds() []Kind { return []Kind{KindArticle, KindTicket, KindNote, KindRecord} }

// State is where a document stands. Only approved ones answer.
type State string

// The states of a document.
const (
	StatePending  State = "pending"  // nothing of it is approved, or the source calls it a draft
	StateApproved State = "approved" // its approved version serves
	StateRetired  State = "retired"  // withdrawn by its owner, or archived in the source
	StateDeleted  State = "deleted"
)

// Status is what the source says of a record; only published ones can answer.
type Status string

// The statuses of records in their source.
const (
	StatusPublished Status = "published"
	StatusDraft     Status = "draft"
	StatusArchived  Status = "archived"
)

// VersionState is where one version of a document stands.
type VersionState string

// The states of a version.
const (
	VersionPending    VersionState = "pending"
	VersionApproved   VersionState = "approved"   // the one that serves
	VersionSuperseded VersionState = "superseded" // served once
	VersionRejected   VersionState = "rejected"   // never served
	VersionReplaced   VersionState = "replaced"   // a newer edit came before it was decided; never served
)

// Metadata is what a document says of itself beside its text and its rights. Owner is zero when nobody owns it.
type Metadata struct {
	Kind            Kind      `json:"kind"`
	Title           string    `json:"title"`
	URL             string    `json:"url,omitempty"`
	Language        string    `json:"language,omitempty"`
	Owner           Principal `json:"owner,omitzero"`
	UpdatedAt       time.Time `json:"updated_at,omitzero"`  // content changed, as the source says
	ReviewedAt      time.Time `json:"reviewed_at,omitzero"` // declared reviewed
	ReviewEvery     Period    `json:"review_every,omitzero"`
	ExpiresAt       time.Time `json:"expires_at,omitzero"`
	Products        []string  `json:"products,omitempty"`
	Versions        []string  `json:"versions,omitempty"` // of the products
	Confidence      *float64  `json:"confidence,omitempty"`
	Status          Status    `json:"status"`
	RecordStatus    string    `json:"record_status,omitempty"`
	ExternalVersion string    `json:"external_version,omitempty"`
}

// Document is a record as it is kept, without its text.
type Document struct {
	ID         DocumentID
	Source     string
	ExternalID string
	Metadata
	Audience Audience // of the document as a whole; parts may be narrower
	ACL      ACL      // of the document as a whole; parts may be narrower
	State    State
	Version  int // the newest version, approved or not
	Approved int // the version that serves; 0: none
	Pending  int // the version that waits for a decision; 0: none

	RetiredReason string
	ReplacedBy    DocumentID
	SubmittedBy   Principal // who sent the newest version
	ReviewedBy    Principal // who last confirmed it here
}

// Version is one immutable text of a document.
type Version struct {
	Number      int
	State       VersionState
	SHA256      string // of all part texts in order
	SubmittedBy Principal
	SubmittedAt time.Time
	DecidedBy   Principal
	DecidedAt   time.Time
	Reason      string
}

// Part is a span of a version with its own audience and ACL.
type Part struct {
	Key       string
	Text      string
	Audience  Audience // effective: no wider than the document's
	ACL       ACL      // effective: the document's and the part's own
	Author    Principal
	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int // counts the approved texts of this part; 0: not approved yet
}

// Chunk is a retrievable span of a part: bytes [Start, End) of its text under a heading path. Lead is said before the
// span where it is searched and embedded, never in a quote: the header of a table whose later rows it holds.
type Chunk struct {
	Start   int
	End     int
	Heading []string
	Lead    string
}

// WholeText is a chunk's text below its title and heading path, which tell what it is about.
func (c Chunk) WholeText(title, text string) string { return strings.Join(c.lines(title, text), "\n") }

// SearchText is what is embedded for a chunk: its whole text, each line unstuffed.
func (c Chunk) SearchText(title, text string) string {
	lines := c.lines(title, text)
	for i := range lines {
		lines[i] = Unstuffed(lines[i])
	}
	return strings.Join(lines, "\n")
}

func (c Chunk) lines(title, text string) []string {
	lines := []string{title}
	if len(c.Heading) > 0 {
		lines = append(lines, strings.Join(c.Heading, " > "))
	}
	if c.Lead != "" {
		lines = append(lines, c.Lead)
	}
	return append(lines, text)
}

// CheckChunks reports the first chunk that does not lie inside text in order.
func CheckChunks(text string, chunks []Chunk) error {
	last := 0
	for i, c := range chunks {
		if c.Start < last || c.End <= c.Start || c.End > len(text) {
			return fmt.Errorf("chunk %d [%d,%d) does not follow byte %d of %d", i, c.Start, c.End, last, len(text))
		}
		last = c.End
	}
	return nil
}

// ParseKind reads the name of a kind.
func ParseKind(name string) (Kind, error) {
	if slices.Contains(Kinds(), Kind(name)) {
		return Kind(name), nil
	}
	return "", Invalid("kind", "must be article, ticket, note or record")
}

// ParseStatus reads the name of a status; the empty name is published.
func ParseStatus(name string) (Status, error) {
	switch status := Status(name); status {
	case "":
		return StatusPublished, nil
	case StatusPublished, StatusDraft, StatusArchived:
		return status, nil
	}
	return "", Invalid("status", "must be published, draft or archived")
}
