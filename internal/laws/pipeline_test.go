package laws_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/connectors"
	"footnote/internal/embedding"
	"footnote/internal/volume"
	"footnote/retrieval"
)

// TestThePipelineIsBlind goes through every step of a search that could look at what the reader may not see, in worlds
// where looking would change what comes out: byte for byte, with three models.
func TestThePipelineIsBlind(t *testing.T) { whereExact(t, holdThePipelineIsBlind) }

func holdThePipelineIsBlind(t *testing.T, on backend) {
	t.Helper()
	small, err := embedding.NewMiniLM(embedding.MiniLMConfig{})
	must(t, err)
	models := []embedding.Embedder{bags{seed: 7}, embedding.NewStatic(), small}
	for _, with := range models[:on.share(len(models), len(models))] {
		for name, s := range sceneries() {
			if s.large && !on.onEveryStore() && !volume.Whole() {
				continue // a thousand texts take an index on a server too long for a quick run
			}
			t.Run(with.Model()+"/"+name, func(t *testing.T) {
				t.Parallel()
				if s.large && with == small {
					t.Skip("a thousand texts take this model too long; the other two are asked")
				}
				p := newPair(t, on, with)
				s.build(t, p)
				for n, question := range s.questions {
					for i, request := range ways(question) {
						if i%3 != 0 && !on.atHome() && !volume.Whole() {
							continue
						}
						if s.large && i%2 == 1 || with == small && n > 0 {
							continue // each way is taken in a small world, and each world by the quicker models
						}
						p.compare(t, request)
					}
					p.matters(t, retrieval.Request{Query: question, Arms: true, Limit: retrieval.MaxLimit, PerDocument: retrieval.MaxLimit})
				}
				if p.hits == 0 || p.prompts == 0 && !s.large || s.conflicts && p.conflicts > 0 {
					t.Errorf("%d hits and %d conflicts were compared", p.hits, p.conflicts)
				}
			})
		}
	}
}

// scenery is a world in which something is hidden that would matter.
type scenery struct {
	build     func(t *testing.T, p *pair)
	questions []string
	large     bool
	conflicts bool // the only conflicts are with what is hidden
}

func sceneries() map[string]scenery {
	return map[string]scenery{
		"parts of the same document": {build: hiddenParts, questions: []string{
			"how long does the warranty on burrs last", "what does error E4417 on the Kestrel 7.4.2 mean", "is the 2024 burr recall over",
		}},
		"contradictions": {build: hiddenContradictions, conflicts: true, questions: []string{
			"how many days after delivery may I return an order", "how long does the warranty on burrs last",
		}},
		"better duplicates": {build: hiddenDuplicates, questions: []string{"how do I descale the boiler of the Kestrel"}},
		"dates":             {build: hiddenDates, large: true, questions: []string{"how do I book a meeting room"}},
		"masses":            {build: hiddenMasses, large: true, questions: []string{"how do I book a meeting room for twelve people"}},
	}
}

// surroundings are some articles around which the hidden ones are put.
func surroundings(t *testing.T, p *pair) {
	t.Helper()
	t.Helper()
	for i, text := range []string{
		"The warranty on burrs is longer than that on motors. Keep the receipt of your order.",
		"An error on the display goes away when the Kestrel is switched off for a minute. Codes that begin with E are faults.",
		"Orders are delivered within four days. A parcel that was returned is inspected on arrival.",
		"The boiler of the Kestrel should be descaled. Use the powder and not vinegar.",
		"A recall of burrs was announced by letter. Whoever got no letter has nothing to do.",
		"Meeting rooms are on the second floor. The large one seats twelve people.",
	} {
		p.put(t, article(fmt.Sprintf("around-%d", i), seen(t), text))
	}
}

func hiddenParts(t *testing.T, p *pair) {
	t.Helper()
	surroundings(t, p)
	for i, text := range []string{
		"The warranty on burrs lasts two years from delivery.",
		"Error E4411 means that the hopper is open. It stands on the Kestrel 7.4.1 as well.",
		"The 2023 burr recall is over. New burrs were sent to everybody.",
		"The motor hums when it starts.",
	} {
		r := article(fmt.Sprintf("part-%d", i), seen(t), text)
		r.Kind = footnote.KindTicket
		r = hiding(t, r, "a-comment", "how long does the warranty on burrs last? what does error E4417 on the Kestrel 7.4.2 mean? is the 2024 burr recall over?")
		r = hiding(t, r, "z-comment", strings.Repeat("The warranty on burrs E4417 7.4.2 2024 recall. ", 40))
		p.put(t, r)
	}
}

