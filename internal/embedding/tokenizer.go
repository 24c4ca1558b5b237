package embedding

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	unknownToken = "[UNK]"
	longestWord  = 100 // characters; a longer word is unknown
	blockSize    = 512 // tokens handed over at once
)

// specialTokens stand for themselves wherever a text holds them in just this form, as they did when the models were
// trained.
var specialTokens = [...]string{"[PAD]", unknownToken, "[CLS]", "[SEP]", "[MASK]"}

// Tokenizer splits text into the word pieces of a BERT uncased vocabulary. It is safe for concurrent use.
type Tokenizer struct {
	words    map[string]int32 // pieces that begin a word
	parts    map[string]int32 // pieces that continue one, without their ##
	longest  int              // bytes of the longest piece of either kind
	size     int
	unknown  int32
	classes  *classTable
	scanners sync.Pool
}

// NewTokenizer reads a vocabulary: one piece a line, whose number is its id. It keeps parts of vocab, which is why it
// takes a string that is there anyway.
func NewTokenizer(vocab string) (*Tokenizer, error) {
	lines := strings.Split(strings.TrimSuffix(vocab, "\n"), "\n")
	t := &Tokenizer{
		words:   make(map[string]int32, len(lines)),
		parts:   make(map[string]int32, len(lines)/4),
		size:    len(lines),
		classes: newClassTable(),
	}
	for i, line := range lines {
		if err := t.add(strings.TrimSuffix(line, "\r"), int32(i)); err != nil {
			return nil, fmt.Errorf("vocabulary: line %d: %w", i+1, err)
		}
	}
	unknown, ok := t.words[unknownToken]
	if !ok {
		return nil, errors.New("vocabulary: no " + unknownToken)
	}
	t.unknown = unknown
	t.scanners.New = func() any { return new(scanner) }
	return t, nil
}

func (t *Tokenizer) add(piece string, id int32) error {
	kind := t.words
	part, continues := strings.CutPrefix(piece, "##")
	if continues && part != "" {
		kind, piece = t.parts, part
	}
	if piece == "" {
		return errors.New("empty")
	}
	if _, twice := kind[piece]; twice {
		return errors.New("appears twice")
	}
	kind[piece] = id
	t.longest = max(t.longest, len(piece))
	return nil
}

// Size is the number of pieces in the vocabulary: ids are below it.
func (t *Tokenizer) Size() int { return t.size }

// Append appends to ids the tokens of text, at most limit of them, without special tokens.
func (t *Tokenizer) Append(ids []int32, text string, limit int) []int32 {
	end := len(ids) + limit
	t.Blocks(text, func(block []int32) bool {
		ids = append(ids, block[:min(len(block), end-len(ids))]...)
		return len(ids) < end
	})
	return ids
}

// Blocks calls yield with the tokens of text in order, in blocks of at most 512 whose borders depend on the text
// alone, until yield returns false. A block is the caller's only until yield returns. However long the text, memory
// stays small unless a single word is as long.
func (t *Tokenizer) Blocks(text string, yield func(block []int32) bool) {
	s := t.scanners.Get().(*scanner) //nolint:forcetypeassert // the pool holds nothing else
	s.Tokenizer, s.yield, s.done, s.ids = t, yield, false, s.ids[:0]
	s.scan(text)
	if len(s.ids) > 0 && !s.done {
		yield(s.ids)
	}
	s.yield = nil
	if cap(s.run)+cap(s.decomposed)+cap(s.word) < 1<<16 {
		t.scanners.Put(s)
	}
}

// scanner is the state of one walk over a text.
type scanner struct {
	*Tokenizer
	yield      func([]int32) bool
	done       bool
	ids        []int32
	word       []byte // the current word in lower case
	run        []byte // characters that are not all ASCII, cleaned
	decomposed []byte
}

// scan walks over the text word by word. Words of ASCII letters take the short way; a word with any other character
// is taken from its start through Unicode decomposition.
func (s *scanner) scan(text string) {
	for i := 0; i < len(text) && !s.done; {
		c := text[i]
		if c >= utf8.RuneSelf {
			i += s.unicodeRun(text[i:])
			continue
		}
		switch s.classes[c] {
		case classPunct:
			i += s.punct(text[i:])
		case classLetter:
			i += s.asciiWord(text[i:])
		default:
			i++
		}
	}
}

