package retrieval

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// claim is a sentence that a model wrote, with the marks it put into it.
type claim struct {
	text  string
	marks []int // in the order of the text, none twice
}

const (
	firstPlace = 0xE000 // of the private use area, where each run of marks is put before it is read
	lastPlace  = 0xF8FF
)

// markRun is a stop, if there is one, and the marks behind it.
var markRun = regexp.MustCompile(`([.!?…。！？]["”’)*_]*)?[ \t]*(\[\d{1,3}(?:[ \t]*,[ \t]*\d{1,3})*\](?:[ \t]*\[\d{1,3}(?:[ \t]*,[ \t]*\d{1,3})*\])*)`)

// claims takes a reply apart into sentences. A mark belongs to the sentence it stands in or directly behind. Of a reply
// that is not whole, what follows the last sentence that ends with its mark comes without marks.
func claims(reply string, whole bool) []claim {
	reply = withoutPlaces(strings.ToValidUTF8(reply, "\uFFFD"))
	var runs [][]int
	place := rune(firstPlace)
	placed := markRun.ReplaceAllStringFunc(reply, func(found string) string {
		parts := markRun.FindStringSubmatch(found)
		if place > lastPlace {
			return parts[1]
		}
		runs = append(runs, numbersIn(parts[2]))
		place++
		return string(place-1) + parts[1]
	})
	var all []claim
	for line := range strings.Lines(placed) {
		line = withoutBullet(strings.TrimSpace(line))
		for _, s := range split(line) {
			c := resolve(line[s.start:s.end], runs)
			if c.text != "" {
				all = append(all, c)
			}
		}
	}
	if !whole && len(all) > 0 && !endsMarked(placed) {
		all[len(all)-1].marks = nil
	}
	return all
}

func withoutPlaces(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= firstPlace && r <= lastPlace {
			return -1
		}
		return r
	}, text)
}

// resolve takes the places out of a sentence and gives it their marks.
func resolve(text string, runs [][]int) claim {
	var c claim
	c.text = strings.Map(func(r rune) rune {
		if r < firstPlace || r > lastPlace {
			return r
		}
		for _, mark := range runs[r-firstPlace] {
			if !slices.Contains(c.marks, mark) {
				c.marks = append(c.marks, mark)
			}
		}
		return -1
	}, text)
	c.text = strings.TrimSpace(strings.ReplaceAll(c.text, "**", ""))
	if strings.Trim(c.text, "`|-=_*#~ .") == "" {
		c.text = ""
	}
	return c
}

func numbersIn(marks string) []int {
	var numbers []int
	for _, digits := range strings.FieldsFunc(marks, func(r rune) bool { return r < '0' || r > '9' }) {
		n, err := strconv.Atoi(digits)
		if err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// endsMarked reports whether a text ends with a run of marks, and a stop behind it at most.
func endsMarked(placed string) bool {
	placed = strings.TrimRight(placed, " \t\r\n"+stops+closers)
	last, _ := utf8.DecodeLastRuneInString(placed)
	return last >= firstPlace && last <= lastPlace
}

var bulletSign = regexp.MustCompile(`^(?:[-*•>]|\d{1,2}[.)])[ \t]+`)

func withoutBullet(line string) string { return bulletSign.ReplaceAllString(line, "") }
