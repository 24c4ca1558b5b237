package retrieval

import (
	"context"
	"math"
	"slices"
	"strings"

	"footnote/internal/embedding"
)

// windowWords is how many words of a question are embedded at once: built-in models read 254 tokens and no further.
const windowWords = 160

// A word counts as one for every so many characters, and as one for every two where a character is a token.
const (
	runesAWord = 8
	denseFrom  = 0x0e00 // Thai, and on to the scripts of East Asia
	denseRunes = 2
)

// windows cuts a long question at the ends of its sentences into texts that a model reads whole; a short one is one text.
// A sentence that is too long itself is cut between words, and a word that is too long between characters.
func windows(question string) []string {
	var all []string
	var open strings.Builder
	count := 0
	flush := func() {
		if count > 0 {
			all = append(all, open.String())
		}
		open.Reset()
		count = 0
	}
	for _, sentence := range split(question) {
		pieces, size := measured(question[sentence.start:sentence.end])
		if count+size > windowWords {
			flush()
		}
		for _, piece := range pieces {
			if count > 0 && count+piece.words > windowWords {
				flush()
			}
			if count > 0 {
				open.WriteByte(' ')
			}
			open.WriteString(piece.text)
			count += piece.words
		}
	}
	flush()
	return all
}

// piece is a word, or what fits into a window of one that does not, and how many words it counts as.
type piece struct {
	text  string
	words int
}

func measured(sentence string) (pieces []piece, words int) {
	for field := range strings.FieldsSeq(sentence) {
		for runes := range slices.Chunk([]rune(field), windowWords*denseRunes) {
			each := runesAWord
			if slices.Max(runes) >= denseFrom {
				each = denseRunes
			}
			p := piece{string(runes), (len(runes) + each - 1) / each}
			pieces = append(pieces, p)
			words += p.words
		}
	}
	return pieces, words
}

// embedQuestion returns the unit vector of a question, or nil when it has none. What a long one asks stands anywhere in
// it, so it is the direction of the sum of its windows: on questions of 200 to 1,300 words that lifted nDCG@10 from .32
// to .39 against its beginning alone (docs/retrieval.md).
func embedQuestion(ctx context.Context, embedder embedding.Embedder, question string) ([]float32, error) {
	texts := []string{question}
	if parts := windows(question); len(parts) > 1 {
		texts = parts
	}
	vectors, err := embedder.Embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	if len(vectors) == 1 {
		return direction(vectors[0]), nil
	}
	sum := make([]float32, embedder.Dimensions())
	for _, vector := range vectors {
		for i, x := range vector {
			sum[i] += x
		}
	}
	return direction(sum), nil
}

// direction brings a vector to length one; nil where it points nowhere.
func direction(vector []float32) []float32 {
	square := 0.0
	for _, x := range vector {
		square += float64(float64(x) * float64(x))
	}
	if !(square > 0) {
		return nil
	}
	if math.Abs(square-1) < 1e-6 { //nolint:mnd // what a model gives has length one but for rounding, and stays as it is
		return vector
	}
	factor := 1 / math.Sqrt(square)
	for i, x := range vector {
		vector[i] = float32(float64(x) * factor)
	}
	return vector
}
