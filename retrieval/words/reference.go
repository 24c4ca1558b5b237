package words

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed" // the reference table
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed reference-df.tsv.gz
var referenceTable []byte

// Reference says how common a term is in open documentation at large, a constant that no document of ours changes.
// The table is compiled in and read on first use. It is safe for concurrent use.
type Reference struct {
	shares func() map[string]float64
}

// NewReference returns the reference; it costs nothing before the first use.
func NewReference() *Reference {
	return &Reference{shares: sync.OnceValue(func() map[string]float64 {
		shares, err := readReference(referenceTable)
		if err != nil {
			panic("the reference table in this program is damaged: " + err.Error())
		}
		return shares
	})}
}

// Share returns the share of reference passages that hold the term; an unknown term has none.
func (r *Reference) Share(term string) float64 { return r.shares()[term] }

// IDF is the weight of a term that n of the total permitted passages hold, with the reference as prior. With n and
// total zero it is the reference's own weight, for an index that cannot count permitted passages.
func (r *Reference) IDF(term string, n, total int) float64 { return IDF(r.Share(term), n, total) }

// readReference reads a compressed table: "# passages N", then a line "stem<tab>passages" for each stem.
func readReference(table []byte) (map[string]float64, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(table))
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(unzipped)
	if !lines.Scan() {
		return nil, errors.Join(errors.New("no first line"), lines.Err())
	}
	total, err := strconv.Atoi(strings.TrimPrefix(lines.Text(), "# passages "))
	if err != nil || total <= 0 {
		return nil, fmt.Errorf("first line %q does not say how many passages there are", lines.Text())
	}
	shares := make(map[string]float64, 1<<16)
	for lines.Scan() {
		stem, count, _ := strings.Cut(lines.Text(), "\t")
		passages, err := strconv.Atoi(count)
		if err != nil || stem == "" || passages <= 0 || passages > total {
			return nil, fmt.Errorf("line %q is not a stem and its passages", lines.Text())
		}
		shares[stem] = float64(passages) / float64(total)
	}
	return shares, lines.Err()
}
