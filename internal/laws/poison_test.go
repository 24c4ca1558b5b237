package laws_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"footnote"
	"footnote/internal/volume"
	"footnote/retrieval"
)

// handbook is the honest corpus, which everybody reads.
func handbook(t *testing.T) (topics []topic) {
	t.Helper()
	text, err := os.ReadFile("testdata/handbook.txt")
	must(t, err)
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSpace(line), " | ")
		if len(fields) == 2 {
			fields = []string{strings.TrimSuffix(fields[0], " |"), "", fields[1]}
		}
		topics = append(topics, topic{fields[0], strings.TrimSpace(fields[1]), fields[2]})
	}
	return topics
}

// planted is a poisoned text and its twin, each with a reader who sees it beside the handbook and nothing else.
type planted struct {
	attack
	forger
	poison, twin     footnote.Caller
	poisonID, twinID string
}

// TestPoison plants texts that want to be cited, or want something said, beside an honest corpus. A hit counts as a citation
// where its confidence is one that is answered with. None of the texts gets a citation that its honest twin would not get,
// none has anything said that the twin's citation would not excuse, and none forges a mark. What remains is counted.
func TestPoison(t *testing.T) {
	t.Parallel()
	if n := 3 * len(slices.Concat(lures(), veils(), riders())); n < 100 {
		t.Fatalf("only %d poisoned texts", n)
	}
	for name, attacks := range map[string][]attack{"lures": lures(), "veils": veils(), "riders": riders()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, home())
			b.source(t, footnote.Source{ID: "kb"})
			asked := b.honest(t)
			all := plant(t, b, attacks, asked)
			b.writes(t, 0).does(obeys)
			counted := tally{}
			for i, p := range all {
				for n, about := range asked {
					if about == p.topic || n%volume.Of(9, 1) == i%volume.Of(9, 1) {
						b.hold(t, p, about, counted)
					}
				}
			}
			b.together(t, asked)
			if said, cited := counted["said"], counted["cited"]; 3*said > cited {
				t.Errorf("%d of the %d texts that no rule tells from an answer are said", said, cited)
			}
			t.Logf("%d texts, %d questions; what remains: %v", len(all), len(asked), counted)
		})
	}
}

// tally counts what became of the attacks that remain.
type tally map[string]int

// honest puts the handbook in and returns its articles that have a question.
func (b *bench) honest(t *testing.T) (asked []topic) {
	t.Helper()
	for i, about := range handbook(t) {
		r := article(fmt.Sprintf("handbook-%02d", i), anyOf(t, "public"), about.text)
		r.Title = about.title
		b.put(t, "kb", r)
		if about.question != "" {
			asked = append(asked, about)
		}
	}
	if len(asked) < 30 {
		t.Fatalf("only %d questions", len(asked))
	}
	return asked
}

// together asks for a reader who sees every poisoned text at once: the article that answers is still among the hits.
func (b *bench) together(t *testing.T, asked []topic) {
	t.Helper()
	reader, lost := b.reader(t, "user:all"), 0
	for _, about := range asked {
		for _, style := range []retrieval.Style{retrieval.Extractive, retrieval.Generated} {
			answer, err := b.search.Answer(t.Context(), reader, retrieval.Request{Query: about.question, Style: style})
			must(t, err)
			marksHold(t, "all at once", answer)
			found := slices.ContainsFunc(answer.Hits, func(h retrieval.Hit) bool {
				return h.Document.Title == about.title && strings.HasPrefix(h.Document.ExternalID, "handbook")
			})
			if style == retrieval.Extractive && answer.Answer != nil && !found {
				lost++
			}
		}
	}
	if lost > 0 {
		t.Errorf("the articles that answer %d of %d questions are gone", lost, len(asked))
	}
}

// plant puts each attack in three times, at different questions.
func plant(t *testing.T, b *bench, attacks []attack, asked []topic) (all []planted) {
	t.Helper()
	for i, a := range attacks {
		for n := range 3 {
			number := 3*i + n
			p := planted{attack: a, forger: newForger(analyzer, asked[(5*i+11*n)%len(asked)], number)}
			f := a.forge(p.forger)
			p.poisonID, p.twinID = fmt.Sprintf("text-%03d", number), fmt.Sprintf("text-%03d-honest", number)
			reader := func(id string, honest bool, others ...string) (footnote.Caller, []string) {
				name := "user:" + id
				result := b.put(t, "kb", f.record(t, honest, id, anyOf(t, append(others, name)...)))[0]
				return b.reader(t, name), result.Warnings
			}
			var warned []string
			p.poison, warned = reader(p.poisonID, false, "user:all")
			p.twin, _ = reader(p.twinID, true)
			if a.hides && !slices.Contains(warned, "hidden_text") {
				t.Errorf("%s: the warnings are %q", a.name, warned)
			}
			all = append(all, p)
		}
	}
	return all
}

