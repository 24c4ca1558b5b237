package retrieval

import (
	"testing"

	"pgregory.net/rapid"
)

func drawSignals(t *rapid.T) signals {
	unit := rapid.Float64Range(0, 1)
	return signals{
		cosine: rapid.Float64Range(-1, 1).Draw(t, "cosine"), meaning: rapid.Bool().Draw(t, "meaning"),
		worded: rapid.Bool().Draw(t, "worded"), terms: rapid.IntRange(0, 500).Draw(t, "terms"),
		lead: rapid.Float64Range(-1, 2).Draw(t, "lead"),
		reading: reading{
			held: unit.Draw(t, "held"), numbers: unit.Draw(t, "numbers"), near: unit.Draw(t, "near"), title: unit.Draw(t, "title"),
		},
	}
}

// TestConfidenceIsAProbabilityThatGoodSignsRaise: more of what speaks for a passage never makes it less likely.
func TestConfidenceIsAProbabilityThatGoodSignsRaise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSignals(t)
		before := s.confidence()
		if !(before > 0 && before < 1) {
			t.Fatalf("a probability of %v", before)
		}
		better := s
		more := rapid.Float64Range(0, 1).Draw(t, "more")
		switch rapid.IntRange(0, 4).Draw(t, "sign") {
		case 0:
			better.cosine += more
		case 1:
			better.held += more
		case 2:
			better.near += more
		case 3:
			better.numbers += more
		case 4:
			better.lead += more
		}
		if better.confidence() < before {
			t.Errorf("%+v has %v, %+v only %v", s, before, better, better.confidence())
		}
	})
}

func TestEveryWayToJudgeCanWithholdAndAnswer(t *testing.T) {
	for name, s := range map[string]signals{
		"both":    {meaning: true, worded: true, terms: 8},
		"meaning": {meaning: true},
		"words":   {worded: true, terms: 8},
	} {
		if c := s.confidence(); c >= AnswerThreshold {
			t.Errorf("%s: nothing speaks for it, and it has %v", name, c)
		}
		s.cosine, s.lead, s.reading = 0.9, 0.6, reading{held: 1, numbers: 1, near: 1, title: 1}
		if c := s.confidence(); c <= AnswerThreshold {
			t.Errorf("%s: everything speaks for it, and it has %v", name, c)
		}
	}
}

func TestTheCrowdIsWhatComesAfterTheFirstFew(t *testing.T) {
	var read []readable
	for i := range 12 {
		read = append(read, readable{scored: scored{score: float64(12 - i)}})
	}
	if mean, ok := crowd(read); !ok || mean != (8+7+6+5+4+3)/6.0 {
		t.Errorf("the crowd of twelve has %v, %v", mean, ok)
	}
	if mean, ok := crowd(read[:5]); !ok || mean != 8 {
		t.Errorf("the crowd of five has %v, %v", mean, ok)
	}
	if _, ok := crowd(read[:4]); ok {
		t.Error("four are a crowd")
	}
}
