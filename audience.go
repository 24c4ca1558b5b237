package footnote

// Audience is who a text may be shown to, a hard boundary beside the ACL. The zero value is unknown: nobody.
type Audience uint8

// The audiences, from the narrowest to the widest.
const (
	AudienceInternal Audience = iota + 1 // employees
	AudienceCustomer                     // and customers
	AudiencePublic                       // and everyone else
)

var audienceNames = [...]string{"", "internal", "customer", "public"}

// ParseAudience reads internal, customer or public.
func ParseAudience(name string) (Audience, error) {
	for i, known := range audienceNames {
		if i > 0 && name == known {
			return Audience(i), nil
		}
	}
	return 0, Invalid("audience", "must be internal, customer or public")
}

// String is the audience's name, empty when unknown.
func (a Audience) String() string {
	if int(a) < len(audienceNames) {
		return audienceNames[a]
	}
	return ""
}

// Covers reports whether a reader of audience a may be shown a text of audience of: staff (internal) may be shown
// everything, the public only public texts. Unknown covers nothing and is covered by nothing.
func (a Audience) Covers(of Audience) bool { return a != 0 && of != 0 && a <= of }

// Narrower is the audience that both allow: of two texts' audiences the one shown to fewer.
func (a Audience) Narrower(b Audience) Audience { return min(a, b) }

// Wider is the reader's audience limited by a ceiling: the one that may be shown less. Unknown stays unknown.
func (a Audience) Wider(ceiling Audience) Audience {
	if a == 0 || ceiling == 0 {
		return 0
	}
	return max(a, ceiling)
}

// Audiences lists what a reader of audience a may be shown.
func (a Audience) Audiences() []Audience {
	var shown []Audience
	for of := AudienceInternal; of <= AudiencePublic; of++ {
		if a.Covers(of) {
			shown = append(shown, of)
		}
	}
	return shown
}

// MarshalText writes the name.
func (a Audience) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText accepts a name, and the empty text as unknown.
func (a *Audience) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = 0
		return nil
	}
	parsed, err := ParseAudience(string(text))
	if err == nil {
		*a = parsed
	}
	return err
}
