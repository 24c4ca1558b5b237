package retrieval

import (
	"strings"
	"testing"
)

func TestFolded(t *testing.T) {
	texts := []string{"", "en", "EN", "En", "STRASSE", "straße", "ſtrasse", "Kelvin", "\u212aelvin", "É", "é", "e", "İ", "i", "I", "ı", "Ω", "\u2126", "ς", "Σ", "\xff", "\ufffd"}
	for _, a := range texts {
		for _, b := range texts {
			if same := Folded(a) == Folded(b); same != strings.EqualFold(a, b) {
				t.Errorf("%q and %q: the same folded is %v", a, b, same)
			}
		}
	}
}
