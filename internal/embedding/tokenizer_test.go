package embedding

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"footnote/internal/shareddata"
)

func newTokenizer(tb testing.TB) *Tokenizer {
	tb.Helper()
	t, err := NewTokenizer(vocabulary)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// readGolden reads a list of golden cases and fails on an empty one.
func readGolden[T any](tb testing.TB, path string) []T {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var cases []T
	if err := json.Unmarshal(text, &cases); err != nil {
		tb.Fatal(err)
	}
	if len(cases) == 0 {
		tb.Fatalf("%s holds no cases", path)
	}
	return cases
}

type goldenTokens struct {
	Text string
	IDs  []int32
}

func checkTokens(t *testing.T, path string) {
	t.Helper()
	tokenizer := newTokenizer(t)
	for _, c := range readGolden[goldenTokens](t, path) {
		got := tokenizer.Append([]int32{}, c.Text, 1<<20)
		if diff := cmp.Diff(c.IDs, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.Text, diff)
		}
	}
}

func TestTokensEqualSample(t *testing.T) {
	checkTokens(t, filepath.Join("testdata", "tokens.json"))
}

func TestTokensEqualGolden(t *testing.T) {
	checkTokens(t, shareddata.Path(t, "model", "golden-tokens.json"))
}

// TestEdgesOfTokens compares odd texts with plain ones that must have the same tokens.
func TestEdgesOfTokens(t *testing.T) {
	tokenizer := newTokenizer(t)
	for _, c := range []struct{ name, text, same string }{
		{"control characters vanish inside words", "pass\x00wo\x7frd\u200b", "password"},
		{"broken UTF-8 vanishes", "pass\xffword \xc3", "password"},
		{"line and paragraph separators part words", "one\u2028two\u2029three", "one two three"},
		{"accents composed and apart", "Caf\u00e9 cafe\u0301", "CAFE cafe"},
		{"an accent after a sign", "a =\u0338 b", "a = b"},
		{"the dotted capital", "\u0130stanbul", "istanbul"},
		{"the Greek question mark is a semicolon", "one\u037etwo", "one ; two"},
		{"the Greek varia is a backtick", "one\u1fef two", "one ` two"},
		{"ideographs stand apart", "ab\u4e2d\u6587cd", "ab \u4e2d \u6587 cd"},
		{"punctuation in ASCII and beyond", "a-b\u2014c", "a - b \u2014 c"},
		{"a hundred characters are a word", strings.Repeat("a", 100), strings.Repeat("A", 100)},
		{"more than a hundred are unknown", strings.Repeat("a", 101), strings.Repeat("\u00e9", 101)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, want := tokenizer.Append(nil, c.text, 1000), tokenizer.Append(nil, c.same, 1000)
			if !slices.Equal(got, want) || len(got) == 0 {
				t.Errorf("tokens of %q are %v, of %q %v", c.text, got, c.same, want)
			}
		})
	}
	if got := tokenizer.Append(nil, strings.Repeat("a", 101), 10); !slices.Equal(got, []int32{tokenizer.unknown}) {
		t.Errorf("a word of 101 characters gives %v, want one unknown", got)
	}
	if got := tokenizer.Append(nil, strings.Repeat("a", 100), 200); slices.Contains(got, tokenizer.unknown) {
		t.Errorf("a word of 100 characters gives %v, want pieces", got)
	}
}

func TestAppendStopsAtLimit(t *testing.T) {
	tokenizer := newTokenizer(t)
	text := strings.Repeat("reset my password. ", 1000)
	all := tokenizer.Append(nil, text, 1<<20)
	if len(all) != 4000 {
		t.Fatalf("%d tokens, want 4,000", len(all))
	}
	for _, limit := range []int{0, 1, 254, 511, 512, 513, 3999, 4000} {
		got := tokenizer.Append([]int32{7}, text, limit)
		if !slices.Equal(got, append([]int32{7}, all[:limit]...)) {
			t.Errorf("limit %d gives %d tokens that are not the first ones", limit, len(got)-1)
		}
	}
}

func TestBlocksStopWhenTold(t *testing.T) {
	calls := 0
	newTokenizer(t).Blocks(strings.Repeat("reset my password. ", 1000), func(block []int32) bool {
		if calls++; len(block) > blockSize {
			t.Errorf("a block of %d tokens", len(block))
		}
		return calls < 2
	})
	if calls != 2 {
		t.Errorf("%d blocks after being told to stop at two", calls)
	}
}

func TestVocabularyIsChecked(t *testing.T) {
	for _, vocab := range []string{"", "a\nb", "[UNK]\na\na", "[UNK]\n\na", "[UNK]\n##a\n##a"} {
		if _, err := NewTokenizer(vocab); err == nil {
			t.Errorf("vocabulary %q is taken", vocab)
		}
	}
}

func FuzzTokenizer(f *testing.F) {
	for _, seed := range []string{"", "How do I reset my password?", "caf\u00e9 \u4e2d\u6587\u0301", "a\xff\u200b\U0001F600b", "\u1fef\u037e\u0338"} {
		f.Add(seed)
	}
	tokenizer := newTokenizer(f)
	f.Fuzz(func(t *testing.T, text string) {
		ids := tokenizer.Append(nil, text, 1<<30)
		if most := 4 * utf8.RuneCountInString(text); len(ids) > most {
			t.Errorf("%d tokens of a text of %d characters", len(ids), most/4)
		}
		for _, id := range ids {
			if id < 0 || int(id) >= tokenizer.Size() {
				t.Fatalf("token %d is not in the vocabulary", id)
			}
		}
		if again := tokenizer.Append(nil, text, 1<<30); !slices.Equal(ids, again) {
			t.Errorf("tokens differ from one call to the next: %v, %v", ids, again)
		}
		if apart := tokenizer.Append(tokenizer.Append(nil, text, 1<<30), "\n"+text, 1<<30); len(apart) != 2*len(ids) {
			t.Errorf("twice the text has %d tokens, once %d", len(apart), len(ids))
		}
	})
}
