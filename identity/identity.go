// Package identity establishes who makes a request and for whom: API keys, on-behalf-of, disabled people and the
// switches that stop a principal. It reads everything in the snapshot it is given, so that what was revoked is revoked
// for the very next request; it caches nothing.
//
// What the established reader may read is decided by package access; keys and people are kept by a record store.
package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"footnote"
	"footnote/store"
)

// Directory is what identity reads of a snapshot.
type Directory interface {
	store.DirectoryReader
	Switches(ctx context.Context) ([]store.Switch, error)
}

const (
	secretPrefix = "fn_"
	secretBytes  = 32
)

// NewSecret makes a key's secret of 256 random bits and the hash under which it is kept.
func NewSecret() (secret, hash string) {
	var random [secretBytes]byte
	_, _ = rand.Read(random[:]) // never fails: crypto/rand ends the program instead
	secret = secretPrefix + base64.RawURLEncoding.EncodeToString(random[:])
	return secret, HashSecret(secret)
}

// HashSecret is the form in which a secret is kept. The secret has 256 random bits, so a plain hash cannot be guessed.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// refusal is the same for every key that does not work, so that nobody learns why.
func refusal() error {
	return footnote.Errorf(footnote.CodeUnauthenticated, "the key is not valid")
}

// Authenticate turns the Authorization and Footnote-On-Behalf-Of headers into a caller. Without a header the caller is
// anonymous. A key that is bad, expired or revoked is unauthenticated, never anonymous.
func Authenticate(ctx context.Context, dir Directory, authorization, onBehalfOf string, now time.Time) (footnote.Caller, error) {
	if authorization == "" {
		return anonymous(onBehalfOf)
	}
	scheme, secret, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(secret, secretPrefix) {
		return footnote.Caller{}, refusal()
	}
	key, err := dir.KeyBySecret(ctx, HashSecret(secret))
	if footnote.CodeOf(err) == footnote.CodeNotFound {
		return footnote.Caller{}, refusal()
	}
	if err != nil {
		return footnote.Caller{}, err
	}
	if !Valid(key, now) {
		return footnote.Caller{}, refusal()
	}
	return actFor(footnote.Caller{Principal: key.Principal, Key: key}, onBehalfOf)
}

func anonymous(onBehalfOf string) (footnote.Caller, error) {
	if onBehalfOf != "" {
		return footnote.Caller{}, footnote.Errorf(footnote.CodeUnauthenticated, "acting for somebody needs a key")
	}
	return footnote.Caller{}, nil
}

func actFor(caller footnote.Caller, onBehalfOf string) (footnote.Caller, error) {
	if onBehalfOf == "" {
		return caller, nil
	}
	if !caller.Has(footnote.ScopeActFor) {
		return footnote.Caller{}, footnote.Errorf(footnote.CodeForbidden, "the key has no act_for scope")
	}
	person, err := footnote.ParsePrincipal(onBehalfOf)
	if err != nil || !person.IsPerson() {
		return footnote.Caller{}, footnote.Invalid("Footnote-On-Behalf-Of", "must name a user:, customer: or app: principal")
	}
	caller.OnBehalfOf = person
	return caller, nil
}

// Valid reports whether a key may be used at now.
func Valid(key footnote.Key, now time.Time) bool {
	return key.RevokedAt.IsZero() && (key.ExpiresAt.IsZero() || now.Before(key.ExpiresAt))
}
