package words

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type textCase struct{ name, text, want string }

func codeCases() []textCase {
	return []textCase{
		{"a number in hexadecimal", "error 0x80070005", "error 0x80070005 80070005"},
		{"a knowledge base number", "install KB5034441.", "instal kb5034441 kb 5034441"},
		{"a command", "run Get-ADUser", "run get-aduser get adus ad user"},
		{"a command in small letters", "run get-aduser", "run get adus"},
		{"a version", "since 7.4.2, not 7.4", "sinc 7.4.2 7 4 2 not 7.4 7 4"},
		{"a version with a v", "V7.4.2 or v8", "7.4.2 7 4 2 v8 8"},
		{"a network address", "ping 10.0.0.1:8080", "ping 10.0.0.1 10 0 0 1 8080"},
		{"an e-mail address", "<user@example.org>", "user@example.org example.org user exampl org"},
		{"a dotted name", "System.IO.File.", "system.io.file system io file"},
		{"a host", "https://docs.example.org/path", "https docs.example.org doc exampl org path"},
		{"a file", "web.config and node.js", "web.config web config node.js node js"},
		{"a name with underscores", "snake_case_name", "snake_case_name snake case name"},
		{"an error code", "ERR_CONNECTION_RESET!", "err_connection_reset err connect reset"},
		{"a part number", "order A-1023/B today", "order a-1023/b a-1023 1023 b today"},
		{"a standard", "ISO-8601 (E_4711), cve-2021-44228", "iso-8601 iso 8601 e_4711 e 4711 cve-2021-44228 cve 2021 44228"},
		{"signs after a name", "C++, C# and Notepad++; F#5", "c++ c c# c notepad++ notepad f 5"},
		{"a date", "2024-01-15 12/31/2024", "2024-01-15 2024 01 15 12/31/2024 12 31 2024"},
		{"a long number", "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000 550e8400 e29b 41d4 a716 446655440000"},
		{"words written together", "OutOfMemoryError getUser HTTPServer", "outofmemoryerror out memori error getus get user httpserver http server"},
		{"a decimal", "2.5 GB or 10GB", "2.5 2 5 gb 10gb 10 gb"},
		{"a code before letters of another script", "KB5034441版 v7.4.2。", "kb5034441 kb 5034441 版 7.4.2 7 4 2"},
		{"no code: hyphens", "well-known two-factor Coca-Cola state-of-the-art", "well known two factor coca cola state art"},
		{"no code: names", "JavaScript YouTube McDonald Smith-McDonald iPhone URLs", "javascript youtub mcdonald smith mcdonald iphon url"},
		{"no code: numbers in words", "a 30-day trial, 18-year-old, 4th-quarter, the 1990s, mid-2019, 1914-1918, 24/7", "30 day trial 18 year old 4th quarter 1990s mid 2019 1914 1918 24 7"},
		{"no code: slashes", "and/or he/she TCP/IP", "he she tcp ip"},
		{"no code: letters with stops", "e.g. the U.S. at 5 p.m.", "e g u s 5 p m"},
		{"no code: no space after a sentence", "in the end.The next one in 2019.Then 7.4.2.Next KB50.Please", "end next one 2019 then 7.4.2 7 4 2 next kb50 kb 50 pleas"},
		{"no code: signs at either end", "-x- _y_ .z. /w/ @q 7. +1 #5", "x y z w q 7 1 5"},
		{"no code: letters that are not ASCII go on", "foo_barä x7ü", "foo bara x7u"},
	}
}

func scriptCases() []textCase {
	return []textCase{
		{"Japanese and Chinese in pairs", "返品は30日以内 iPhone版", "返品 品は 30 日以 以内 iphon 版"},
		{"a long vowel", "サーバー ｻｰﾊﾞｰ", "サー ーハ ハー サー ーハ ハー"},
		{"Korean in pairs", "비밀번호를 변경 왜", "비밀 밀번 번호 호를 변경 왜"},
		{"Korean taken apart", "\u1107\u1175\u1106\u1175\u11af", "비밀"},
		{"Thai in pairs with their signs", "ที่นี่ดี", "ที่นี่ นี่ดี"},
		{"Lao, Khmer and Burmese", "ລາວ ខ្មែរ မြန်", "ລາ າວ ខ្មែ មែរ မြန်"},
		{"scripts part", "漢字한글abc", "漢字 한글 abc"},
		{"Persian joins within a word", "می\u200cخواهم", "میخواهم"},
		{"a soft hyphen", "pass\u00adword", "password"},
		{"Arabic without vowel signs", "مُحَمَّد كتـــاب أحمد", "محمد كتاب احمد"},
		{"Hebrew without points", "שָׁלוֹם", "שלום"},
		{"digits of other scripts", "٢٠٢٤ २०२४ ๒๐๒๔", "2024 2024 2024"},
		{"Hindi keeps its signs", "हिन्दी", "हिन्दी"},
		{"German, Polish and Turkish", "Straße Łódź İĞ", "straße łodz ig"},
	}
}

func TestCodesAndScripts(t *testing.T) {
	a := New()
	for _, c := range slices.Concat(codeCases(), scriptCases()) {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(a.Analyze(c.text), " "); got != c.want {
				t.Errorf("%q gives\n%q, want\n%q", c.text, got, c.want)
			}
		})
	}
}

func TestCodesAreBounded(t *testing.T) {
	a := New()
	for _, text := range []string{strings.Repeat("a_", 1<<20), strings.Repeat("a1", 1<<20), strings.Repeat("7.", 1<<20), strings.Repeat("aB", 1<<20)} {
		for _, term := range a.Analyze(text) {
			if len(term) > TermLimit {
				t.Fatalf("a term of %d bytes", len(term))
			}
		}
	}
}

// TestQuestionWeighsPartsLess holds that a code weighs as a whole, and its parts less unless they are asked for themselves.
func TestQuestionWeighsPartsLess(t *testing.T) {
	a := New()
	for text, want := range map[string][]Asked{
		"upgrade 7.4.2":        {{"upgrad", 1}, {"7.4.2", 1}, {"7", PartShare}, {"4", PartShare}, {"2", PartShare}},
		"get Get-ADUser user":  {{"get", 1}, {"get-aduser", 1}, {"adus", PartShare}, {"ad", PartShare}, {"user", 1}},
		"KB50344 again":        {{"kb50344", 1}, {"kb", PartShare}, {"50344", PartShare}, {"again", 1}},
		"well-known well":      {{"well", 1}, {"known", 1}},
		"mail ann@example.org": {{"mail", 1}, {"ann@example.org", 1}, {"example.org", PartShare}, {"ann", PartShare}, {"exampl", PartShare}, {"org", PartShare}},
		"the of":               nil,
	} {
		if diff := cmp.Diff(want, a.Question(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// FuzzNeighbours: white space parts terms from each other.
func FuzzNeighbours(f *testing.F) {
	for _, c := range slices.Concat(codeCases(), scriptCases()) {
		f.Add(c.text, "A-1023/B 返品 v7.4.2")
	}
	a := New()
	f.Fuzz(func(t *testing.T, left, right string) {
		if diff := cmp.Diff(append(a.Analyze(left), a.Analyze(right)...), a.Analyze(left+" "+right)); diff != "" {
			t.Errorf("%q beside %q (-apart +together):\n%s", left, right, diff)
		}
	})
}
