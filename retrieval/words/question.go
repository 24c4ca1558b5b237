package words

// PartShare is what a part of a code weighs in a question that holds the code as a whole: with it the parts of 7.4.2 that
// stand scattered in a text do not outweigh the text that says 7.4.2, and a text that says 7.4 still tells a little.
const PartShare = 0.25

// Term is a stem of a question and its weight: its idf, of which the parts of codes have a share.
type Term struct {
	Stem string
	IDF  float64
}

// Asked is a term of a question and the share of its idf that it weighs.
type Asked struct {
	Stem  string
	Share float64
}

// Question returns the terms of a question, each once, in the order in which they first come. All weigh in full but those
// that occur only as parts of codes.
func (a *Analyzer) Question(text string) []Asked {
	var asked []Asked
	places := map[string]int{}
	a.each(text, func(term string, part bool) {
		share := 1.0
		if part {
			share = PartShare
		}
		at, known := places[term]
		if !known {
			at = len(asked)
			places[term] = at
			asked = append(asked, Asked{Stem: term})
		}
		asked[at].Share = max(asked[at].Share, share)
	})
	return asked
}
