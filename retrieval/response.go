package retrieval

import (
	"time"

	"footnote"
)

// Response is what a reader gets, in the names of the HTTP contract.
type Response struct {
	ReceiptID     string        `json:"receipt_id"`
	SearchedQuery string        `json:"searched_query,omitempty"`
	Hits          []Hit         `json:"hits"`
	Freshness     string        `json:"freshness,omitempty" doc:"the worst verdict among the hits"`
	NoAnswer      *NoAnswer     `json:"no_answer" nullable:"true"`
	Conflicts     []Conflict    `json:"conflicts"`
	Sources       []SourceState `json:"sources"`
	Degraded      []string      `json:"degraded,omitempty" doc:"arms that could not be asked"`
}

// Answer is a response with sentences composed from its hits.
type Answer struct {
	Response
	Answer    *Composed  `json:"answer" nullable:"true"`
	Citations []Citation `json:"citations"`
}

// Composed is an answer: every sentence carries the numbers of the citations it rests on, from 1.
type Composed struct {
	Text      string     `json:"text"`
	Sentences []Sentence `json:"sentences"`
	Style     Style      `json:"style" enum:"extractive,generated" doc:"what the answer is"`
	Fallback  Fallback   `json:"fallback,omitempty" enum:"not_configured,timeout,unavailable,cut_off,unsupported,one_sided,changed" doc:"why no generated answer stands here, though one was asked for"`
	Dropped   int        `json:"dropped" doc:"generated sentences that did not stand the check"`
}

// Sentence is one sentence of an answer.
type Sentence struct {
	Text      string `json:"text"`
	Citations []int  `json:"citations"`
}

// Hit is one passage the reader may see.
type Hit struct {
	Rank       int          `json:"rank"`
	Score      float64      `json:"score"`
	Confidence float64      `json:"confidence" doc:"the probability that the passage answers the question, calibrated on open question sets"`
	Document   HitDocument  `json:"document"`
	Part       HitPart      `json:"part"`
	Heading    []string     `json:"heading"`
	Citation   Citation     `json:"citation"`
	Before     string       `json:"before,omitempty"`
	After      string       `json:"after,omitempty"`
	Arms       *Arms        `json:"arms,omitempty"`
	Freshness  HitFreshness `json:"freshness"`
}

// Arms is what each arm said of a hit, and what reading it told.
type Arms struct {
	Cosine     float64 `json:"cosine"`
	Words      float64 `json:"words" doc:"the passage's BM25F over that of one which held every term without end"`
	PartCosine float64 `json:"part_cosine" doc:"of the beginning of its part"`
	PartWords  float64 `json:"part_words" doc:"of its whole part"`
	Held       float64 `json:"held" doc:"the weight of the question's terms that it holds"`
	Numbers    float64 `json:"numbers" doc:"the share of the question's numbers that it holds"`
	Near       float64 `json:"near" doc:"how close together the question's terms stand"`
	Title      float64 `json:"title" doc:"the weight of its title's terms that the question holds"`
	Terms      int     `json:"terms" doc:"of the question"`
	Rare       float64 `json:"rare" doc:"the share of the question's weight that lies in rare terms"`
	Lead       float64 `json:"lead" doc:"how far its score is above that of the fifth to tenth passage"`
}

// HitDocument is what a hit shows of its document.
type HitDocument struct {
	ID           footnote.DocumentID `json:"id"`
	Source       HitSource           `json:"source"`
	ExternalID   string              `json:"external_id"`
	Kind         footnote.Kind       `json:"kind"`
	Title        string              `json:"title"`
	URL          string              `json:"url,omitempty"`
	Owner        string              `json:"owner,omitempty"`
	Audience     string              `json:"audience"`
	Language     string              `json:"language,omitempty"`
	Products     []string            `json:"products"`
	Versions     []string            `json:"versions"`
	RecordStatus string              `json:"record_status,omitempty"`
	UpdatedAt    *time.Time          `json:"updated_at,omitempty"`
	ReviewedAt   *time.Time          `json:"reviewed_at,omitempty"`
}

// HitSource names the source of a document.
type HitSource struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// HitPart is what a hit shows of its part.
type HitPart struct {
	Key       string     `json:"key"`
	Audience  string     `json:"audience"`
	Author    string     `json:"author,omitempty"`
	CreatedAt *time.Time `json:"created_at,omitempty"`
}

// Citation is pinned evidence in its outward form.
type Citation struct {
	ID         string              `json:"id"`
	DocumentID footnote.DocumentID `json:"document_id"`
	Version    int                 `json:"version"`
	Part       string              `json:"part"`
	Start      int                 `json:"start"`
	End        int                 `json:"end"`
	Quote      string              `json:"quote"`
	SHA256     string              `json:"sha256"`
	URL        string              `json:"url,omitempty"`
}

// HitFreshness is the verdict on a hit's document.
type HitFreshness struct {
	Verdict    footnote.Freshness `json:"verdict"`
	ReviewedAt *time.Time         `json:"reviewed_at,omitempty"`
	DueAt      *time.Time         `json:"due_at,omitempty"`
	ChangedAt  *time.Time         `json:"changed_at,omitempty"`
	Reason     string             `json:"reason,omitempty"`
}

// The reasons for no answer.
const (
	NoMatch        = "no_match"
	BelowThreshold = "below_threshold"
	OnlyStale      = "only_stale"
	SourceDown     = "source_down"
)

// NoAnswer says why there are no hits.
type NoAnswer struct {
	Reason string `json:"reason" enum:"no_match,below_threshold,only_stale,source_down"`
}

// Conflict names hits that contradict each other about what was asked, and puts what they say side by side.
type Conflict struct {
	Hits  []int  `json:"hits" doc:"ranks"`
	About string `json:"about" doc:"words that the first side shares with the others; may be empty"`
	Kind  string `json:"kind" enum:"number,date,polarity,version" doc:"what differs: an amount, a date, whether it holds, or a version or other name"`
	Sides []Side `json:"sides"`
}

// Side is what one hit says in a conflict: a sentence of its quote to the letter, with who owns its document and when it
// last changed.
type Side struct {
	Hit       int        `json:"hit"`
	Text      string     `json:"text"`
	Owner     string     `json:"owner,omitempty"`
	UpdatedAt *time.Time `json:"updated_at,omitempty"`
}

// SourceState says how current a source is in which the reader may see something. The lags are ISO 8601 durations;
// they are left out where nothing was ever complete.
type SourceState struct {
	ID            string               `json:"id"`
	State         footnote.SourceState `json:"state"`
	ContentLag    string               `json:"content_lag,omitempty"`
	PermissionLag string               `json:"permission_lag,omitempty"`
}
