package words

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"testing"

	"footnote/internal/shareddata"
)

func TestReferenceShares(t *testing.T) {
	r := NewReference()
	for term, passages := range map[string]float64{"2": 100117, "use": 69329, "add": 17880, "organiz": 2398, "gentl": 22, "xyzzyq": 0, "": 0} {
		if got := r.Share(term) * 197079; math.Abs(got-passages) > 1e-6 {
			t.Errorf("%q is in %v reference passages, want %v", term, got, passages)
		}
	}
	if got := len(r.shares()); got != 50214 {
		t.Errorf("%d stems, want 50,214", got)
	}
}

func TestDamagedReferenceIsAnError(t *testing.T) {
	pack := func(text string) []byte {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return packed.Bytes()
	}
	if shares, err := readReference(pack("# passages 10\nreset\t4\n")); err != nil || shares["reset"] != 0.4 {
		t.Fatalf("shares %v, error %v", shares, err)
	}
	for name, table := range map[string][]byte{
		"not packed":  []byte("# passages 10\n"),
		"cut off":     referenceTable[:len(referenceTable)/2],
		"empty":       pack(""),
		"no total":    pack("reset\t4\n"),
		"total of 0":  pack("# passages 0\n"),
		"no count":    pack("# passages 10\nreset\n"),
		"no stem":     pack("# passages 10\n\t4\n"),
		"count of 0":  pack("# passages 10\nreset\t0\n"),
		"over total":  pack("# passages 10\nreset\t11\n"),
		"blank line":  pack("# passages 10\n\nreset\t4\n"),
		"other count": pack("# passages 10\nreset\tfour\n"),
	} {
		if _, err := readReference(table); err == nil {
			t.Errorf("%s: a damaged table is taken", name)
		}
	}
}

// TestTermsAreTheReferences analyses ordinary questions: nearly every term must be a stem of the reference, or idf
// would take ordinary words for rare ones.
func TestTermsAreTheReferences(t *testing.T) {
	file, err := os.Open(shareddata.Path(t, "data", "banking77", "test.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) < 1000 {
		t.Fatalf("%d rows, error %v", len(rows), err)
	}
	a, r := New(), NewReference()
	terms, known := 0, 0
	missing := make(map[string]int)
	for _, row := range rows[1:] {
		a.Each(row[0], func(term string) {
			terms++
			if r.Share(term) > 0 {
				known++
			} else {
				missing[term]++
			}
		})
	}
	share := float64(known) / float64(terms)
	t.Logf("%d of %d terms (%.4f) are stems of the reference; unknown: %v", known, terms, share, missing)
	if share < 0.99 {
		t.Errorf("%.4f of the terms are stems of the reference, want .99", share)
	}
}

func BenchmarkReferenceStart(b *testing.B) {
	for b.Loop() {
		if _, err := readReference(referenceTable); err != nil {
			b.Fatal(err)
		}
	}
}
