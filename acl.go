package footnote

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// ACL is the rule of who may read: a reader matches when every clause holds one of their principals and no deny does.
// Without clauses, or with an empty one, it matches nobody; that is also the zero value. An ACL is immutable and in
// canonical form (sorted, without repetition), so two rules that say the same in the same words are Equal.
type ACL struct {
	allOf [][]Principal
	deny  []Principal
}

// The bounds of one rule as it comes in.
const (
	MaxClauses       = 64
	MaxACLPrincipals = 4096
)

// NewACL builds the canonical rule. A zero principal or a rule beyond the bounds is refused.
func NewACL(allOf [][]Principal, deny []Principal) (ACL, error) {
	if len(allOf) > MaxClauses {
		return ACL{}, Invalid("acl.all_of", "has too many clauses; at most 64 are allowed")
	}
	total := len(deny)
	for _, clause := range allOf {
		total += len(clause)
	}
	if total > MaxACLPrincipals {
		return ACL{}, Invalid("acl", "names too many principals; at most 4096 are allowed, use groups")
	}
	return newACL(allOf, deny)
}

// newACL is NewACL without the bounds, which what And makes of two rules may exceed.
func newACL(allOf [][]Principal, deny []Principal) (ACL, error) {
	for _, clause := range allOf {
		if slices.Contains(clause, Principal{}) {
			return ACL{}, Invalid("acl.all_of", "must not hold an empty principal")
		}
	}
	if slices.Contains(deny, Principal{}) {
		return ACL{}, Invalid("acl.deny", "must not hold an empty principal")
	}
	return canonical(allOf, deny), nil
}

// AnyOf is the rule of one clause. With a zero principal among them it is nobody.
func AnyOf(principals ...Principal) ACL {
	if slices.Contains(principals, Principal{}) {
		return ACL{}
	}
	return canonical([][]Principal{principals}, nil)
}

func canonical(allOf [][]Principal, deny []Principal) ACL {
	clauses := make([][]Principal, 0, len(allOf))
	for _, clause := range allOf {
		if len(clause) == 0 {
			return ACL{deny: sorted(deny)}
		}
		clauses = append(clauses, sorted(clause))
	}
	slices.SortFunc(clauses, compareClauses)
	clauses = slices.CompactFunc(clauses, slices.Equal[[]Principal])
	return ACL{allOf: clauses, deny: sorted(deny)}
}

func sorted(principals []Principal) []Principal {
	return slices.Compact(slices.SortedFunc(slices.Values(principals), ComparePrincipals))
}

func compareClauses(a, b []Principal) int { return slices.CompareFunc(a, b, ComparePrincipals) }

// AllOf returns the clauses; callers must not change them.
func (a ACL) AllOf() [][]Principal { return a.allOf }

// Deny returns the denies; callers must not change them.
func (a ACL) Deny() []Principal { return a.deny }

// IsNobody reports whether the rule can match no reader at all.
func (a ACL) IsNobody() bool { return len(a.allOf) == 0 }

// And is the rule that both a and b must allow: the clauses and the denies of both. Nobody and anything is nobody.
func (a ACL) And(b ACL) ACL {
	deny := slices.Concat(a.deny, b.deny)
	if a.IsNobody() || b.IsNobody() {
		return canonical(nil, deny)
	}
	return canonical(slices.Concat(a.allOf, b.allOf), deny)
}

// Equal reports whether both rules are written the same.
func (a ACL) Equal(b ACL) bool {
	return slices.EqualFunc(a.allOf, b.allOf, slices.Equal[[]Principal]) && slices.Equal(a.deny, b.deny)
}

// Principals lists every principal the rule names, once each.
func (a ACL) Principals() []Principal {
	return sorted(append(slices.Concat(a.allOf...), a.deny...))
}

// String is the canonical JSON form, the key under which stores intern a rule.
func (a ACL) String() string {
	text, _ := a.MarshalJSON() // writing strings cannot fail
	return string(text)
}

type aclJSON struct {
	AllOf [][]Principal `json:"all_of"`
	Deny  []Principal   `json:"deny,omitempty"`
}

// MarshalJSON writes {"all_of":[[...]],"deny":[...]}.
func (a ACL) MarshalJSON() ([]byte, error) {
	form := aclJSON{AllOf: a.allOf, Deny: a.deny}
	if form.AllOf == nil {
		form.AllOf = [][]Principal{}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(form)
	return bytes.TrimSpace(out.Bytes()), err
}

// UnmarshalJSON reads the form of MarshalJSON, of any size; null is nobody. Unknown or repeated members and faulty
// principals are errors.
func (a *ACL) UnmarshalJSON(data []byte) error {
	form, err := decodeACL(json.NewDecoder(bytes.NewReader(data)))
	if err != nil {
		if own, ok := errors.AsType[*Error](err); ok {
			return own
		}
		return &Error{Code: CodeInvalid, Field: "acl", Message: `must be {"all_of":[["principal"]],"deny":["principal"]}`, Err: err}
	}
	parsed, err := newACL(form.AllOf, form.Deny)
	if err == nil {
		*a = parsed
	}
	return err
}

var errMember = errors.New("a member is unknown or repeated")

// decodeACL goes through the members itself: encoding/json lets a later deny replace an earlier one.
func decodeACL(decoder *json.Decoder) (form aclJSON, err error) {
	open, err := decoder.Token()
	switch {
	case err != nil:
		return form, err
	case open == nil:
		return form, atEnd(decoder)
	case open != json.Delim('{'):
		return form, errMember
	}
	members := map[json.Token]any{"all_of": &form.AllOf, "deny": &form.Deny}
	for decoder.More() {
		var name json.Token
		if name, err = decoder.Token(); err != nil {
			return form, err
		}
		into, known := members[name]
		if !known {
			return form, errMember
		}
		delete(members, name)
		if err = decoder.Decode(into); err != nil {
			return form, err
		}
	}
	if _, err = decoder.Token(); err != nil {
		return form, err
	}
	return form, atEnd(decoder)
}

func atEnd(decoder *json.Decoder) error {
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Invalid("acl", "must be one value")
	}
	return nil
}

// ParseACL reads the JSON form.
func ParseACL(text string) (ACL, error) {
	var a ACL
	if strings.TrimSpace(text) == "" {
		return a, Invalid("acl", "is empty")
	}
	err := a.UnmarshalJSON([]byte(text))
	return a, err
}
