package conflicts

import "strings"

// version is a named version: "v7.4.2", "version 5", "PowerShell 5.1", "Tarn 2".
type version struct {
	of, number string // of: the stem before it; "" for a number alone
	claimed    bool   // which version is what the sentence says: "since 7.4", "requires 5.1"
	at         int
}

// versions reads the versions of a sentence and marks their numbers as used. Numbers of steps, pages and the like are
// marked too, and tell nothing.
func versions(tokens []token) []version {
	var all []version
	for i := range tokens {
		t := &tokens[i]
		if t.used {
			continue
		}
		number := strings.TrimPrefix(t.lower, "v")
		if number == "" || number[0] < '0' || number[0] > '9' {
			continue
		}
		dotted := strings.Count(number, ".") > 1 || number != t.lower
		var before token
		if i > 0 && !tokens[i-1].closes {
			before = tokens[i-1]
		}
		switch {
		case labels[before.lower]:
			t.used = true
		case versionWords[before.lower]:
			t.used = true
			all = append(all, version{"", number, claimed(tokens, i-1), i})
		case dotted:
			t.used = true
			all = append(all, version{nameOf(before), number, claimed(tokens, i), i})
		case before.capital && i > 1 && before.stem != "" && plainVersion(tokens, i):
			t.used = true
			all = append(all, version{before.stem, number, claimed(tokens, i-1), i})
		}
	}
	return all
}

func nameOf(t token) string {
	if t.capital {
		return t.stem
	}
	return ""
}

// plainVersion reports whether a number behind a name is a version and no amount: short, and without a unit behind it.
func plainVersion(tokens []token, at int) bool {
	if strings.Trim(tokens[at].lower, "0123456789.") != "" || len(tokens[at].lower) > 5 {
		return false
	}
	if at+1 == len(tokens) || tokens[at].closes {
		return true
	}
	_, measured := measure(tokens[at+1].lower)
	return !measured && multiples[tokens[at+1].lower] == 0
}

// claimed reports whether a word before a version makes it what the sentence says.
func claimed(tokens []token, at int) bool {
	for i := max(0, at-4); i < at; i++ {
		if claiming[tokens[i].lower] {
			return true
		}
	}
	return false
}

var (
	versionWords = setOf("version versions release build edition revision")
	labels       = setOf("section step table figure page no number chapter line option error code article appendix question item part level tier case ticket")
	claiming     = setOf(`since from until requires require required needs need introduced removed deprecated minimum latest newest added supported
 supports support starting dropped ended fixed upgrade update runs run default`)
)

// comparable reports whether two versions can be of the same thing.
func (v version) comparable(other version) bool {
	return v.of == other.of || v.of == "" || other.of == ""
}

func (v version) equals(other version) bool { return v.number == other.number }
