package footnote

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// DocumentID names a document; it is derived from its source and external id, so every store gives the same one.
type DocumentID string

const (
	documentPrefix = "doc_"
	documentBytes  = 16
)

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewDocumentID derives the id of the record that source holds under external.
func NewDocumentID(source, external string) DocumentID {
	hash := sha256.New()
	for _, text := range []string{"footnote document", source, external} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		hash.Write(length[:])
		hash.Write([]byte(text))
	}
	return DocumentID(documentPrefix + idEncoding.EncodeToString(hash.Sum(nil)[:documentBytes]))
}

// ParseDocumentID reads an id; anything that no document can have is not_found.
func ParseDocumentID(text string) (DocumentID, error) {
	if _, ok := documentKey(DocumentID(text)); !ok {
		return "", NotFound()
	}
	return DocumentID(text), nil
}

func documentKey(id DocumentID) ([]byte, bool) {
	encoded, found := strings.CutPrefix(string(id), documentPrefix)
	if !found {
		return nil, false
	}
	key, err := idEncoding.DecodeString(encoded)
	if err != nil || len(key) != documentBytes || idEncoding.EncodeToString(key) != encoded {
		return nil, false
	}
	return key, true
}

// SHA256 is the lower-case hexadecimal SHA-256 of a text, the form of every hash a reader sees.
func SHA256(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
