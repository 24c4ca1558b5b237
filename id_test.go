package footnote_test

import (
	"strings"
	"testing"

	"footnote"
)

func TestDocumentID(t *testing.T) {
	// Written down once: an id that changes loses every citation that was ever given out.
	if got := footnote.NewDocumentID("kb", "articles/1"); got != "doc_4im7foc5qssfv6sggkca2un33i" {
		t.Errorf("the id of a known record is %s", got)
	}
	seen := map[footnote.DocumentID]string{}
	for _, record := range [][2]string{{"kb", "a"}, {"kba", ""}, {"k", "ba"}, {"", "kba"}, {"kb", "A"}, {"kb", "a "}, {"kb", "a\x00"}, {"kb", "\xff"}} {
		id := footnote.NewDocumentID(record[0], record[1])
		if back, err := footnote.ParseDocumentID(string(id)); err != nil || back != id {
			t.Errorf("%s came back as %s: %v", id, back, err)
		}
		name := record[0] + "/" + record[1]
		if other, taken := seen[id]; taken {
			t.Errorf("%q and %q are one document", name, other)
		}
		seen[id] = name
	}
}

func TestParseDocumentIDRefuses(t *testing.T) {
	good := string(footnote.NewDocumentID("kb", "a"))
	last := good[len(good)-1:]
	for _, text := range []string{
		"", "doc_", good[4:], "DOC_" + good[4:], "doc_" + strings.ToUpper(good[4:]), good + "a", good[:len(good)-1], " " + good, good + "\n", good + "=",
		"doc_" + strings.Repeat("1", 26), "doc_" + strings.Repeat("a", 1<<16), strings.Replace(good, "doc_", "cit_", 1), "doc_../../../../etc/passwd", good[:len(good)-1] + "\x00",
		good[:len(good)-1] + string(last[0]+1), // another text for the same 16 bytes
	} {
		if id, err := footnote.ParseDocumentID(text); footnote.CodeOf(err) != footnote.CodeNotFound || id != "" {
			t.Errorf("%.60q was read as %s: %v", text, id, err)
		}
	}
}

func TestSHA256(t *testing.T) {
	if got := footnote.SHA256("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("got %s", got)
	}
}

func FuzzDocumentID(f *testing.F) {
	f.Add("doc_" + strings.Repeat("a", 26))
	f.Add(string(footnote.NewDocumentID("kb", "a")))
	f.Add("cit_x")
	f.Fuzz(func(t *testing.T, text string) {
		id, err := footnote.ParseDocumentID(text)
		if (err == nil) != (string(id) == text && text != "") || (err != nil && (id != "" || footnote.CodeOf(err) != footnote.CodeNotFound)) {
			t.Fatalf("%q gives %q and %v", text, id, err)
		}
		if err == nil && len(text) != 30 {
			t.Fatalf("%q names a document", text)
		}
	})
}
