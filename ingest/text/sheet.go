package text

import (
	"slices"
	"strings"
)

// maxSheet bounds what is read of a page's style rules.
const maxSheet = 256 << 10

// The bounds of what is looked at for each element.
const (
	maxRules   = 200
	maxClasses = 64
)

// sheet is how a page's own style rules hide elements: by name ("p"), class (".note") or id ("#top"), or several of them
// together ("p.note"). Of a selector with several steps the last one counts, unless it is a bare name. Colours are not
// looked at: a rule elsewhere may well give the ground they stand on.
type sheet struct {
	rules []hiding
	size  int
}

// hiding is a rule: elements that are all of these are hidden.
type hiding struct {
	all  []string
	kind HiddenKind
}

// read takes in the text of a style element.
func (s *sheet) read(css string) {
	if s.size += len(css); s.size > maxSheet {
		return
	}
	css = withoutComments(css)
	for {
		selectors, rest, found := strings.Cut(css, "{")
		if !found {
			return
		}
		if group := strings.TrimSpace(selectors); strings.HasPrefix(group, "@") {
			if strings.Contains(group, "print") {
				rest = afterGroup(rest)
			}
			css = rest // the rules inside a group count as if they stood outside
			continue
		}
		declarations, after, _ := strings.Cut(rest, "}")
		if kind, _ := styleOf(declarations, palette{"ink", "ground"}); kind != "" {
			s.add(selectors, kind)
		}
		css = strings.TrimLeft(after, " \t\n\r}")
	}
}

func (s *sheet) add(selectors string, kind HiddenKind) {
	for selector := range strings.SplitSeq(strings.ToLower(selectors), ",") {
		steps := strings.FieldsFunc(selector, func(r rune) bool { return strings.ContainsRune(" \t\n\r>+~", r) })
		if len(steps) == 0 || strings.ContainsAny(steps[len(steps)-1], ":[*") {
			continue
		}
		all := compound(steps[len(steps)-1])
		if len(s.rules) == maxRules || (len(steps) > 1 && len(all) == 1 && !strings.ContainsAny(all[0], ".#")) {
			continue
		}
		s.rules = append(s.rules, hiding{all, kind})
	}
}

// compound takes "p.note#top" apart: p, .note, #top.
func compound(selector string) []string {
	var all []string
	for selector != "" {
		end := strings.IndexAny(selector[1:], ".#")
		if end < 0 {
			return append(all, selector)
		}
		all, selector = append(all, selector[:end+1]), selector[end+1:]
	}
	return all
}

// of says how the rules hide an element, if at all.
func (s *sheet) of(name string, attrs map[string]string) HiddenKind {
	if len(s.rules) == 0 {
		return ""
	}
	is := []string{name, "#" + strings.ToLower(attrs["id"])}
	for class := range strings.FieldsSeq(strings.ToLower(attrs["class"])) {
		if is = append(is, "."+class); len(is) > maxClasses {
			break
		}
	}
	for _, rule := range s.rules {
		if !slices.ContainsFunc(rule.all, func(wanted string) bool { return !slices.Contains(is, wanted) }) {
			return rule.kind
		}
	}
	return ""
}

func withoutComments(css string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(css, "/*")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		_, css, _ = strings.Cut(rest, "*/")
	}
}

// afterGroup is what follows the end of a group of rules that has just been opened.
func afterGroup(css string) string {
	depth := 1
	for i := range len(css) {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return css[i+1:]
			}
		}
	}
	return ""
}