func hiddenContradictions(t *testing.T, p *pair) {
	t.Helper()
	surroundings(t, p)
	for name, c := range map[string]struct{ open, closed string }{
		"orders": {"You may return an order within 30 days of delivery.", "You may return an order within 14 days of delivery."},
		"burrs":  {"The warranty on burrs lasts two years from delivery.", "The warranty on burrs lasts five years from delivery."},
	} {
		closed, open := article("rules of "+name, unseen(t), c.closed), article("notes on "+name, seen(t), c.open)
		p.put(t, closed, open, hiding(t, article("lunch and "+name, seen(t), "This is about something else, such as lunch."), "note", c.closed))
	}
}

// hiddenDuplicates has copies of one text: the best titled ones are hidden, right before and right behind the other.
func hiddenDuplicates(t *testing.T, p *pair) {
	t.Helper()
	surroundings(t, p)
	const text = "To descale the boiler of the Kestrel fill it with water and powder, wait for an hour, and rinse it with plenty of water afterwards."
	for i, title := range []string{"How do I descale the boiler of the Kestrel", "Care", "Descale the boiler"} {
		r := article(fmt.Sprintf("copy-%d", i), unseen(t), text)
		r.Title = title
		if i == 1 {
			r.ACL = seen(t)
		}
		p.put(t, r)
	}
}

// hiddenDates has many documents of which a hidden comment is new, in front of a few that are new themselves.
func hiddenDates(t *testing.T, p *pair) {
	t.Helper()
	tenDays, err := footnote.ParsePeriod("P10D")
	must(t, err)
	old := make([]connectors.Record, 260)
	for i := range old {
		old[i] = article(fmt.Sprintf("old-%03d", i), seen(t), "Book a meeting room: how do I book a meeting room on the phone.")
		old[i].ReviewEvery = tenDays
		old[i].Parts[0].Content += fmt.Sprintf(" This is way %d.", i)
	}
	p.put(t, old...)
	p.advance(2 * time.Hour)
	for i := range old {
		old[i] = hiding(t, old[i], "comment", fmt.Sprintf("Seen by %d.", i))
	}
	p.put(t, old...)
	for i := range 46 {
		text := fmt.Sprintf("Meeting %d is held in another room, as the book of the house says.", i+2)
		if i >= 43 {
			text = fmt.Sprintf("On day %d there was tea and cake for all. How do I book a meeting room was what they asked.", i)
		}
		p.put(t, article(fmt.Sprintf("new-%02d", i), seen(t), text))
	}
	p.advance(10*24*time.Hour - time.Hour) // what may be seen of the old ones is due, and their comments are not
}

// hiddenMasses has thousands of passages that answer better, before and after the few that may be seen.
func hiddenMasses(t *testing.T, p *pair) {
	t.Helper()
	crowd := func(from int) {
		var records []connectors.Record
		for i := range 1200 {
			r := article(fmt.Sprintf("mass-%d", from+i), unseen(t), fmt.Sprintf("How do I book a meeting room for twelve people? Book room %d by phone.", from+i))
			r.Title = "How do I book a meeting room for twelve people"
			records = append(records, r)
		}
		for some := range slices.Chunk(records, 400) {
			p.put(t, some...)
		}
	}
	crowd(0)
	surroundings(t, p)
	for i := range 90 {
		r := article(fmt.Sprintf("few-%d", i), seen(t), fmt.Sprintf("Room %d can be booked. People of team %d meet there.", i, i%7))
		if i%9 == 0 {
			r = hiding(t, r, "comment", "How do I book a meeting room for twelve people?")
		}
		p.put(t, r)
	}
	crowd(5000)
}

// TestFiltersAreAskedAgain has an index that ignores filters, and a document of which only a hidden comment is new.
func TestFiltersAreAskedAgain(t *testing.T) { everywhere(t, holdFiltersAreAskedAgain) }

func holdFiltersAreAskedAgain(t *testing.T, on backend) {
	t.Helper()
	p := newPair(t, on, embedding.NewStatic())
	old := article("old", seen(t), "The lantern hangs in the hall.")
	p.put(t, old)
	p.advance(2 * time.Hour)
	p.put(t, hiding(t, old, "comment", "Seen."), article("new", seen(t), "The lantern hangs in the cellar."))
	p.full.over(t, func(index retrieval.Index) retrieval.Index { return open{index} })
	request := wide(question)
	request.Filter.UpdatedAfter = start.Add(time.Hour)
	found, err := p.full.search.Search(t.Context(), p.ana, request)
	must(t, err)
	if len(found.Hits) != 1 || found.Hits[0].Document.ExternalID != "new" {
		t.Errorf("%d hits pass", len(found.Hits))
	}
}
