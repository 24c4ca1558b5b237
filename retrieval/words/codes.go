package words

import "strings"

// maxRuns is the most runs of letters and digits in a code.
const maxRuns = 12

// codes finds what people write as one sign among the words: part numbers, versions, addresses, names of programs. A code
// is a term as a whole, and what it is made of are terms after it. A code is told by its shape alone, so that hyphenated
// words and capitalised names are none.
type codes struct {
	runs  []run
	buf   []byte
	queue []queued
	at    int // in queue
}

// queued is a word that is already in codes.buf.
type queued struct {
	from, end int
	part      bool
}

// next moves the scanner to the next word that waits.
func (c *codes) next(s *scanner) bool {
	if c.at == len(c.queue) {
		return false
	}
	q := c.queue[c.at]
	c.at++
	s.word, s.part = append(s.word[:0], c.buf[q.from:q.end]...), q.part
	return true
}

// read takes what begins with a run: a code, or only the run, and moves the scanner to its first word.
func (c *codes) read(s *scanner, first run) bool {
	c.runs, c.buf, c.queue = append(c.runs[:0], first), c.buf[:0], c.queue[:0]
	c.at = 0
	c.gather(s.text)
	if !isCode(s.text, c.runs) {
		c.runs = c.runs[:1]
	}
	text := s.text[:c.runs[len(c.runs)-1].end]
	signs := signsAfter(text, s.text[len(text):])
	s.text = s.text[len(text):]
	switch {
	case len(c.runs) > 1:
		c.add(whole(text, c.runs), false)
		c.addGroups(text)
	case signs > 0:
		c.add(text+s.text[:signs], false)
		s.text = s.text[signs:]
	}
	coded := len(c.queue) > 0
	if isVersion(text, c.runs) {
		c.runs[0] = c.runs[0].withoutV(text)
	}
	for _, r := range c.runs {
		c.addRun(text, r, coded)
	}
	return c.next(s)
}

// gather finds the runs that are joined to the first.
func (c *codes) gather(text string) {
	for len(c.runs) < maxRuns {
		last := c.runs[len(c.runs)-1]
		if !joins(text[last.end:]) || last.end > TermLimit {
			return
		}
		next := runAt(text, last.end+1)
		if next.end > TermLimit || outgrows(text, next) || !c.mayJoin(text, text[last.end], last, next) {
			return
		}
		c.runs = append(c.runs, next)
	}
}

// mayJoin says whether a sign between two runs can be one within a code.
func (c *codes) mayJoin(text string, sign byte, last, next run) bool {
	switch sign {
	case '.': // not the end of a sentence without a space after it
		return !next.named(text) || next.humps > 1 || last.letters && isUpper(text[last.from])
	case '@':
		return !strings.Contains(text[:last.end], "@")
	case '/': // the variant of a part number, or a date
		return last.digits && next.digits || next.end-next.from <= 3 && len(c.runs) > 1 && isCode(text, c.runs)
	}
	return true
}

// addGroups adds the codes within a code, on either side of its strongest sign.
func (c *codes) addGroups(text string) {
	sign := strongest(text, c.runs)
	from := 0
	for i := 1; i <= len(c.runs); i++ {
		if i < len(c.runs) && text[c.runs[i].from-1] != sign {
			continue
		}
		if group := c.runs[from:i]; len(group) > 1 && len(group) < len(c.runs) && isCode(text, group) {
			c.add(whole(text, group), true)
		}
		from = i
	}
}

// addRun adds a run and, where it is made of several, its pieces.
func (c *codes) addRun(text string, r run, coded bool) {
	c.add(text[r.from:r.end], coded)
	for _, piece := range r.pieces(text, coded) {
		c.add(piece, true)
	}
}

func (c *codes) add(word string, part bool) {
	from := len(c.buf)
	for i := range min(len(word), TermLimit) {
		c.buf = append(c.buf, lower(word[i]))
	}
	c.queue = append(c.queue, queued{from, len(c.buf), part})
}

// whole is a code as it is kept: without the v of a version.
func whole(text string, runs []run) string {
	first := runs[0]
	if isVersion(text, runs) {
		first = first.withoutV(text)
	}
	return text[first.from:runs[len(runs)-1].end]
}

// signsAfter returns how many signs after a name are part of it: C++, C#.
func signsAfter(name, after string) int {
	switch {
	case after == "" || after[0] != '+' && after[0] != '#':
	case strings.HasPrefix(after, "++"):
		return 2
	case len(name) == 1 && strings.HasPrefix(after, "#") && (len(after) == 1 || !isAlnum(after[1])):
		return 1
	}
	return 0
}
