package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strings"

	"footnote"
)

// The first field of what is hashed, so that no event's bytes can pass for a head's.
const (
	eventDomain = "footnote audit event 1"
	headDomain  = "footnote audit head 1"
)

// Chain binds an event that has its sequence to the one before it, whose hash is previous ("" before the first). The
// event comes back in the form that is kept: time in UTC microseconds, texts in valid UTF-8, hash set.
func Chain(previous string, event Event) Event {
	event.At = footnote.Moment(event.At)
	for _, text := range []*string{&event.Kind, &event.KeyID, &event.RequestID, &event.Subject, &event.Outcome} {
		*text = strings.ToValidUTF8(*text, "\uFFFD")
	}
	event.Details = validDetails(event.Details)
	event.Hash = hashOf(previous, event)
	return event
}

// validDetails is a copy in valid UTF-8; of two names that become one the later in order stays.
func validDetails(details map[string]string) map[string]string {
	if len(details) == 0 {
		return nil
	}
	valid := make(map[string]string, len(details))
	for _, name := range slices.Sorted(maps.Keys(details)) {
		valid[strings.ToValidUTF8(name, "\uFFFD")] = strings.ToValidUTF8(details[name], "\uFFFD")
	}
	return valid
}

// hashOf is the SHA-256 of these fields in this order: domain, previous hash, sequence, seconds, nanoseconds, kind,
// principal, on behalf of, key, request, subject, outcome, number of details, then name and value of each by name. A
// number is eight bytes, big endian; a text is its length as such a number and then its bytes.
func hashOf(previous string, event Event) string {
	sum := sha256.New()
	writeTexts(sum, eventDomain, previous)
	at := event.At.UTC()
	writeNumbers(sum, event.Sequence, uint64(at.Unix()), uint64(at.Nanosecond())) //nolint:gosec // G115: the bits are kept
	writeTexts(sum, event.Kind, event.Principal.String(), event.OnBehalfOf.String(), event.KeyID, event.RequestID,
		event.Subject, event.Outcome)
	writeNumbers(sum, uint64(len(event.Details)))
	for _, name := range slices.Sorted(maps.Keys(event.Details)) {
		writeTexts(sum, name, event.Details[name])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Writing to a hash never fails.
func writeNumbers(to hash.Hash, numbers ...uint64) {
	for _, number := range numbers {
		var eight [8]byte
		binary.BigEndian.PutUint64(eight[:], number)
		to.Write(eight[:])
	}
}

func writeTexts(to hash.Hash, texts ...string) {
	for _, text := range texts {
		writeNumbers(to, uint64(len(text)))
		to.Write([]byte(text))
	}
}

// Head is the newest event of a log, signed. Kept elsewhere, it proves later that nothing up to it changed or went.
type Head struct {
	Sequence uint64 `json:"sequence"`
	Hash     string `json:"hash"`
	MAC      string `json:"mac"` // HMAC-SHA256 under the log's key, lower-case hexadecimal
}

// Seal signs a head. The head of an empty log has sequence 0 and no hash.
func Seal(key []byte, sequence uint64, eventHash string) Head {
	mac := hmac.New(sha256.New, key)
	writeTexts(mac, headDomain)
	writeNumbers(mac, sequence)
	writeTexts(mac, eventHash)
	return Head{Sequence: sequence, Hash: eventHash, MAC: hex.EncodeToString(mac.Sum(nil))}
}

// signedBy reports whether the head was sealed with key.
func (h Head) signedBy(key []byte) bool {
	return hmac.Equal([]byte(h.MAC), []byte(Seal(key, h.Sequence, h.Hash).MAC))
}
