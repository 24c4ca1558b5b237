package footnote

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Principal names who asks or who may read: "kind:key", or one of the two built-ins. The zero value is nobody.
// Principals are comparable and compare byte by byte, case included.
type Principal struct{ name string }

// The kinds of principals.
const (
	KindUser     = "user"     // staff
	KindCustomer = "customer" // a customer's person
	KindApp      = "app"      // an application by itself
	KindGroup    = "group"    // a membership list
	KindOrg      = "org"      // a membership list: a customer organisation
	KindRole     = "role"     // a membership list: a tier
)

// MaxPrincipalBytes bounds a principal's whole name.
const MaxPrincipalBytes = 256

// Everyone is held by every authenticated employee.
func Everyone() Principal { return Principal{"everyone"} }

// Public is held by every reader, anonymous ones included.
func Public() Principal { return Principal{"public"} }

// ParsePrincipal reads "kind:key", "everyone" or "public".
func ParsePrincipal(name string) (Principal, error) {
	if name == "everyone" || name == "public" {
		return Principal{name}, nil
	}
	kind, key, found := strings.Cut(name, ":")
	kinds := []string{KindUser, KindCustomer, KindApp, KindGroup, KindOrg, KindRole}
	if !found || !slices.Contains(kinds, kind) {
		return Principal{}, Invalid("principal", "write user:, customer:, app:, group:, org: or role: and a key, or everyone or public")
	}
	if key == "" || len(name) > MaxPrincipalBytes || !plain(key) {
		return Principal{}, Invalid("principal", "the key must be 1 to 250 bytes of UTF-8 without white space, control or invisible characters")
	}
	return Principal{name}, nil
}

func plain(key string) bool {
	if !utf8.ValidString(key) {
		return false
	}
	return !strings.ContainsFunc(key, func(r rune) bool {
		// U+FFFD stands for what could not be decoded: two different names would become one.
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == utf8.RuneError
	})
}

// String is the principal's name, empty for nobody.
func (p Principal) String() string { return p.name }

// IsZero reports whether p is nobody.
func (p Principal) IsZero() bool { return p.name == "" }

// Kind is the part before the colon; the built-ins are their own kind.
func (p Principal) Kind() string {
	kind, _, _ := strings.Cut(p.name, ":")
	return kind
}

// IsCollection reports whether p stands for a membership list: a group, an organisation or a role.
func (p Principal) IsCollection() bool {
	switch p.Kind() {
	case KindGroup, KindOrg, KindRole:
		return true
	}
	return false
}

// IsPerson reports whether p can hold a key and ask: a user, a customer or an application.
func (p Principal) IsPerson() bool {
	switch p.Kind() {
	case KindUser, KindCustomer, KindApp:
		return true
	}
	return false
}

// MarshalText writes the name.
func (p Principal) MarshalText() ([]byte, error) { return []byte(p.name), nil }

// UnmarshalText accepts what ParsePrincipal accepts, and the empty text as nobody.
func (p *Principal) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = Principal{}
		return nil
	}
	parsed, err := ParsePrincipal(string(text))
	if err == nil {
		*p = parsed
	}
	return err
}

// ComparePrincipals orders by name.
func ComparePrincipals(a, b Principal) int { return strings.Compare(a.name, b.name) }
