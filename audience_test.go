package footnote_test

import (
	"slices"
	"testing"

	"footnote"
)

const (
	unknown  = footnote.Audience(0)
	internal = footnote.AudienceInternal
	customer = footnote.AudienceCustomer
	public   = footnote.AudiencePublic
)

func TestAudienceTables(t *testing.T) {
	for _, c := range []struct {
		a, b     footnote.Audience
		covers   bool // a reader of a, a text of b
		narrower footnote.Audience
		wider    footnote.Audience
	}{
		{unknown, unknown, false, unknown, unknown},
		{unknown, internal, false, unknown, unknown},
		{internal, unknown, false, unknown, unknown},
		{unknown, customer, false, unknown, unknown},
		{customer, unknown, false, unknown, unknown},
		{unknown, public, false, unknown, unknown},
		{public, unknown, false, unknown, unknown},
		{internal, internal, true, internal, internal},
		{customer, customer, true, customer, customer},
		{public, public, true, public, public},
		{internal, customer, true, internal, customer},
		{customer, internal, false, internal, customer},
		{internal, public, true, internal, public},
		{public, internal, false, internal, public},
		{customer, public, true, customer, public},
		{public, customer, false, customer, public},
	} {
		if got := c.a.Covers(c.b); got != c.covers {
			t.Errorf("%q covers %q: %t", c.a, c.b, got)
		}
		if got := c.a.Narrower(c.b); got != c.narrower {
			t.Errorf("%q narrowed by %q: %q", c.a, c.b, got)
		}
		if got := c.a.Wider(c.b); got != c.wider {
			t.Errorf("%q under the ceiling %q: %q", c.a, c.b, got)
		}
	}
}

func TestAudiences(t *testing.T) {
	for reader, want := range map[footnote.Audience][]footnote.Audience{
		unknown: nil, internal: {internal, customer, public}, customer: {customer, public}, public: {public},
	} {
		if got := reader.Audiences(); !slices.Equal(got, want) {
			t.Errorf("%q is shown %v", reader, got)
		}
	}
}

func TestAudienceNames(t *testing.T) {
	for _, a := range []footnote.Audience{internal, customer, public} {
		if back, err := footnote.ParseAudience(a.String()); err != nil || back != a {
			t.Errorf("%q came back as %q: %v", a, back, err)
		}
	}
	for _, bad := range []string{"", "Internal", "internal ", "everyone", "0", "1"} {
		if a, err := footnote.ParseAudience(bad); a != 0 || footnote.CodeOf(err) != footnote.CodeInvalid {
			t.Errorf("%q was read as %q: %v", bad, a, err)
		}
	}
	if footnote.Audience(9).String() != "" {
		t.Error("an audience that does not exist has a name")
	}
	a := customer
	if err := a.UnmarshalText([]byte("staff")); err == nil || a != customer {
		t.Errorf("%v, and %q", err, a)
	}
	if err := a.UnmarshalText(nil); err != nil || a != unknown {
		t.Errorf("%v, and %q", err, a)
	}
}
