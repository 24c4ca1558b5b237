package postgres_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/internal/testdb"
	"footnote/store"
	"footnote/store/postgres"
)

// batch makes documents of five chunks with vectors of 256 dimensions.
func batch(from, count int) store.Batch {
	b := store.Batch{Source: "kb", At: time.Now(), Event: audit.Event{Kind: audit.KindIngest}}
	for i := from; i < from+count; i++ {
		s := store.Submission{
			ExternalID: fmt.Sprintf("article-%d", i), Digest: footnote.SHA256(fmt.Sprint(i)), Audience: footnote.AudienceInternal,
			ACL: footnote.AnyOf(footnote.Everyone()),
			Metadata: footnote.Metadata{
				Kind: footnote.KindArticle, Title: fmt.Sprintf("Article %d", i), URL: "https://kb.example/" + fmt.Sprint(i), Status: footnote.StatusPublished,
			},
		}
		part := store.SubmittedPart{Key: "body", Text: articleText(i)}
		for c := range 5 {
			hash := footnote.SHA256(fmt.Sprint(i, c))
			chunk := footnote.Chunk{Start: c * 300, End: c*300 + 290, Heading: []string{"Top", "Below"}}
			part.Chunks = append(part.Chunks, store.SubmittedChunk{Chunk: chunk, EmbedHash: hash})
			b.Embeddings = append(b.Embeddings, store.Embedding{Hash: hash, Model: "m", Vector: make([]float32, 256)})
		}
		s.Parts = []store.SubmittedPart{part}
		b.Submissions = append(b.Submissions, s)
	}
	return b
}

func articleText(i int) string {
	return strings.Repeat(fmt.Sprintf("Sentence of article %d about mail. ", i), 60)
}

func filled(b *testing.B, count int) *postgres.Store {
	b.Helper()
	dsn := within(b, testdb.Postgres(b), "search_path", "footnote")
	migrated(b, dsn)
	program := user(b, dsn)
	ask(b, dsn, "GRANT footnote_writer TO "+nameOf(b, program))
	s := open(b, program, postgres.Config{})
	kb := footnote.Source{ID: "kb", State: footnote.SourceActive, Approval: footnote.ApprovalPublished}
	if _, err := s.PutSource(b.Context(), kb, audit.Event{Kind: audit.KindSource}); err != nil {
		b.Fatal(err)
	}
	put(b, s, batch(0, count))
	return s
}

func put(tb testing.TB, s *postgres.Store, submissions store.Batch) {
	tb.Helper()
	outcomes, err := s.Put(tb.Context(), submissions)
	if err != nil {
		tb.Fatal(err)
	}
	for _, outcome := range outcomes {
		if outcome.Err != nil {
			tb.Fatal(outcome.Err)
		}
	}
}

func BenchmarkPutNew(b *testing.B) {
	s := filled(b, 0)
	count := 0
	for b.Loop() {
		put(b, s, batch(count, 500))
		count += 500
	}
	b.ReportMetric(float64(count)/b.Elapsed().Seconds(), "documents/s")
}

func BenchmarkPutUnchanged(b *testing.B) {
	s := filled(b, 2000)
	same := batch(0, 2000)
	same.Embeddings = nil
	count := 0
	for b.Loop() {
		put(b, s, same)
		count += 2000
	}
	b.ReportMetric(float64(count)/b.Elapsed().Seconds(), "documents/s")
}

func BenchmarkRecord(b *testing.B) {
	s := filled(b, 0)
	b.SetParallelism(16)
	b.RunParallel(func(loop *testing.PB) {
		for loop.Next() {
			if err := s.Append(b.Context(), audit.Event{Kind: audit.KindRead}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSearchReads is what the reading of one search costs.
func BenchmarkSearchReads(b *testing.B) {
	s := filled(b, 2000)
	ana, err := footnote.ParsePrincipal("user:ana")
	if err != nil {
		b.Fatal(err)
	}
	group, err := footnote.ParsePrincipal("group:support")
	if err != nil {
		b.Fatal(err)
	}
	if err := s.PutGroup(b.Context(), group, []footnote.Principal{ana}, audit.Event{Kind: audit.KindGroup}); err != nil {
		b.Fatal(err)
	}
	chunks := make([]int64, 30)
	for i := range chunks {
		chunks[i] = int64(i*317 + 1)
	}
	for name, narrow := range map[string]func(int64) bool{"plain": nil, "narrowed": func(int64) bool { return true }} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				searchReads(b, s, []footnote.Principal{ana, group}, chunks, narrow)
			}
		})
	}
}

func searchReads(b *testing.B, s *postgres.Store, principals []footnote.Principal, chunks []int64, narrow func(int64) bool) {
	b.Helper()
	ctx := b.Context()
	snapshot, err := s.Snapshot(ctx)
	if err != nil {
		b.Fatal(err)
	}
	var failed [7]error
	_, failed[0] = snapshot.Person(ctx, principals[0])
	_, failed[1] = snapshot.Memberships(ctx, principals)
	_, failed[2] = snapshot.Missing(ctx, principals[1:])
	_, failed[3] = snapshot.Sources(ctx)
	_, failed[4] = snapshot.Switches(ctx)
	snapshot.(interface{ Narrow(func(int64) bool) }).Narrow(narrow)
	found, _, err := snapshot.Passages(ctx, chunks, 200)
	failed[5], failed[6] = err, snapshot.Close()
	for _, err := range failed {
		if err != nil {
			b.Fatal(err)
		}
	}
	if len(found) != len(chunks) {
		b.Fatalf("%d passages, want %d", len(found), len(chunks))
	}
}

// BenchmarkQueue is what the queue asks of the store for a slice of 32 texts while 100,000 chunks wait.
func BenchmarkQueue(b *testing.B) {
	s := filled(b, 20_000)
	if _, err := s.ChooseModel(b.Context(), "other"); err != nil {
		b.Fatal(err)
	}
	for more := true; more; {
		var err error
		if more, err = s.Enlist(b.Context(), 1); err != nil {
			b.Fatal(err)
		}
	}
	var read, count, written time.Duration
	slices := 0
	for b.Loop() {
		slices++
		started := time.Now()
		snapshot, err := s.Snapshot(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		waiting, err := snapshot.Unembedded(b.Context(), "other", 32)
		if err != nil {
			b.Fatal(err)
		}
		read += time.Since(started)
		started = time.Now()
		if backlog, _, err := snapshot.Backlog(b.Context(), "other"); err != nil || backlog < 90_000 {
			b.Fatal(backlog, err)
		}
		count += time.Since(started)
		if err := snapshot.Close(); err != nil {
			b.Fatal(err)
		}
		started = time.Now()
		var vectors []store.Embedding
		for _, w := range waiting {
			vectors = append(vectors, store.Embedding{Hash: w.Hash, Model: "other", Vector: make([]float32, 384)})
		}
		if err := s.Embed(b.Context(), vectors); err != nil {
			b.Fatal(err)
		}
		written += time.Since(started)
	}
	for name, took := range map[string]time.Duration{"ms-read": read, "ms-count": count, "ms-write": written} {
		b.ReportMetric(took.Seconds()*1000/float64(slices), name)
	}
}
