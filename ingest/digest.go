package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"footnote"
	"footnote/connectors"
)

// revision names what the pipeline makes of a record. It changes when the same record would be read or cut differently,
// and then every record is taken in anew.
const revision = "2"

// digest is the hash of everything a record says and of the source's defaults that it relies on: two records with one
// digest are the same submission.
func digest(source footnote.Source, r connectors.Record) (string, error) {
	hash := sha256.New()
	err := json.NewEncoder(hash).Encode(struct {
		Revision string
		Default  footnote.Audience
		Approval footnote.Approval
		Record   connectors.Record
	}{revision, source.DefaultAudience, source.Approval, r})
	if err != nil {
		return "", fmt.Errorf("hash the record: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
