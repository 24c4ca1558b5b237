package console

import (
	"net/url"
	"slices"
	"strings"
)

// run is a piece of text of one look.
type run struct {
	Text  string
	Mark  bool   // part of the quote
	First bool   // the page opens here
	URL   string // a web address that the text spells out
}

func textOf(runs []run) string {
	var text strings.Builder
	for _, r := range runs {
		text.WriteString(r.Text)
	}
	return text.String()
}

func hasMark(runs []run) bool { return slices.ContainsFunc(runs, func(r run) bool { return r.Mark }) }

// runs cuts a range into pieces: addresses, what is highlighted, and the rest.
func (r *reader) runs(s span) []run {
	var all []run
	for s.start < s.end {
		address := nextAddress(r.of(s))
		address.start, address.end = address.start+s.start, address.end+s.start
		if address.start > s.start {
			all = append(all, r.highlighted(span{s.start, address.start}, "")...)
		}
		if address.end > address.start {
			all = append(all, r.highlighted(address, r.of(address))...)
		}
		s.start = address.end
	}
	return all
}

// highlighted cuts a piece where the highlight begins and ends.
func (r *reader) highlighted(s span, address string) []run {
	from, to := min(max(r.mark.start, s.start), s.end), max(min(r.mark.end, s.end), s.start)
	to = max(from, to)
	var all []run
	for _, piece := range []struct {
		span
		mark bool
	}{{span{s.start, from}, false}, {span{from, to}, true}, {span{to, s.end}, false}} {
		if piece.start == piece.end {
			continue
		}
		next := run{Text: r.of(piece.span), Mark: piece.mark, URL: address}
		if piece.mark && !r.marked && strings.TrimSpace(next.Text) != "" {
			next.First, r.marked = true, true
		}
		all = append(all, next)
	}
	return all
}

// nextAddress finds the first http or https address in a text; an empty range at its end: none.
func nextAddress(text string) span {
	for at := 0; ; {
		found := strings.Index(text[at:], "http")
		if found < 0 {
			return span{len(text), len(text)}
		}
		at += found
		size, tried := addressLength(text[at:])
		if size > 0 {
			return span{at, at + size}
		}
		at += tried
	}
}

// addressLength is the length of the address a text begins with, or 0, and how much of the text was looked at: none of
// that is looked at again, so that the time stays in proportion to the text.
func addressLength(text string) (size, tried int) {
	if !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") {
		return 0, len("http")
	}
	const longest = 2048
	text = text[:min(len(text), longest)]
	end := strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune("<>\"'`|\\^{}()[]\u00a0", r) })
	if end < 0 {
		end = len(text)
	}
	address := strings.TrimRight(text[:end], ".,;:!?")
	if parsed, err := url.Parse(address); err != nil || parsed.Host == "" || parsed.User != nil {
		return 0, end
	}
	return len(address), end
}
