package retrieval

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"footnote/internal/shareddata"
	"footnote/internal/volume"
)

// bankPages are the first pages of an invented bank's help, cut to the size of passages.
func bankPages(t *testing.T) []Hit {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(shareddata.Path(t, "data", "tau2-banking-kb", "documents"), "*.json"))
	if err != nil || len(names) < 500 {
		t.Fatalf("%d pages, %v", len(names), err)
	}
	var hits []Hit
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var page struct{ Title, Content string }
		if err := json.Unmarshal(text, &page); err != nil {
			t.Fatal(err)
		}
		quote := page.Content[:min(len(page.Content), 1200)]
		if end := strings.LastIndexByte(quote, '\n'); end > 400 {
			quote = quote[:end]
		}
		hits = append(hits, Hit{Confidence: 1, Document: HitDocument{Title: page.Title}, Citation: Citation{Quote: quote}})
	}
	return hits
}

var (
	digits    = regexp.MustCompile(`\d+`)
	auxiliary = regexp.MustCompile(`\b(is|are|can|will|must|may|should)\b( not)?`)
	innerName = regexp.MustCompile(`([a-z,] )([A-Z][a-z]{3,})\b`)
)

// lies are ways to make an untrue sentence of a true one; "" where one does not apply.
func lies(text string, others []string, rng *rand.Rand) map[string]string {
	told := map[string]string{}
	if at := digits.FindStringIndex(text); at != nil {
		told["another number"] = text[:at[0]] + "7" + text[at[0]:]
		for _, other := range others {
			found := digits.FindString(other)
			if found != "" && !strings.Contains(text, found) && len(digits.FindAllString(text, -1)) == 1 {
				told["a number of another sentence"] = text[:at[0]] + found + text[at[1]:]
				break
			}
		}
	}
	if at := auxiliary.FindStringSubmatchIndex(text); at != nil {
		if at[4] >= 0 {
			told["not taken out"] = text[:at[4]] + text[at[5]:]
		} else {
			told["not put in"] = text[:at[1]] + " not" + text[at[1]:]
		}
	}
	if at := innerName.FindStringSubmatchIndex(text); at != nil {
		told["another name"] = text[:at[4]] + []string{"Ashford", "Fenwick", "Holborn"}[rng.IntN(3)] + text[at[5]:]
	}
	return told
}

// TestSupportOnRealPages takes every sentence of real pages as a claim, true and made untrue. It measures both ways to be
// wrong: what is dropped though it stands there, and what stays though it does not. Sentences are judged by their words
// alone, without the way past for those that stand there to the letter. One page in eight does, all of them at whole volume.
func TestSupportOnRealPages(t *testing.T) {
	hits := bankPages(t)
	rng := rand.New(rand.NewPCG(1, 2))
	tried, kept := map[string]int{}, map[string]int{}
	for i := range hits {
		if !volume.Whole() && i%8 != 0 {
			continue
		}
		other := rng.IntN(len(hits))
		c := composer().checker([]Hit{hits[i], hits[other]})
		read := []evidence{c.evidenceOf(hits[i]), c.evidenceOf(hits[other])}
		all := sentences(hits[i].Citation.Quote)
		for at, text := range all {
			if len(plainWords(text)) < 6 || strings.HasPrefix(text, "|") || strings.HasPrefix(text, "```") {
				continue
			}
			text = resolve(withoutBullet(text), nil).text
			count := func(kind string, stands bool) {
				tried[kind]++
				if stands {
					kept[kind]++
				}
			}
			stands := func(mark int, text string) bool { return c.supported(text, []evidence{read[mark-1]}) }
			count("true", stands(1, text))
			if other != i && !strings.Contains(hits[other].Citation.Quote, text) {
				count("another page", stands(2, text))
			}
			for kind, lie := range lies(text, append(all[at+1:len(all):len(all)], all[:at]...), rng) {
				if !strings.Contains(hits[i].Citation.Quote, lie) {
					count(kind, stands(1, lie))
				}
			}
		}
	}
	for kind, most := range map[string]float64{
		"another page": .01, "not put in": .04, "not taken out": .1, "another number": .002, "another name": .005,
		"a number of another sentence": .08,
	} {
		share := float64(kept[kind]) / float64(max(tried[kind], 1))
		t.Logf("%s: %d of %d stand, %.4f", kind, kept[kind], tried[kind], share)
		if share > most || tried[kind] < 5 {
			t.Errorf("%s: %.4f of %d stand, want at most %.3f", kind, share, tried[kind], most)
		}
	}
	share := float64(kept["true"]) / float64(max(tried["true"], 1))
	t.Logf("true: %d of %d stand, %.4f", kept["true"], tried["true"], share)
	if share < .94 {
		t.Errorf("%.4f of true sentences stand, want .94", share)
	}
}
