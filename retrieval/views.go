package retrieval

import (
	"time"

	"footnote"
)

// DocumentView is a document as a reader sees it: only parts they may read. Numbers of versions count the texts that
// this reader could see; for those who may decide on the document they are the document's own.
type DocumentView struct {
	HitDocument
	State       footnote.State `json:"state"`
	Version     int            `json:"version"`
	ExpiresAt   *time.Time     `json:"expires_at,omitempty"`
	ReviewEvery string         `json:"review_every,omitempty"`
	Confidence  *float64       `json:"confidence,omitempty"`
	Parts       []PartView     `json:"parts"`
	Freshness   HitFreshness   `json:"freshness"`
	Pending     int            `json:"pending_version,omitempty" doc:"the version that waits for a decision; shown to those who may decide"`
	ReplacedBy  string         `json:"replaced_by,omitempty"`
}

// PartView is one part of a document.
type PartView struct {
	Key       string     `json:"key"`
	Audience  string     `json:"audience"`
	Author    string     `json:"author,omitempty"`
	CreatedAt *time.Time `json:"created_at,omitempty"`
	Version   int        `json:"version"`
	Text      string     `json:"text"`
}

// VersionView is one version of a document.
type VersionView struct {
	Version     int                   `json:"version"`
	State       footnote.VersionState `json:"state"`
	At          *time.Time            `json:"at,omitempty" doc:"when its text came in"`
	SHA256      string                `json:"sha256,omitempty" doc:"shown to those who may decide"`
	SubmittedBy string                `json:"submitted_by,omitempty"`
	DecidedBy   string                `json:"decided_by,omitempty"`
	Reason      string                `json:"reason,omitempty"`
	Parts       []VersionPart         `json:"parts"`
}

// VersionPart names a part's text by its own count.
type VersionPart struct {
	Key     string `json:"key"`
	Version int    `json:"version"`
}

// ListRequest asks for documents the caller may see. Zero fields do not narrow.
type ListRequest struct {
	Source  string
	State   footnote.State
	Owner   footnote.Principal
	Verdict footnote.Freshness
	Kind    footnote.Kind
	Limit   int // 1 to 1000; 0: 100
	After   Position
}

// Position is where a listing goes on: after this document.
type Position struct {
	Source     string
	ExternalID string
}

// Listing is one page of documents; More says that Next leads on.
type Listing struct {
	Documents []DocumentSummary
	Next      Position
	More      bool
}

// DocumentSummary is a document in a listing.
type DocumentSummary struct {
	HitDocument
	State     footnote.State `json:"state"`
	Pending   int            `json:"pending_version,omitempty"`
	Freshness HitFreshness   `json:"freshness"`
}

// Verification is what became of a citation.
type Verification struct {
	ID      string                  `json:"id"`
	Status  footnote.CitationStatus `json:"status"`
	Current *CurrentPlace           `json:"current,omitempty"`
}

// CurrentPlace is where a quote stands now.
type CurrentPlace struct {
	DocumentID footnote.DocumentID `json:"document_id"`
	Version    int                 `json:"version"`
	Part       string              `json:"part"`
	Start      int                 `json:"start"`
	End        int                 `json:"end"`
	URL        string              `json:"url,omitempty"`
}

// ReceiptView is the record of a retrieval with the quotes its reader may still see.
type ReceiptView struct {
	ID          string            `json:"id"`
	At          time.Time         `json:"at"`
	Principal   string            `json:"principal,omitempty"`
	OnBehalfOf  string            `json:"on_behalf_of,omitempty"`
	KeyID       string            `json:"key_id,omitempty"`
	QuerySHA256 string            `json:"query_sha256"`
	Context     map[string]string `json:"context,omitempty"`
	Citations   []ReceiptCitation `json:"citations"`
	ACLEpoch    uint64            `json:"acl_epoch"`
	Watermark   uint64            `json:"watermark"`
}

// ReceiptCitation is a citation of a receipt; the quote is shown only where it may still be read.
type ReceiptCitation struct {
	ID         string                  `json:"id"`
	DocumentID footnote.DocumentID     `json:"document_id"`
	Version    int                     `json:"version"`
	Part       string                  `json:"part"`
	Start      int                     `json:"start"`
	End        int                     `json:"end"`
	Quote      string                  `json:"quote,omitempty"`
	Status     footnote.CitationStatus `json:"status"`
}

// Explanation says why a principal may or may not read a document; it holds no text and no title.
type Explanation struct {
	Allowed  bool           `json:"allowed"`
	Clauses  []ClauseResult `json:"clauses"`
	DeniedBy *string        `json:"denied_by" nullable:"true"`
	Audience string         `json:"audience"`
	Reason   string         `json:"reason"`
}

// ClauseResult is one clause of the rule and the paths by which it is met.
type ClauseResult struct {
	AnyOf     []string `json:"any_of"`
	MatchedBy []string `json:"matched_by"`
}
