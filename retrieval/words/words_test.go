package words

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestAnalyze(t *testing.T) {
	a := New()
	for _, c := range []struct{ name, text, want string }{
		{"stems in lower case", "Resetting PASSWORDS securely", "reset password secur"},
		{"stop words go before stemming", "How do I reset it? Being here, its having", "reset be here it have"},
		{"apostrophes part", "don't users’ rights", "don t user right"},
		{"accents composed and apart", "Café Ångström CAFE\u0301", "cafe angstrom cafe"},
		{"full width, ligatures, signs", "Ｐａｓｓ １２ ﬁle \u212a", "pass 12 file k"},
		{"the dotted capital and the final sigma", "İstanbul ΛΌΓΟΣ λόγος", "istanbul λογοσ λογοσ"},
		{"other scripts stay whole", "Восстановление пароля हिन्दी العربية", "восстановление пароля हिन्दी العربية"},
		{"broken UTF-8 and emoji part", "pass\xffword 😀x", "pass word x"},
		{"an accent alone is nothing", "\u0301 \u0301\u0302", ""},
		{"nothing", "", ""},
		{"signs", " \t\n--- ½ ② \x00", ""},
		{"the reference's edition of the stems", "added internal organization emergency universities biologists", "add internal organiz emergenc universiti biolog"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range 2 { // the second time from memory
				if got := strings.Join(a.Analyze(c.text), " "); got != c.want {
					t.Errorf("%q gives %q, want %q", c.text, got, c.want)
				}
			}
		})
	}
}

func TestStopWordsAreTheReferences(t *testing.T) {
	const list = "a an and are as at be by can do does for from has have how i in is it my of on or that the this to " +
		"was were what which with"
	if terms := New().Analyze(strings.ToUpper(list)); len(terms) != 0 {
		t.Errorf("stop words give the terms %q", terms)
	}
	for _, word := range []string{"not", "no", "you", "if", "when", "will", "about", "where", "who"} {
		if terms := New().Analyze(word); len(terms) != 1 {
			t.Errorf("%q gives the terms %q, want one: it is not on the list", word, terms)
		}
	}
}

func TestLongWordsAreCut(t *testing.T) {
	a := New()
	for _, c := range []struct{ text, want string }{
		{strings.Repeat("a", 64), strings.Repeat("a", 64)},
		{strings.Repeat("a", 65), strings.Repeat("a", 64)},
		{strings.Repeat("x", 10<<20), strings.Repeat("x", 64)},
		{"a" + strings.Repeat("ж", 100), "a" + strings.Repeat("ж", 31)},
		{strings.Repeat("ж", 32) + "ab", strings.Repeat("ж", 32)},
		{"a" + strings.Repeat("ж", 32) + "b", "a" + strings.Repeat("ж", 31)},
	} {
		got := a.Analyze(c.text + " end")
		if diff := cmp.Diff([]string{c.want, "end"}, got); diff != "" {
			t.Errorf("terms of a word of %d bytes (-want +got):\n%s", len(c.text), diff)
		}
	}
}

// TestWordsThatShareAPlaceKeepTheirTerms analyses more words than there are places.
func TestWordsThatShareAPlaceKeepTheirTerms(t *testing.T) {
	a := New()
	for i := range 2 * cacheSlots {
		want := "w" + strconv.Itoa(i)
		if got := a.Analyze(want); !slices.Equal(got, []string{want}) {
			t.Fatalf("%q gives %q", want, got)
		}
	}
}

func TestMemoryIsBoundedAndShared(t *testing.T) {
	a := New()
	if got := len(a.cache); got != cacheSlots {
		t.Fatalf("%d places, want %d", got, cacheSlots)
	}
	want := New().Analyze(sample)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 50 {
				if got := a.Append(nil, sample); !slices.Equal(got, want) {
					t.Error("terms differ between goroutines")
				}
			}
		})
	}
	wait.Wait()
	if allocations := testing.AllocsPerRun(100, func() { a.Each(sample, func(string) {}) }); allocations >= 1 {
		t.Errorf("%v allocations for remembered words, want none", allocations)
	}
}

func FuzzAnalyze(f *testing.F) {
	for _, seed := range []string{"", "How do I reset my passwords?", "café\u0301 返品 ﷺ", "\xff'yyy's ying", strings.Repeat("a", 70)} {
		f.Add(seed)
	}
	for _, c := range slices.Concat(codeCases(), scriptCases()) {
		f.Add(c.text)
	}
	shared := New()
	f.Fuzz(func(t *testing.T, text string) {
		terms := shared.Analyze(text)
		if len(terms) > len(text) {
			t.Errorf("%d terms of %d bytes", len(terms), len(text))
		}
		for _, term := range terms {
			if term == "" || len(term) > TermLimit || !utf8.ValidString(term) {
				t.Errorf("term %q", term)
			}
		}
		if fresh := New().Analyze(text); !slices.Equal(fresh, terms) {
			t.Errorf("terms %q, from an empty memory %q", terms, fresh)
		}
		asked := map[string]bool{}
		for _, q := range shared.Question(text) {
			if asked[q.Stem] || q.Share != 1 && q.Share != PartShare || !slices.Contains(terms, q.Stem) {
				t.Errorf("asked %+v of the terms %q", q, terms)
			}
			asked[q.Stem] = true
		}
		if twice := shared.Analyze(text + "\n" + text); !slices.Equal(twice, append(slices.Clone(terms), terms...)) {
			t.Errorf("terms %q, of the text twice %q", terms, twice)
		}
	})
}

// sample is about 200 words of the kind a help centre holds.
var sample = strings.Repeat("To reset your password, open Settings and choose Security. "+
	"A link valid for 30 minutes is sent to the e-mail address of your account; administrators may revoke sessions. ", 8)

func BenchmarkEach(b *testing.B) {
	a := New()
	a.Each(sample, func(string) {})
	b.SetBytes(int64(len(sample)))
	b.ReportAllocs()
	for b.Loop() {
		a.Each(sample, func(string) {})
	}
}

// TestStemsBeginAsTheirWords is what eachAsked rests on.
func TestStemsBeginAsTheirWords(t *testing.T) {
	a, checked := New(), 0
	words := slices.Collect(maps.Keys(NewReference().shares()))
	for word := range a.exceptions {
		words = append(words, word)
	}
	for _, ending := range []string{"", "s", "es", "ing", "ed", "ly", "ies", "ization", "yy", "ological"} {
		for _, word := range words {
			word += ending
			if stem := a.stem(word); stem == "" || stem[0] != word[0] {
				t.Errorf("the stem %q begins otherwise than its word %q", stem, word)
			}
			checked++
		}
	}
	if checked < 100_000 {
		t.Errorf("only %d terms", checked)
	}
}

func TestNoStopWordIsLongerThanTheLongest(t *testing.T) {
	longest := 0
	for word := range stopWords() {
		longest = max(longest, len(word))
	}
	if longest != longestStop {
		t.Errorf("the longest stop word has %d bytes, not %d", longest, longestStop)
	}
}

func FuzzAskedTerms(f *testing.F) {
	for _, c := range slices.Concat(codeCases(), scriptCases()) {
		f.Add(c.text, "rks0返")
	}
	a := New()
	f.Fuzz(func(t *testing.T, text, begins string) {
		var wanted [256]bool
		for i := range len(begins) {
			wanted[begins[i]] = true
		}
		var got, want []Read
		a.eachAsked(text, &wanted, func(term string, part bool) { got = append(got, Read{term, part}) })
		for _, read := range a.Read(text) {
			if !wanted[read.Term[0]] {
				read.Term = ""
			}
			want = append(want, read)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	})
}
