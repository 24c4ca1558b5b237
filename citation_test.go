package footnote_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"footnote"
)

func place(change func(*footnote.Place)) footnote.Place {
	p := footnote.Place{Document: footnote.NewDocumentID("kb", "a"), Part: "body", Version: 3, Start: 812, End: 1204}
	change(&p)
	return p
}

func same(*footnote.Place) {}

func TestPlaceRoundTrip(t *testing.T) {
	seen := map[string]footnote.Place{}
	for _, p := range []footnote.Place{
		place(same),
		place(func(p *footnote.Place) { p.Start, p.End = 0, 1 }),
		place(func(p *footnote.Place) { p.End = 1 << 40 }),
		place(func(p *footnote.Place) { p.Version = 1 }),
		place(func(p *footnote.Place) { p.Part = "comment-17/ä 💡" }),
		place(func(p *footnote.Place) { p.Part = strings.Repeat("p", footnote.MaxPartKeyBytes) }),
		place(func(p *footnote.Place) { p.Document = footnote.NewDocumentID("kb", "b") }),
		place(func(p *footnote.Place) { p.Start, p.End = 127, 128 }),
		place(func(p *footnote.Place) { p.Start, p.End = 128, 16384 }),
	} {
		id := p.ID()
		back, err := footnote.ParsePlace(id)
		if err != nil || back != p {
			t.Errorf("%+v came back as %+v: %v", p, back, err)
		}
		if other, taken := seen[id]; taken {
			t.Errorf("%+v and %+v have one id", p, other)
		}
		seen[id] = p
		if strings.ContainsAny(id, "+/=") || !strings.HasPrefix(id, "cit_") {
			t.Errorf("%s does not go into an address", id)
		}
	}
}

func TestParsePlaceRefuses(t *testing.T) {
	packed := func(rest ...byte) string {
		return "cit_" + base64.RawURLEncoding.EncodeToString(append(make([]byte, 16), rest...))
	}
	if _, err := footnote.ParsePlace(packed(1, 0, 1, 'b')); err != nil {
		t.Fatal("the smallest place is refused")
	}
	good := place(same).ID()
	for name, id := range map[string]string{
		"empty": "", "prefix alone": "cit_", "no prefix": good[4:], "another prefix": "doc_" + good[4:], "padded": good + "=", "a line end": good + "\n",
		"cut": good[:20], "not base64": "cit_!!!", "document alone": packed(), "no numbers": packed(1), "no end": packed(1, 0), "no part": packed(1, 0, 1),
		"version 0": packed(0, 0, 1, 'b'), "nothing quoted": packed(1, 5, 5, 'b'), "backwards": packed(1, 6, 5, 'b'),
		"a longer way to write 1":   packed(0x81, 0x00, 0, 1, 'b'),
		"a number beyond all texts": packed(1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 'b'),
		"a number that overflows":   packed(1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 'b'),
		"a number without end":      packed(1, 0, 0xff, 0xff),
		"control in the part":       packed(1, 0, 1, '\n'), "C1 control in the part": packed(1, 0, 1, 0xc2, 0x85), "not UTF-8": packed(1, 0, 1, 0xff),
		"a long part": packed(append([]byte{1, 0, 1}, make([]byte, 300)...)...), "huge": "cit_" + strings.Repeat("A", 1<<20),
		"bits beyond the last byte": place(func(p *footnote.Place) { p.Part = "bod" }).ID() + "B",
	} {
		if p, err := footnote.ParsePlace(id); footnote.CodeOf(err) != footnote.CodeNotFound || p != (footnote.Place{}) {
			t.Errorf("%s was read as %+v: %v", name, p, err)
		}
	}
}

func TestCitation(t *testing.T) {
	c := footnote.Citation{Place: place(same), Quote: "abc"}
	if c.ID() != c.Place.ID() || c.SHA256() != footnote.SHA256("abc") {
		t.Errorf("%s %s", c.ID(), c.SHA256())
	}
}

func TestValidPartKey(t *testing.T) {
	for key, want := range map[string]bool{
		"body": true, "comment 17": true, "ä": true, strings.Repeat("a", 200): true,
		"": false, strings.Repeat("a", 201): false, "a\x00": false, "a\tb": false, "a\x7f": false, "a\u009f": false, "\xff": false,
	} {
		if got := footnote.ValidPartKey(key); got != want {
			t.Errorf("%q: %t", key, got)
		}
	}
}

func FuzzPlace(f *testing.F) {
	f.Add(place(same).ID())
	f.Add("cit_AAAAAAAAAAAAAAAAAAAAAAEAAWI")
	f.Add("cit_AAAAAAAAAAAAAAAAAAAAAIEAAAFi")
	f.Fuzz(func(t *testing.T, id string) {
		p, err := footnote.ParsePlace(id)
		if err != nil {
			if p != (footnote.Place{}) || footnote.CodeOf(err) != footnote.CodeNotFound {
				t.Fatalf("%q gives %+v and %v", id, p, err)
			}
			return
		}
		if p.ID() != id || p.Version < 1 || p.Start < 0 || p.Start >= p.End || !footnote.ValidPartKey(p.Part) {
			t.Fatalf("%q was read as %+v", id, p)
		}
		if _, err := footnote.ParseDocumentID(string(p.Document)); err != nil {
			t.Fatalf("%q names no document: %s", id, p.Document)
		}
	})
}
