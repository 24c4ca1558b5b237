package text

import (
	"strings"
	"testing"
)

func TestStyleRulesHide(t *testing.T) {
	const secret = "an order to a model"
	cases := []struct {
		rules string
		want  bool
	}{
		{".x { display: none }", true},
		{".X{DISPLAY:NONE}", true},
		{"/* .y{} */ .x{visibility:hidden}", true},
		{"aside.x{opacity:0}", true},
		{"p.x{opacity:0}", false},
		{".z.x#i{opacity:0}", true},
		{".z.y{opacity:0}", false},
		{"#i{font-size:0}", true},
		{"aside{position:absolute;left:-9999px}", true},
		{"h1,.x{display:none}", true},
		{"body main .x{display:none}", true},
		{"@media screen { .x{display:none} }", true},
		{"@media print { .x{display:none} .y{color:red} }", false},
		{".y{display:none}", false},
		{".x:hover{display:none}", false},
		{".x{color:white}", false},
		{"div aside{display:none}", false},
		{".x{display:block", false},
		{"}}{{.x", false},
		{"@media print{.x{display:none}} .x{ display : none ; }", true},
	}
	for _, c := range cases {
		rules, want := c.rules, c.want
		page := "<style>" + rules + "</style><p>Seen before.</p><aside class='z x' id=i>" + secret + "</aside><p>Seen after.</p>"
		got, err := Read(HTML, page)
		if err != nil {
			t.Fatal(err)
		}
		if hidden := !strings.Contains(got.Body, secret); hidden != want {
			t.Errorf("%s: hidden is %v", rules, hidden)
		}
		if !strings.Contains(got.Body, "Seen before.") || !strings.Contains(got.Body, "Seen after.") {
			t.Errorf("%s: what is seen is gone: %q", rules, got.Body)
		}
		if want && !got.Suspicious() {
			t.Errorf("%s: hidden text is not named", rules)
		}
	}
}
