package embedded

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"footnote"
	"footnote/retrieval"
	"footnote/retrieval/words"
	"footnote/store"
)

// Backend is the name under which the index shows in its status.
const Backend = "embedded"

// Config says what an Index holds; the zero value works.
type Config struct {
	Model     string           // of the vectors, for the status
	Analyzer  *words.Analyzer  // default: its own
	Reference *words.Reference // default: its own
}

// Index is retrieval.Index in memory.
type Index struct {
	config  Config
	current atomic.Pointer[state]
	tallies sync.Pool

	prompt  int        // promptRows
	tidying sync.Mutex // one Tidy at a time

	mu      sync.Mutex        // of writers
	joining map[*segment]bool // Tidy is at them
}

var _ retrieval.Index = (*Index)(nil)

// New makes an index that holds nothing.
func New(config Config) *Index {
	if config.Analyzer == nil {
		config.Analyzer = words.New()
	}
	if config.Reference == nil {
		config.Reference = words.NewReference()
	}
	x := &Index{config: config, prompt: promptRows}
	x.tallies.New = func() any { return new(tally) }
	x.current.Store(&state{})
	return x
}

// Apply replaces the documents given. Nothing of them is taken in when one is refused.
func (x *Index) Apply(ctx context.Context, documents []store.IndexedDocument, watermark uint64) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	next := x.current.Load().successor(watermark)
	fresh := newBuilder(x.config.Analyzer)
	last := map[footnote.DocumentID]int{}
	for i := range documents {
		last[documents[i].ID] = i
	}
	for i := range documents {
		if err := ctx.Err(); err != nil {
			return err
		}
		if d := &documents[i]; len(d.Chunks) > 0 && last[d.ID] == i {
			if err := next.take(fresh, d); err != nil {
				return err
			}
		}
	}
	for id := range last {
		next.bury(id)
	}
	if len(fresh.rows) > 0 {
		next.views = append(next.views, &view{segment: fresh.segment()})
	}
	x.tidyPromptly(next)
	x.current.Store(next)
	return nil
}

// Rebuild replaces everything; the state before goes on answering until the last document is in.
func (x *Index) Rebuild(ctx context.Context, documents iter.Seq2[store.IndexedDocument, error], watermark uint64) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	next := (&state{}).successor(watermark)
	fresh := newBuilder(x.config.Analyzer)
	seen := map[footnote.DocumentID]bool{}
	for d, err := range documents {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(d.Chunks) == 0 {
			continue
		}
		if seen[d.ID] {
			return fmt.Errorf("document %s came twice", d.ID)
		}
		seen[d.ID] = true
		if err := next.take(fresh, &d); err != nil {
			return err
		}
	}
	if len(fresh.rows) > 0 {
		next.views = append(next.views, &view{segment: fresh.segment()})
	}
	x.current.Store(next)
	return nil
}

// Status says where the index stands.
func (x *Index) Status(context.Context) (retrieval.IndexStatus, error) {
	now := x.current.Load()
	status := retrieval.IndexStatus{Backend: Backend, Model: x.config.Model, Watermark: now.watermark}
	for _, v := range now.views {
		chunks, vectors := v.living()
		status.Chunks += chunks
		status.Vectors += vectors
		status.Bytes += v.segment.bytes() + int64(8*len(v.dead))
	}
	return status, nil
}
