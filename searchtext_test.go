package footnote

import (
	"strings"
	"testing"
)

func TestUnstuffed(t *testing.T) {
	same := []string{
		"", "One sentence.", "The burr turns and the burr stops. The burr is steel. The burr is sharp. The burr is new.",
		"It was the best of times and the worst of times, the age of wisdom and the age of the fools and the rest.",
		"| 2021 | 14 |\n| 2022 | 14 |\n", "}\n}\n}\n", "1. Turn it off.\n2. Turn it on.\n", "yes\nno\nyes\n", "Version 7.4.2 is out. Version 7.4.3 is not.",
		"中文没有空格", "\xff\xfe",
	}
	for _, text := range same {
		if got := Unstuffed(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	for text, want := range map[string]string{
		"reset password reset password reset password reset password": "reset password",
		strings.Repeat("Reset, ", 9) + "it":                           "Reset, it",
		"Reset the password. Reset the password. Then wait.":          "Reset the password. \nThen wait.",
		"## Reset it now\n- reset it now\n3. Reset it now\nnext":      "## Reset it now\n\n\nnext",
	} {
		if got := Unstuffed(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		if got := Unstuffed(Unstuffed(text)); got != Unstuffed(text) {
			t.Errorf("%q is not settled: %q", text, got)
		}
	}
}
