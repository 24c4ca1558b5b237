package words

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestConstantWeights compares the product of weights with the same sum over stems, field by field.
func TestConstantWeights(t *testing.T) {
	a, r := New(), NewReference()
	random := rand.New(rand.NewPCG(3, 3))
	vocabulary := strings.Fields("refund invoice printers KB5034441 v7.4.2 the login battery Get-ADUser café")
	text := func(n int) string {
		out := make([]string, n)
		for i := range out {
			out[i] = vocabulary[random.IntN(len(vocabulary))]
		}
		return strings.Join(out, " ")
	}
	for range 200 {
		title, heading, lead, body := text(3), []string{text(1), text(2)}, text(random.IntN(3)), text(random.IntN(400))
		asked := a.Question(text(1 + random.IntN(6)))
		terms := r.Terms(asked)
		question, bound := QuestionWeights(terms)
		passage := a.Contents(title, heading, lead, body)

		size := Fields{len(a.Analyze(title)), len(a.Analyze(strings.Join(heading, " > "))) + len(a.Analyze(lead)), len(a.Analyze(body))}
		norms, want, whole := NewNorms(size), 0.0, 0.0
		for i, term := range asked {
			idf := term.Share * IDF(r.Share(term.Stem), 0, 0)
			if terms[i] != (Term{term.Stem, idf}) {
				t.Fatalf("term %+v, want idf %v", terms[i], idf)
			}
			n := func(text string) int { return count(a.Analyze(text), term.Stem) }
			want += idf * Weight(norms.Packed(Fields{n(title), n(strings.Join(heading, " > ")) + n(lead), n(body)}.Pack()))
			whole += Bound(idf)
		}
		if got := product(question, passage.Weights()); math.Abs(got/bound-want/whole) > 1e-12 {
			t.Fatalf("%v of %v, want %v of %v", got, bound, want, whole)
		}
	}
}

func count(terms []string, wanted string) (n int) {
	for _, term := range terms {
		if term == wanted {
			n++
		}
	}
	return n
}

// TestPartWeights: a part has its title and headings once and the bodies of all passages, however long.
func TestPartWeights(t *testing.T) {
	a := New()
	var part Contents
	for i := range 3 {
		part.Join(a.Contents("battery", []string{"power"}, "", strings.Repeat("charger ", 100*i)))
	}
	if want := (Fields{1, 1, 300}); part.Size != want {
		t.Errorf("size %+v, want %+v", part.Size, want)
	}
	norms := NewPartNorms(part.Size)
	want := []Weighed{
		{TermID("batteri"), Weight(norms.Title)},
		{TermID("power"), Weight(norms.Headings)},
		{TermID("charger"), Weight(norms.Body * 300)},
	}
	slices.SortFunc(want, byID)
	if got := part.PartWeights(); !slices.Equal(got, want) {
		t.Errorf("weights %v, want %v", got, want)
	}
}

// TestTermIDs holds the numbers, which stand in indexes on servers.
func TestTermIDs(t *testing.T) {
	for stem, want := range map[string]uint32{"": 2166136261, "refund": 854262879, "kb5034441": 1822915689} {
		if got := TermID(stem); got != want {
			t.Errorf("%q is %d, want %d", stem, got, want)
		}
	}
}

// TestTermIDsThatMeet: two stems with one number are one word, and a question for both weighs both.
func TestTermIDsThatMeet(t *testing.T) {
	seen := map[uint32]string{}
	for i := range 1 << 20 {
		stem := fmt.Sprintf("q%dx", i)
		other, met := seen[TermID(stem)]
		if !met {
			seen[TermID(stem)] = stem
			continue
		}
		a := New()
		c := a.Contents("", nil, "", other+" "+stem)
		if want := (Fields{Body: 2}); len(c.Terms) != 1 || c.Terms[TermID(stem)] != want {
			t.Errorf("%s and %s give %+v", stem, other, c)
		}
		weights, bound := QuestionWeights([]Term{{stem, 2}, {other, 3}})
		if len(weights) != 1 || weights[0].Weight != 5 || bound != Bound(5) {
			t.Errorf("a question for both weighs %v of %v", weights, bound)
		}
		return
	}
	t.Fatal("no two stems met")
}

// product joins the weights of a question and of a passage, both in order of number.
func product(question, passage []Weighed) float64 {
	sum := 0.0
	for len(question) > 0 && len(passage) > 0 {
		switch c := byID(question[0], passage[0]); {
		case c < 0:
			question = question[1:]
		case c > 0:
			passage = passage[1:]
		default:
			sum += float64(question[0].Weight * passage[0].Weight)
			question, passage = question[1:], passage[1:]
		}
	}
	return sum
}
