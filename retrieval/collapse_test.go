package retrieval

import (
	"strings"
	"testing"

	"footnote"
)

const returned = "you may send the kettle back within the usual period and we refund the price you paid to the card that " +
	"was used for the order as soon as the parcel has come in and was looked at by somebody at the bench in the usual way"

func TestNearDuplicatesCollapse(t *testing.T) {
	base := newKept(returned, footnote.Metadata{})
	same := []string{
		returned,
		strings.ReplaceAll(returned, " ", "\n"),
		strings.Replace(returned, "parcel", "package", 1),
		returned + ".",
	}
	for _, text := range same {
		if !base.repeatedBy(newKept(text, footnote.Metadata{})) {
			t.Errorf("not collapsed: %q", text)
		}
	}
}

func TestWhatDiffersInSubstanceStays(t *testing.T) {
	base := newKept(returned, footnote.Metadata{})
	different := map[string]string{
		"number":       strings.Replace(returned, "the usual period", "the 30 period", 1),
		"number word":  strings.Replace(returned, "the usual period", "the three period", 1),
		"date":         strings.Replace(returned, "the usual period", "the march period", 1),
		"negation":     strings.Replace(returned, "you may send", "you may not send", 1),
		"contraction":  strings.Replace(returned, "we refund", "we don't refund", 1),
		"version":      strings.Replace(returned, "the bench", "the v2 bench", 1),
		"name":         strings.Replace(returned, "the kettle", "the Tarn", 1),
		"price":        strings.Replace(returned, "the price", "the £5", 1),
		"other text":   "nothing of the above is said here and all of it is about something else entirely in the end",
		"much shorter": "you may send the kettle back",
	}
	for kind, text := range different {
		if base.repeatedBy(newKept(text, footnote.Metadata{})) {
			t.Errorf("a difference in %s was collapsed", kind)
		}
	}
	for kind, m := range map[string]footnote.Metadata{
		"product": {Products: []string{"tarn"}}, "product version": {Versions: []string{"2"}},
	} {
		if base.repeatedBy(newKept(returned, m)) {
			t.Errorf("a difference in %s was collapsed", kind)
		}
	}
}

func TestOrderOfTellingWordsMatters(t *testing.T) {
	a := newKept(strings.Replace(returned, "the kettle back within", "the Tarn back to Marta within", 1), footnote.Metadata{})
	b := newKept(strings.Replace(returned, "the kettle back within", "the Marta back to Tarn within", 1), footnote.Metadata{})
	if a.repeatedBy(b) {
		t.Error("who does what to whom was lost")
	}
}
