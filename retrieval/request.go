package retrieval

import (
	"strings"
	"unicode/utf8"

	"footnote"
)

// Mode chooses the arms of a search.
type Mode string

// The modes.
const (
	Hybrid  Mode = "hybrid"
	Lexical Mode = "lexical"
	Vector  Mode = "vector"
)

// The bounds and defaults of a request.
const (
	MaxQueryRunes      = 4000
	MaxLimit           = 100
	DefaultLimit       = 10
	DefaultPerDocument = 3
	MaxMessages        = 20
)

// Request is a question. The zero value of every field but Query is its default.
type Request struct {
	Query         string
	Messages      []Message // in place of Query
	Limit         int
	PerDocument   int
	Mode          Mode
	Exact         bool
	MinConfidence float64
	Filter        Filter
	Freshness     string          // the worst verdict wanted: any, fresh, due, stale
	MaxLag        footnote.Period // zero: none
	Context       map[string]string
	Arms          bool // say what each arm found
	Neighbours    bool // show the text around a quote
	Style         Style
}

// Message is one turn of a conversation.
type Message struct {
	Role string // RoleUser or RoleAssistant
	Text string
}

// The roles of a message.
const (
	RoleUser      = "user"
	RoleAssistant = "assistant"
)

// question returns the text to search for, and whether it was put together from messages.
func (r Request) question() (text string, rewritten bool) {
	if len(r.Messages) == 0 {
		return r.Query, false
	}
	return Follow(r.Messages).Text, true
}

// withDefaults fills what was left open and refuses what is out of bounds.
func (r Request) withDefaults() (Request, error) {
	if r.Query != "" && len(r.Messages) > 0 {
		return r, footnote.Invalid("messages", "stands in place of query; give one of the two")
	}
	if len(r.Messages) > MaxMessages {
		return r, footnote.Invalid("messages", "holds too many turns; at most 20 are allowed")
	}
	if err := checkMessages(r.Messages); err != nil {
		return r, err
	}
	text, _ := r.question()
	if runes := utf8.RuneCountInString(text); strings.TrimSpace(text) == "" || (runes > MaxQueryRunes && len(r.Messages) == 0) {
		return r, footnote.Invalid("query", "must be 1 to 4000 characters")
	}
	if r.Limit == 0 {
		r.Limit = DefaultLimit
	}
	if r.PerDocument == 0 {
		r.PerDocument = DefaultPerDocument
	}
	if r.Mode == "" {
		r.Mode = Hybrid
	}
	if r.Freshness == "" {
		r.Freshness = "any"
	}
	if r.Style == "" {
		r.Style = Extractive
	}
	return r, r.check()
}

func (r Request) check() error {
	switch {
	case r.Limit < 1 || r.Limit > MaxLimit:
		return footnote.Invalid("limit", "must be 1 to 100")
	case r.PerDocument < 1 || r.PerDocument > MaxLimit:
		return footnote.Invalid("per_document", "must be 1 to 100")
	case r.Mode != Hybrid && r.Mode != Lexical && r.Mode != Vector:
		return footnote.Invalid("mode", "must be hybrid, lexical or vector")
	case r.MinConfidence < 0 || r.MinConfidence > 1:
		return footnote.Invalid("min_confidence", "must be 0 to 1")
	case r.Style != Extractive && r.Style != Generated:
		return footnote.Invalid("style", "must be extractive or generated")
	}
	if _, ok := worstRank(r.Freshness); !ok {
		return footnote.Invalid("freshness", "must be any, fresh, due or stale")
	}
	return nil
}

// worstRank is the highest verdict rank that a freshness setting lets through. An unowned document passes where a
// stale one would.
func worstRank(setting string) (int, bool) {
	switch setting {
	case "any":
		return footnote.Expired.Rank(), true
	case "fresh":
		return footnote.Fresh.Rank(), true
	case "due":
		return footnote.Due.Rank(), true
	case "stale":
		return footnote.Stale.Rank(), true
	}
	return 0, false
}
