package footnote

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Place pins a quote: bytes [Start, End) of one part's text at one of its versions.
type Place struct {
	Document DocumentID
	Part     string
	Version  int // counts the approved texts of this part, from 1
	Start    int
	End      int
}

// Citation is the pinned evidence of an answer: a place, the exact bytes found there and their hash.
type Citation struct {
	Place
	Quote string
	URL   string
}

// ID is the place as an opaque name: two stores that hold the same text give the same id.
func (c Citation) ID() string { return c.Place.ID() }

// SHA256 is the hash of the quote.
func (c Citation) SHA256() string { return SHA256(c.Quote) }

const citationPrefix = "cit_"

// MaxPartKeyBytes bounds a part's key.
const MaxPartKeyBytes = 200

// ID encodes the place. It carries no right: whoever verifies it must be allowed to read what it names.
func (p Place) ID() string {
	key, _ := documentKey(p.Document)
	packed := append([]byte{}, key...)
	for _, number := range []int{p.Version, p.Start, p.End} {
		packed = binary.AppendUvarint(packed, uint64(max(number, 0)))
	}
	packed = append(packed, p.Part...)
	return citationPrefix + base64.RawURLEncoding.EncodeToString(packed)
}

// ParsePlace reads a citation's id back. Whatever Place.ID cannot have written is not_found.
func ParsePlace(id string) (Place, error) {
	encoded, found := strings.CutPrefix(id, citationPrefix)
	packed, err := base64.RawURLEncoding.DecodeString(encoded)
	if !found || err != nil || len(packed) <= documentBytes {
		return Place{}, NotFound()
	}
	p := Place{Document: DocumentID(documentPrefix + idEncoding.EncodeToString(packed[:documentBytes]))}
	rest := packed[documentBytes:]
	for _, number := range []*int{&p.Version, &p.Start, &p.End} {
		value, size := binary.Uvarint(rest)
		if size <= 0 || value > 1<<40 {
			return Place{}, NotFound()
		}
		*number, rest = int(value), rest[size:]
	}
	p.Part = string(rest)
	sound := p.Version >= 1 && p.Start < p.End && ValidPartKey(p.Part)
	if !sound || p.ID() != id {
		return Place{}, NotFound()
	}
	return p, nil
}

// ValidPartKey reports whether key can name a part: 1 to 200 bytes of UTF-8 without control characters.
func ValidPartKey(key string) bool {
	return key != "" && len(key) <= MaxPartKeyBytes && utf8.ValidString(key) &&
		!strings.ContainsFunc(key, unicode.IsControl)
}

// CitationStatus is what verifying a citation found.
type CitationStatus string

// The statuses; revoked and deleted are told to auditors only, everyone else hears unavailable.
const (
	CitationValid       CitationStatus = "valid"       // the same bytes at the same place of the approved text
	CitationMoved       CitationStatus = "moved"       // the same bytes elsewhere in a part one may see
	CitationChanged     CitationStatus = "changed"     // neither
	CitationUnavailable CitationStatus = "unavailable" // unknown, or not for this reader
	CitationRevoked     CitationStatus = "revoked"
	CitationDeleted     CitationStatus = "deleted"
)
