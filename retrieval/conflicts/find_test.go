package conflicts

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"footnote/internal/embedding"
	"footnote/retrieval/words"
)

func newFinder() *Finder { return New(words.New(), words.NewReference(), embedding.NewStatic()) }

// written is a pair of testdata.
type written struct {
	Kind     string
	Question string // the sentences themselves where absent
	A, B     string
	Titles   []string
}

func pairs(t *testing.T) []written {
	t.Helper()
	text, err := os.ReadFile("testdata/pairs.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []written
	if err := yaml.Unmarshal(text, &all); err != nil || len(all) < 60 {
		t.Fatalf("%d pairs, error %v", len(all), err)
	}
	return all
}

func (w written) passages() []Passage {
	title := func(at int) string {
		if len(w.Titles) == 0 {
			return ""
		}
		return w.Titles[min(at, len(w.Titles)-1)]
	}
	return []Passage{
		{Part: "a", Names: title(0), Sentences: []string{w.A}},
		{Part: "b", Names: title(1), Sentences: []string{w.B}},
	}
}

// TestPairs holds both ways round: which of two passages is better does not matter.
func TestPairs(t *testing.T) {
	f := newFinder()
	for _, w := range pairs(t) {
		passages := w.passages()
		for _, both := range [][]Passage{passages, {passages[1], passages[0]}} {
			found, err := f.Find(t.Context(), cmp.Or(w.Question, w.A+" "+w.B), both)
			if err != nil {
				t.Fatal(err)
			}
			got := "none"
			if len(found) > 0 {
				got = string(found[0].Kind)
			}
			if got != w.Kind || len(found) > 1 {
				t.Errorf("%s, not %s: %s | %s", got, w.Kind, both[0].Sentences[0], both[1].Sentences[0])
			}
		}
	}
}

// TestThreeSides has two passages that agree and one that does not.
func TestThreeSides(t *testing.T) {
	passages := []Passage{
		{Part: "a", Sentences: []string{"The shop is in Leeds.", "The return period is 30 days."}},
		{Part: "b", Sentences: []string{"The return period is 14 days."}},
		{Part: "c", Sentences: []string{"We are glad to help.", "The return period is 30 days."}},
	}
	found, err := newFinder().Find(t.Context(), "return period", passages)
	want := []Conflict{{Kind: Number, About: "return period", Sides: []Side{{0, 1}, {1, 0}, {2, 1}}}}
	if diff := gocmp.Diff(want, found); diff != "" || err != nil {
		t.Errorf("error %v, %s", err, diff)
	}
}

// TestWhatAnotherSentenceSaysToo has a passage that tells of several cases, the other's among them.
func TestWhatAnotherSentenceSaysToo(t *testing.T) {
	found, err := newFinder().Find(t.Context(), "return period", []Passage{
		{Part: "a", Sentences: []string{"The return period is 30 days.", "The return period in a sale is 14 days."}},
		{Part: "b", Sentences: []string{"The return period is 14 days."}},
	})
	if len(found) != 0 || err != nil {
		t.Errorf("%v, error %v", found, err)
	}
}

// TestManyConflicts holds that neither two passages nor a response are told of without end.
func TestManyConflicts(t *testing.T) {
	passages := make([]Passage, 2*maxPassages)
	for i := range passages {
		passages[i].Part = fmt.Sprint(i)
		for j, what := range []string{"return", "repair", "delivery", "trial"} {
			passages[i].Sentences = append(passages[i].Sentences, fmt.Sprintf("The %s period is %d days.", what, 10*j+i+2))
		}
	}
	found, err := newFinder().Find(t.Context(), "period", passages)
	if err != nil || len(found) == 0 || len(found) > MostConflicts {
		t.Errorf("%d conflicts, error %v", len(found), err)
	}
	for _, c := range found {
		for _, side := range c.Sides {
			if side.Passage >= maxPassages {
				t.Errorf("passage %d was compared", side.Passage)
			}
		}
	}
}

func TestOneEditTellsCopiesApart(t *testing.T) {
	const text = "The mill was built by the Hill family in Leeds and sold to a bank. It has 4 floors under article 155 of the town's rules. " +
		"Visitors can see the wheel on Sundays when it turns. A path leads from the mill to the river and back to the town."
	for edited, want := range map[string]Kind{
		strings.Replace(text, "155", "47", 1):                          Number,
		strings.Replace(text, "4 floors", "six floors", 1):             Number,
		strings.Replace(text, "can see", "cannot see", 1):              Polarity,
		strings.Replace(text, "in Leeds", "in York", 1):                Version,
		strings.Replace(text, "the river", "the stream", 1):            "",
		strings.Replace(text, "see the wheel", "look at the wheel", 1): "",
		text: "",
	} {
		cut := func(text string) []string { return strings.SplitAfter(text, ". ") }
		found, err := newFinder().Find(t.Context(), "mill", []Passage{
			{Part: "a", Names: "Hill Mill", Sentences: cut(text)}, {Part: "b", Names: "Hill Mill", Sentences: cut(edited)},
		})
		if err != nil {
			t.Fatal(err)
		}
		got := Kind("")
		if len(found) > 0 {
			got = found[0].Kind
		}
		if got != want || len(found) > 1 {
			t.Errorf("%v, not %q: %s", found, want, edited)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("how long", "The period is between 2 and 5 days.", "v7.4.2 isn't £5 a month - since 1 March 2021.", "A: b")
	f.Add("", "1) no 2-3 % 20:00 99999999999999999999 $", "not no never - 31/12/2020 12/31/2020 \xff", "")
	finder := newFinder()
	f.Fuzz(func(t *testing.T, question, one, other, names string) {
		passages := []Passage{{Part: "a", Names: names, Sentences: []string{one, other}}, {Part: "b", Sentences: []string{other, one}}}
		found, err := finder.Find(t.Context(), question, passages)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := finder.Find(t.Context(), question, passages)
		if diff := gocmp.Diff(found, again); diff != "" {
			t.Error(diff)
		}
		for _, c := range found {
			first := c.Sides[0]
			if len(c.Sides) != 2 || !strings.Contains(passages[first.Passage].Sentences[first.Sentence], c.About) {
				t.Errorf("%v", c)
			}
		}
	})
}

// BenchmarkFind has ten passages of twelve sentences on twelve things, each with a number of its own.
func BenchmarkFind(b *testing.B) {
	topics := strings.Fields("password mailbox invoice printer licence calendar parcel guarantee battery holiday salary badge")
	passages := make([]Passage, 10)
	for i := range passages {
		passages[i] = Passage{Part: fmt.Sprint(i), Names: "Questions of the office " + topics[i]}
		for j, topic := range topics {
			passages[i].Sentences = append(passages[i].Sentences, fmt.Sprintf(
				"Whoever asks %s about their %s gets an answer from %s within %d days of the %s, or later when the %s is away.",
				topics[(i+j)%12], topic, topics[(3*i+j)%12], i+j+2, topics[(7*i+5*j)%12], topics[(2*i+j+4)%12]))
		}
	}
	f := newFinder()
	for b.Loop() {
		if _, err := f.Find(b.Context(), "when is a password answered", passages); err != nil {
			b.Fatal(err)
		}
	}
}
