package footnote

import (
	"encoding/json"
	"strings"
	"time"
)

// SourceState says whether a source feeds and serves.
type SourceState string

// The states of a source.
const (
	SourceActive  SourceState = "active"
	SourcePaused  SourceState = "paused"  // nothing comes in; what is there still answers
	SourceRevoked SourceState = "revoked" // invisible until set back
)

// Approval is a source's policy: what makes a version answer.
type Approval string

// The approval policies.
const (
	ApprovalPublished Approval = "published" // being published in the source is enough
	ApprovalManual    Approval = "manual"    // an owner decides on each version
)

// AccessLevel is what the connection may do in the system behind a source.
type AccessLevel string

// The access levels; every source starts at read.
const (
	AccessRead  AccessLevel = "read"
	AccessDraft AccessLevel = "draft"
	AccessWrite AccessLevel = "write"
)

// Source is one connected system instance and the rules that hold for its documents.
type Source struct {
	ID              string // the name in paths, [a-z0-9][a-z0-9._-]*
	Name            string
	Kind            string // push, files, ...
	Purpose         string
	Owner           Principal
	ApprovedBy      string
	ServiceAccount  string
	AccessLevel     AccessLevel
	State           SourceState
	Approval        Approval
	ACLMaxAge       Period // zero: no lease
	ReviewEvery     Period
	Schedule        string
	DefaultAudience Audience
	Config          json.RawMessage // of the connector; never holds secrets, only references
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// ValidSourceID reports whether id can name a source: lower-case letters, digits, dot, dash and underscore, 1 to 64.
func ValidSourceID(id string) bool {
	if id == "" || len(id) > 64 || strings.ContainsAny(id[:1], ".-_") {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
	})
}

// Health is what the last syncs of a source left behind.
type Health struct {
	ContentAt    time.Time // the last moment its content was known to be complete
	PermissionAt time.Time // the last moment its permissions were known to be complete
	Checkpoint   string    // where the next sync goes on
	LastError    string    // of the newest sync; empty when it went well
	ErrorAt      time.Time
}

// LeaseHolds reports whether permission knowledge is young enough at now to show the source's documents.
func (s Source) LeaseHolds(h Health, now time.Time) bool {
	if s.ACLMaxAge.IsZero() {
		return true
	}
	return !h.PermissionAt.IsZero() && now.Before(s.ACLMaxAge.After(h.PermissionAt))
}
