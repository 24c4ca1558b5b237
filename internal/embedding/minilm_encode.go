package embedding

import (
	"context"

	"footnote/internal/kernel"
)

// encodeScratch is what encoding one text needs; it grows to the longest text and is used again.
type encodeScratch struct {
	ids       []int32
	hidden    []float32 // a row a token
	projected []float32 // query, key and value of each token
	context   []float32 // what attention found for each token
	wide      []float32 // the inside of the feed-forward step
	keys      []float32 // of one head, a column a token
	scores    []float32 // of one head, a row a token
	outside   []float32 // a row of scores before anything is added: nothing, and far below where no token is
	unpacked  []float32
	sum       [miniLMHidden]float64
}

// below is a score that leaves a token without any attention.
const below = -1e30

// embed writes the vector of text to out. Its only error is that ctx has ended.
func (m *miniLMModel) embed(ctx context.Context, out []float32, text string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s := m.scratch.Get().(*encodeScratch) //nolint:forcetypeassert // the pool holds nothing else
	defer m.scratch.Put(s)
	s.ids = m.tokens(s.ids[:0], text)
	if len(s.ids) == marks {
		clear(out)
		return nil
	}
	return m.encode(ctx, s, out)
}

// marks is the number of tokens that mark the ends of a text.
const marks = 2

// tokens appends to ids the tokens of text between the marks.
func (m *miniLMModel) tokens(ids []int32, text string) []int32 {
	return append(m.tokenizer.Append(append(ids, m.begin), text, miniLMTokens), m.end)
}

// encode writes the vector of s.ids to out.
func (m *miniLMModel) encode(ctx context.Context, s *encodeScratch, out []float32) error {
	n := len(s.ids)
	s.fit(n, m.path)
	m.lookUp(s)
	for i := range m.layers {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.attention(&m.layers[i], s)
		m.feedForward(&m.layers[i], s)
	}
	clear(s.sum[:])
	for at := 0; at < n*miniLMHidden; at += miniLMHidden {
		for i, x := range s.hidden[at : at+miniLMHidden] {
			s.sum[i] += float64(x)
		}
	}
	normalise(out, s.sum[:])
	return nil
}

// fit makes room for n tokens. Rows beyond them are computed with and must hold numbers, but nothing comes of them.
func (s *encodeScratch) fit(n int, path kernel.Path) {
	rows, columns := kernel.PadRows(n), scoreColumns(n)
	grow(&s.hidden, rows*miniLMHidden)
	grow(&s.projected, rows*queryKeyValue)
	grow(&s.context, rows*miniLMHidden)
	grow(&s.wide, rows*miniLMInner)
	grow(&s.keys, miniLMHead*columns)
	grow(&s.scores, rows*columns)
	grow(&s.outside, columns)
	grow(&s.unpacked, path.Room())
	for i := n; i < columns; i++ {
		s.outside[i] = below
	}
}

// scoreColumns is the number of columns that scores of n tokens have.
func scoreColumns(n int) int { return (n + 31) &^ 31 }

// grow makes x an array of n zeros.
func grow(x *[]float32, n int) {
	if cap(*x) < n {
		*x = make([]float32, n)
		return
	}
	*x = (*x)[:n]
	clear(*x)
}

// lookUp writes the embeddings of the tokens to hidden.
func (m *miniLMModel) lookUp(s *encodeScratch) {
	for i, id := range s.ids {
		row := s.hidden[i*miniLMHidden : (i+1)*miniLMHidden]
		scale := m.wordScales[id]
		for k, w := range m.words[int(id)*miniLMHidden : (int(id)+1)*miniLMHidden] {
			row[k] = scale * float32(int8(w)) //nolint:gosec // the byte is an int8
		}
		m.path.AddNorm(row, m.places[i*miniLMHidden:(i+1)*miniLMHidden], m.norm.gain, m.norm.shift)
	}
}

// attention adds to each token what it attends to.
func (m *miniLMModel) attention(l *layer, s *encodeScratch) {
	n := len(s.ids)
	repeat(s.projected, l.project.bias, n)
	l.project.weights.MulAdd(kernel.Matrix{Data: s.projected, Stride: queryKeyValue}, hiddenMatrix(s.hidden), n, s.unpacked)
	clear(s.context)
	columns := scoreColumns(n)
	scores := kernel.Matrix{Data: s.scores, Stride: columns}
	for head := 0; head < miniLMHidden; head += miniLMHead {
		s.turnKeys(head, n)
		repeat(s.scores, s.outside, n)
		m.path.MulAdd(scores, kernel.Matrix{Data: s.projected[head:], Stride: queryKeyValue},
			kernel.Matrix{Data: s.keys, Stride: columns}, kernel.Shape{Rows: n, Inner: miniLMHead, Columns: columns})
		for row := 0; row < n*columns; row += columns {
			m.path.Softmax(s.scores[row : row+columns])
		}
		m.path.MulAdd(hiddenMatrix(s.context[head:]), scores,
			kernel.Matrix{Data: s.projected[2*miniLMHidden+head:], Stride: queryKeyValue},
			kernel.Shape{Rows: n, Inner: n, Columns: miniLMHead})
	}
	l.attend.weights.MulAdd(hiddenMatrix(s.hidden), hiddenMatrix(s.context), n, s.unpacked)
	m.normalise(s.hidden, n, l.attend.bias, l.attended)
}

// turnKeys writes the keys of the head that begins at number head of a row to keys, a column a token.
func (s *encodeScratch) turnKeys(head, n int) {
	columns := scoreColumns(n)
	for token := range n {
		at := token*queryKeyValue + miniLMHidden + head
		key := (*[miniLMHead]float32)(s.projected[at:])
		for i, x := range key {
			s.keys[i*columns+token] = x
		}
	}
}

func (m *miniLMModel) feedForward(l *layer, s *encodeScratch) {
	n := len(s.ids)
	repeat(s.wide, l.widen.bias, n)
	wide := kernel.Matrix{Data: s.wide, Stride: miniLMInner}
	l.widen.weights.MulAdd(wide, hiddenMatrix(s.hidden), n, s.unpacked)
	m.path.GELU(s.wide[:n*miniLMInner])
	l.shrink.weights.MulAdd(hiddenMatrix(s.hidden), wide, n, s.unpacked)
	m.normalise(s.hidden, n, l.shrink.bias, l.fed)
}

// normalise adds bias to each of n rows and normalises it.
func (m *miniLMModel) normalise(hidden []float32, n int, bias []float32, norm layerNorm) {
	for at := 0; at < n*miniLMHidden; at += miniLMHidden {
		m.path.AddNorm(hidden[at:at+miniLMHidden], bias, norm.gain, norm.shift)
	}
}

func hiddenMatrix(data []float32) kernel.Matrix {
	return kernel.Matrix{Data: data, Stride: miniLMHidden}
}

// repeat copies row to the first n rows of rows.
func repeat(rows, row []float32, n int) {
	for i := range n {
		copy(rows[i*len(row):], row)
	}
}
