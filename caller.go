package footnote

import (
	"slices"
	"time"
)

// Scope is one thing a key may do.
type Scope string

// The scopes of keys.
const (
	ScopeRead   Scope = "read"
	ScopeIngest Scope = "ingest"
	ScopeAdmin  Scope = "admin"
	ScopeAudit  Scope = "audit"
	ScopeActFor Scope = "act_for"
)

// ParseScope reads the name of a scope.
func ParseScope(name string) (Scope, error) {
	switch scope := Scope(name); scope {
	case ScopeRead, ScopeIngest, ScopeAdmin, ScopeAudit, ScopeActFor:
		return scope, nil
	}
	return "", Invalid("scopes", "must be read, ingest, admin, audit or act_for")
}

// Ceiling limits what may be read through a key: sources by id, or "*" for all, and an audience. The zero value
// allows nothing.
type Ceiling struct {
	Sources  []string `json:"sources,omitempty"`
	Audience Audience `json:"audience,omitzero"`
}

// Key is an API key without its secret.
type Key struct {
	ID        string
	Name      string
	Principal Principal
	Scopes    []Scope
	Ceiling   *Ceiling // nil: none declared
	Sources   []string // empty: every source
	CreatedAt time.Time
	CreatedBy Principal
	ExpiresAt time.Time // zero: never
	RevokedAt time.Time // zero: not revoked
}

// Caller is who makes a request, as identity established it. The zero value is anonymous.
type Caller struct {
	Principal  Principal // zero: anonymous
	OnBehalfOf Principal // zero: for oneself
	Key        Key       // zero for anonymous callers
	RequestID  string
	Address    string
}

// Has reports whether the caller's key carries a scope. Anonymous callers read, where that is switched on, and
// nothing else.
func (c Caller) Has(scope Scope) bool {
	if c.Principal.IsZero() {
		return scope == ScopeRead
	}
	return slices.Contains(c.Key.Scopes, scope)
}

// MayUse reports whether the caller's key reaches a source.
func (c Caller) MayUse(source string) bool {
	return len(c.Key.Sources) == 0 || slices.Contains(c.Key.Sources, source)
}

// Subject is whose rights a reading uses: the person it is made for, else the caller; zero: anonymous.
func (c Caller) Subject() Principal {
	if !c.OnBehalfOf.IsZero() {
		return c.OnBehalfOf
	}
	return c.Principal
}

// Receipt is the record of one retrieval.
type Receipt struct {
	ID          string
	At          time.Time
	Principal   Principal // zero: anonymous
	OnBehalfOf  Principal
	KeyID       string
	QuerySHA256 string
	Context     map[string]string
	Citations   []Place
	ACLEpoch    uint64
	Watermark   uint64
}