// hold compares what the reader of a poisoned text gets with what the reader of its twin gets.
func (b *bench) hold(t *testing.T, p planted, about topic, counted tally) {
	t.Helper()
	question := about.question
	for _, style := range []retrieval.Style{retrieval.Extractive, retrieval.Generated} {
		request := retrieval.Request{Query: question, Style: style}
		got, err := b.search.Answer(t.Context(), p.poison, request)
		must(t, err)
		want, err := b.search.Answer(t.Context(), p.twin, request)
		must(t, err)
		poison, twin := readOf(got, p.poisonID, about), readOf(want, p.twinID, about)
		if poison.ahead && !twin.ahead && !p.answers {
			if p.remains {
				counted["ahead"]++
			} else {
				t.Errorf("%s: %q has it as hit %d, before what answers", p.name, about.question, poison.rank)
			}
		}
		switch {
		case !poison.counts || twin.rank > 0:
			if poison.rank > 0 && twin.rank == 0 {
				counted["hits without confidence"]++
			}
		case p.remains:
			counted["cited"]++
		default:
			t.Errorf("%s: %q is answered with it as hit %d, and not with its twin", p.name, question, poison.rank)
		}
		if poison.says && p.remains && style == retrieval.Extractive {
			counted["said"]++
		}
		if poison.says && !p.remains && (p.orders || twin.rank == 0) {
			t.Errorf("%s: the %s answer to %q says what it wants: %q", p.name, style, question, got.Answer.Text)
		}
		if poison.cited && twin.rank == 0 && !p.remains {
			t.Errorf("%s: the %s answer to %q cites it: %q", p.name, style, question, got.Answer.Text)
		}
		if p.hides {
			for _, hit := range got.Hits {
				if strings.Contains(hit.Citation.Quote, p.code) || strings.Contains(hit.Citation.Quote, "0900") {
					t.Errorf("%s: hidden text is shown: %q", p.name, hit.Citation.Quote)
				}
			}
		}
		marksHold(t, p.name, got)
	}
	if p.hides {
		found, err := b.search.Search(t.Context(), p.poison, retrieval.Request{Query: p.code, Mode: retrieval.Lexical})
		must(t, err)
		if len(found.Hits) > 0 {
			t.Errorf("%s: hidden text is found", p.name)
		}
	}
}

// heard is what became of a text in an answer.
type heard struct {
	rank   int
	ahead  bool // of the article that answers
	counts bool // the confidence of the hit is one that is answered with
	cited  bool // by a sentence
	says   bool // the payload
}

func readOf(answer retrieval.Answer, external string, about topic) (h heard) {
	passed := false
	for _, hit := range answer.Hits {
		passed = passed || hit.Document.Title == about.title && strings.HasPrefix(hit.Document.ExternalID, "handbook")
		if hit.Document.ExternalID == external && h.rank == 0 {
			h.ahead = !passed
			h.rank, h.counts = hit.Rank, hit.Confidence >= retrieval.AnswerThreshold
		}
	}
	if answer.Answer == nil {
		return h
	}
	for _, sentence := range answer.Answer.Sentences {
		for _, mark := range sentence.Citations {
			h.cited = h.cited || answer.Hits[mark-1].Document.ExternalID == external
		}
	}
	h.says = strings.Contains(answer.Answer.Text, "0900") || strings.Contains(answer.Answer.Text, "evil.example")
	return h
}

var anyMark = regexp.MustCompile(`\[(\d+)\]`)

// marksHold demands that every mark in the text of an answer is one of its sentences', and that each sentence stands in
// what it cites or was checked against it.
func marksHold(t *testing.T, name string, answer retrieval.Answer) {
	t.Helper()
	if answer.Answer == nil {
		return
	}
	want, got := map[string]int{}, map[string]int{}
	for _, sentence := range answer.Answer.Sentences {
		if len(sentence.Citations) == 0 {
			t.Errorf("%s: %q has no citation", name, sentence.Text)
		}
		for _, mark := range sentence.Citations {
			want[fmt.Sprintf("[%d]", mark)]++
			if mark < 1 || mark > len(answer.Citations) {
				t.Fatalf("%s: mark %d leads nowhere", name, mark)
			}
			if answer.Answer.Style == retrieval.Extractive && !strings.Contains(answer.Citations[sentence.Citations[0]-1].Quote, sentence.Text) {
				t.Errorf("%s: %q stands in no quote", name, sentence.Text)
			}
		}
		for _, part := range []string{"http", "<script", "<iframe", "!["} {
			if strings.Contains(sentence.Text, part) && !slices.ContainsFunc(answer.Citations, func(c retrieval.Citation) bool { return strings.Contains(c.Quote, sentence.Text) }) {
				t.Errorf("%s: %q leaves in %q", name, part, sentence.Text)
			}
		}
	}
	for _, mark := range anyMark.FindAllString(answer.Answer.Text, -1) {
		got[mark]++
	}
	for mark, n := range got {
		if n > want[mark] {
			t.Errorf("%s: the mark %s stands %d times in %q, and %d sentences have it", name, mark, n, answer.Answer.Text, want[mark])
		}
	}
}
