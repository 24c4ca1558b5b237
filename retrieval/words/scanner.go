package words

import "unicode/utf8"

// scanner walks over the words of a text.
type scanner struct {
	text   string
	word   []byte // the current word: lower case, folded, at most TermLimit bytes
	part   bool   // the current word is part of a code that came before it as a whole
	folded []byte // what the current character folds into
	apart  []byte // a folded character taken apart
	full   bool   // the current word has reached its limit
	pairs  pairs
	codes  codes
	room   room
}

// room is where what grows in a scanner begins, so that a scanner is one piece of memory.
type room struct {
	word  [TermLimit]byte
	runs  [maxRuns]run
	buf   [4 * TermLimit]byte
	queue [2 * maxRuns]queued
}

func newScanner() *scanner {
	s := &scanner{}
	s.word = s.room.word[:0]
	s.codes = codes{runs: s.room.runs[:0], buf: s.room.buf[:0], queue: s.room.queue[:0]}
	return s
}

// next moves to the next word and says whether there is one.
func (s *scanner) next() bool {
	s.word, s.full, s.part = s.word[:0], false, false
	if s.pairs.open && s.nextPair() || s.codes.next(s) {
		return true
	}
	for len(s.text) > 0 {
		if c := s.text[0]; c < utf8.RuneSelf {
			switch {
			case !isAlnum(c):
				s.text = s.text[1:]
				if len(s.word) > 0 {
					return true
				}
			case len(s.word) > 0:
				s.addByte(c)
				s.text = s.text[1:]
			case s.plain():
				return true
			}
			continue
		}
		r, width := utf8.DecodeRuneInString(s.text)
		in := familyOf(r)
		if (in != spaced || !continues(r)) && len(s.word) > 0 {
			return true
		}
		if in != spaced {
			return s.startPairs(in)
		}
		if continues(r) {
			s.fold(s.text[:width])
		}
		s.text = s.text[width:]
	}
	return len(s.word) > 0
}

// plain takes a run of ASCII letters and digits. ended says that a word, the first of a code perhaps, is at hand; without
// it letters of other kinds go on.
func (s *scanner) plain() (ended bool) {
	first := easyRun(s.text)
	if first.end == 0 {
		first = runAt(s.text, 0)
	}
	if outgrows(s.text, first) {
		s.take(first)
		return false
	}
	if after := s.text[first.end:]; first.simple() && !joins(after) && signsAfter(s.text[:first.end], after) == 0 {
		s.take(first)
		return true
	}
	return s.codes.read(s, first)
}

// take makes the run at the beginning of the text the current word, which was empty.
func (s *scanner) take(r run) {
	s.word = append(s.word, s.text[:min(r.end, TermLimit)]...)
	s.full = r.end > TermLimit
	for i, c := range s.word {
		s.word[i] = lower(c)
	}
	s.text = s.text[r.end:]
}

// addByte appends an ASCII letter or digit unless the word is full.
func (s *scanner) addByte(c byte) {
	s.full = s.full || len(s.word) == TermLimit
	if !s.full {
		s.word = append(s.word, lower(c))
	}
}

// add appends r unless the word is full; the rest of a longer word is passed over.
func (s *scanner) add(r rune) {
	s.full = s.full || len(s.word)+utf8.RuneLen(r) > TermLimit
	if !s.full {
		s.word = utf8.AppendRune(s.word, r)
	}
}