// punct emits the ASCII punctuation character at the start of text, or the special token that begins with it, and
// returns its length in bytes.
func (s *scanner) punct(text string) int {
	s.word = append(s.word[:0], text[0])
	if text[0] == '[' {
		for _, special := range specialTokens {
			if strings.HasPrefix(text, special) {
				s.word = append(s.word[:0], special...)
				break
			}
		}
	}
	s.emit(1)
	return len(s.word)
}

// asciiWord emits the word at the start of text and returns its length in bytes.
func (s *scanner) asciiWord(text string) int {
	s.word = s.word[:0]
	i, length := 0, 0
	for ; i < len(text); i++ {
		c := text[i]
		if c >= utf8.RuneSelf {
			return s.unicodeRun(text)
		}
		if kind := s.classes[c]; kind == classDropped {
			continue
		} else if kind != classLetter {
			break
		}
		if length++; length <= longestWord {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			s.word = append(s.word, c)
		}
	}
	s.emit(length)
	return i
}

// unicodeRun emits the words of the run of letters and marks at the start of text and returns its length in bytes.
// Spaces, ideographs and punctuation end a run: nothing composes or changes places across them.
func (s *scanner) unicodeRun(text string) int {
	s.run = s.run[:0]
	i := 0
scan:
	for i < len(text) {
		r, width := utf8.DecodeRuneInString(text[i:])
		switch s.classes.of(r) {
		case classLetter, classMark:
			s.run = utf8.AppendRune(s.run, r)
		case classIdeograph, classPunct:
			if len(s.run) == 0 {
				s.run = utf8.AppendRune(s.run, r)
				i += width
			}
			break scan
		case classSpace:
			if len(s.run) == 0 {
				i += width
			}
			break scan
		case classDropped:
		}
		i += width
	}
	s.emitRun()
	return i
}

// emitRun strips the run's accents, lowers it and emits the words that punctuation leaves.
func (s *scanner) emitRun() {
	s.decomposed = norm.NFD.Append(s.decomposed[:0], s.run...)
	s.word = s.word[:0]
	length := 0
	for i := 0; i < len(s.decomposed) && !s.done; {
		r, width := utf8.DecodeRune(s.decomposed[i:])
		i += width
		kind := s.classes.of(r)
		if kind == classMark {
			continue
		}
		if kind == classPunct {
			s.emit(length)
			s.word, length = s.word[:0], 0
		}
		if length++; length <= longestWord {
			s.word = utf8.AppendRune(s.word, unicode.ToLower(r))
		}
		if kind == classPunct {
			s.emit(length)
			s.word, length = s.word[:0], 0
		}
	}
	s.emit(length)
}

// emit turns the current word, of length characters, into tokens. A word of no characters has none.
func (s *scanner) emit(length int) {
	if length == 0 || s.done {
		return
	}
	if len(s.ids)+longestWord > blockSize {
		s.done = !s.yield(s.ids)
		s.ids = s.ids[:0]
	}
	if id, ok := s.words[string(s.word)]; ok && length <= longestWord {
		s.ids = append(s.ids, id)
		return
	}
	before := len(s.ids)
	if length > longestWord || !s.emitPieces() {
		s.ids = append(s.ids[:before], s.unknown)
	}
}

// emitPieces appends the longest pieces that make up the word, from left to right, and says whether they do.
func (s *scanner) emitPieces() bool {
	pieces := s.words
	for word := s.word; len(word) > 0; pieces = s.parts {
		end := min(len(word), s.longest)
		id, ok := int32(0), false
		for ; end > 0; end-- {
			if end < len(word) && !utf8.RuneStart(word[end]) {
				continue
			}
			if id, ok = pieces[string(word[:end])]; ok {
				break
			}
		}
		if !ok {
			return false
		}
		s.ids = append(s.ids, id)
		word = word[end:]
	}
	return true
}
