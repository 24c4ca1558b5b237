package conflicts

import (
	"slices"
	"strings"
)

// asked is a question: its words with their weights, and whether it asks for one name.
type asked struct {
	weights map[string]float64
	weight  float64
	one     bool
}

func (s *search) ask(question string) {
	s.asked = asked{weights: map[string]float64{}}
	one, sort := asksForOne(strings.Fields(strings.ToLower(question)))
	s.asked.one = one && !strings.ContainsAny(question, "0123456789") // who it was in one year is no reply for another
	s.words.Each(question, func(stem string) {
		if _, known := s.asked.weights[stem]; !known {
			s.asked.weights[stem] = s.reference.IDF(stem, 0, 0)
			s.asked.weight += s.asked.weights[stem]
		}
	})
	s.asked.weight -= s.asked.weights[s.stem(sort)]
}

// asksForOne reports whether a question asks for a name, and not for several: its first words say so. sort is the word
// for what is named, as in "which city"; or the asking word itself: a reply need not repeat it.
func asksForOne(question []string) (one bool, sort string) {
	const first = 3
	for i, word := range question[:min(first, len(question))] {
		switch word {
		case "who", "whom", "whose", "where":
			return true, word
		case "which", "what":
			if i+1 == len(question) || question[i+1] == "is" || question[i+1] == "was" {
				return true, ""
			}
			return !strings.HasSuffix(question[i+1], "s"), question[i+1]
		}
	}
	return false, ""
}

// relate says how a claim stands to the question.
func (s *search) relate(c *claim) {
	title := s.contexts[c.passage].words
	var found []string
	said := 0.0
	for i, t := range c.tokens {
		weight, there := s.asked.weights[t.stem]
		if t.stem == "" || !there || slices.Contains(found, t.stem) {
			continue
		}
		found = append(found, t.stem)
		if !t.capital || i == 0 && (len(c.tokens) == 1 || !c.tokens[1].capital) {
			c.replied = append(c.replied, t.stem)
		}
		if !title[t.stem] {
			said += weight
		}
	}
	for _, t := range s.contexts[c.passage].once {
		said += s.asked.weights[t]
	}
	c.asked = len(found) > 0
	c.cover = said / max(s.asked.weight, 1)
}
