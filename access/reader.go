package access

import (
	"slices"

	"footnote"
)

// Person is what the directory says of the one whose rights are used.
type Person struct {
	Known    bool
	Disabled bool
}

// Base is where the memberships of a caller's subject begin. Staff hold everyone and public, customers and applications
// public; an anonymous caller and a person nobody ever named hold public alone.
func Base(caller footnote.Caller, known bool) []footnote.Principal {
	subject := caller.Subject()
	switch {
	case subject.IsZero() || !known:
		return []footnote.Principal{footnote.Public()}
	case subject.Kind() == footnote.KindUser:
		return []footnote.Principal{subject, footnote.Everyone(), footnote.Public()}
	case subject.IsPerson():
		return []footnote.Principal{subject, footnote.Public()}
	}
	return []footnote.Principal{footnote.Public()}
}

// Reader is who reads, with everything that limits them. The zero value may read nothing.
type Reader struct {
	held     Held
	audience footnote.Audience
	limits   [][]string // lists of sources, each of which must hold the source
	unknown  Unknown
}

// NewReader establishes what a caller may read: the rights of the person they read for, cut by the ceiling of their key
// when they act for somebody, and by the sources their key names. A disabled person is forbidden.
func NewReader(caller footnote.Caller, person Person, held Held, unknown Unknown) (Reader, error) {
	if person.Disabled {
		return Reader{}, footnote.Errorf(footnote.CodeForbidden, "this principal is disabled")
	}
	r := Reader{held: held, audience: audienceOf(caller, person.Known), unknown: unknown}
	if len(caller.Key.Sources) > 0 {
		r.limits = append(r.limits, caller.Key.Sources)
	}
	ceiling := caller.Key.Ceiling
	if ceiling == nil && !caller.OnBehalfOf.IsZero() {
		ceiling = &footnote.Ceiling{}
	}
	if ceiling != nil {
		r.audience = r.audience.Wider(ceiling.Audience)
		if !slices.Contains(ceiling.Sources, "*") {
			r.limits = append(r.limits, ceiling.Sources)
		}
	}
	return r, nil
}

// audienceOf is what the subject may be shown before any ceiling. An application is limited by its key's ceiling alone,
// and without one sees what is public.
func audienceOf(caller footnote.Caller, known bool) footnote.Audience {
	subject := caller.Subject()
	if !known {
		return footnote.AudiencePublic
	}
	switch subject.Kind() {
	case footnote.KindUser:
		return footnote.AudienceInternal
	case footnote.KindCustomer:
		return footnote.AudienceCustomer
	case footnote.KindApp:
		if caller.Key.Ceiling != nil && caller.OnBehalfOf.IsZero() {
			return footnote.AudienceInternal
		}
	}
	return footnote.AudiencePublic
}

// Held is what the reader holds.
func (r Reader) Held() Held { return r.held }

// Audience is the narrowest audience whose texts the reader may be shown.
func (r Reader) Audience() footnote.Audience { return r.audience }

// MayUse reports whether the reader's key reaches a source.
func (r Reader) MayUse(source string) bool {
	for _, limit := range r.limits {
		if !slices.Contains(limit, source) {
			return false
		}
	}
	return true
}

// MayRead decides on one text: its rule, its audience and its source must all let the reader.
func (r Reader) MayRead(rule footnote.ACL, audience footnote.Audience, source string) bool {
	return r.audience.Covers(audience) && r.MayUse(source) && Allows(rule, r.held, r.unknown)
}
