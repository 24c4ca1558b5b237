package ingest_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/ingest"
	"footnote/internal/embedding"
	"footnote/internal/volume"
	"footnote/store"
	"footnote/store/sqlite"
)

// TestMain is the killed program when it is started as one; else it also looks for goroutines that were left behind.
func TestMain(m *testing.M) {
	if folder := os.Getenv("FOOTNOTE_TEST_CHILD"); folder != "" {
		if err := child(folder, os.Getenv("FOOTNOTE_TEST_ROUND")); err != nil {
			panic(err)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

const (
	crashDocuments = 60
	crashBatch     = 10
)

// edited is what a document says in a round: two parts that must never be mixed with those of another round.
func edited(round, document int) connectors.Record {
	says := func(part string) string {
		return fmt.Sprintf("# %s of %d\n\nRound %d.\n\n%s", part, document, round, strings.Repeat("Filling of round "+strconv.Itoa(round)+". ", 100))
	}
	record := article(fmt.Sprintf("d%03d", document), says("Body"))
	record.ExternalVersion = strconv.Itoa(round)
	record.Parts = append(record.Parts, connectors.Part{Key: "note", Content: says("Note"), Format: connectors.FormatMarkdown})
	return record
}

// child takes rounds of edits in without end, and writes a line for each record that was acknowledged.
func child(folder, first string) error {
	round, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	ctx := context.Background()
	records, err := sqlite.Open(ctx, folder, sqlite.Config{})
	if err != nil {
		return err
	}
	principal, err := footnote.ParsePrincipal("app:feeder")
	if err != nil {
		return err
	}
	by := footnote.Caller{Principal: principal, Key: footnote.Key{Scopes: []footnote.Scope{footnote.ScopeIngest}}}
	service := ingest.New(records, embedding.NewStatic(), ingest.Config{})
	for ; ; round++ {
		for from := 0; from < crashDocuments; from += crashBatch {
			var batch []connectors.Record
			for i := range crashBatch {
				batch = append(batch, edited(round, from+i))
			}
			results, err := service.Put(ctx, by, "kb", batch)
			if err != nil {
				return err
			}
			for i, r := range results {
				if r.Err != nil {
					return r.Err
				}
				if _, err := fmt.Fprintln(os.Stdout, round, from+i); err != nil {
					return err
				}
			}
		}
	}
}

// kill runs the child until it acknowledged so many records and a little longer, and kills it. It returns the newest
// round that was acknowledged of each document.
func kill(t *testing.T, folder string, round, records int, longer time.Duration) map[int]int {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0])
	command.Env = append(os.Environ(), "FOOTNOTE_TEST_CHILD="+folder, "FOOTNOTE_TEST_ROUND="+strconv.Itoa(round))
	var faults strings.Builder
	command.Stderr = &faults
	out, err := command.StdoutPipe()
	must(t, err)
	must(t, command.Start())
	acknowledged := map[int]int{}
	lines := bufio.NewReader(out)
	for count := 0; ; count++ {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break
		}
		must(t, err)
		var round, document int
		if _, err := fmt.Sscan(line, &round, &document); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		acknowledged[document] = round
		if count == records {
			time.AfterFunc(longer, func() { _ = command.Process.Kill() })
		}
	}
	if err := command.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the child ended by itself: %v\n%s", err, faults.String())
	}
	return acknowledged
}

func TestKilledWhileTakingIn(t *testing.T) {
	const seed = 20261121
	kills := volume.Of(4, 100)
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	b := newBed(t)
	newest := map[int]int{}
	for round := 1; round <= 1000*kills; round += 1000 {
		must(t, b.store.Close())
		longer := time.Duration(random.IntN(30_000)) * time.Microsecond
		maps.Copy(newest, kill(t, b.folder, round, random.IntN(3*crashDocuments), longer))
		must(t, sqlite.Check(t.Context(), filepath.Join(b.folder, sqlite.FileName)))
		var err error
		b.store, err = sqlite.Open(t.Context(), b.folder, sqlite.Config{})
		must(t, err)
		b.inspect(t, newest)
	}
	if len(newest) != crashDocuments {
		t.Errorf("only %d documents were ever acknowledged", len(newest))
	}
	b.auditHolds(t)
}

// inspect demands that every document is at least what was acknowledged, and whole whatever it is.
func (b *bed) inspect(t *testing.T, newest map[int]int) {
	t.Helper()
	model := embedding.NewStatic().Model()
	snapshot, err := b.store.Snapshot(t.Context())
	must(t, err)
	defer func() { must(t, snapshot.Close()) }()
	counts, err := snapshot.Counts(t.Context(), model)
	must(t, err)
	if counts.Backlog > 0 {
		t.Errorf("%d chunks of acknowledged texts have no vector", counts.Backlog)
	}
	for i := range crashDocuments {
		acknowledged, known := newest[i]
		id := footnote.NewDocumentID("kb", fmt.Sprintf("d%03d", i))
		d, err := snapshot.Document(t.Context(), id)
		if err != nil {
			if known {
				t.Fatalf("document %d was acknowledged: %v", i, err)
			}
			continue
		}
		round, err := strconv.Atoi(d.ExternalVersion)
		must(t, err)
		if round < acknowledged {
			t.Fatalf("document %d is of round %d, acknowledged was %d", i, round, acknowledged)
		}
		b.whole(t, snapshot, d, edited(round, i))
	}
}

// whole demands that a document is what one record made of it, parts, chunks and all.
func (b *bed) whole(t *testing.T, snapshot store.Snapshot, d store.Served, record connectors.Record) {
	t.Helper()
	parts, err := snapshot.Parts(t.Context(), d.ID, d.Approved)
	must(t, err)
	indexed, err := snapshot.Indexed(t.Context(), embedding.NewStatic().Model(), []footnote.DocumentID{d.ID})
	must(t, err)
	if d.Approved != d.Version || len(parts) != 2 || len(indexed[0].Chunks) < 2 {
		t.Fatalf("%s: version %d serves of %d, with %d parts and %d chunks", d.ExternalID, d.Approved, d.Version, len(parts), len(indexed[0].Chunks))
	}
	for i, part := range parts {
		if want := strings.TrimSpace(record.Parts[i].Content); part.Text != want {
			t.Fatalf("%s: part %s is %.80q, want %.80q", d.ExternalID, part.Key, part.Text, want)
		}
	}
	for _, chunk := range indexed[0].Chunks {
		if len(chunk.Vector) == 0 || !strings.Contains(parts[0].Text+parts[1].Text, chunk.Text) {
			t.Fatalf("%s: a chunk of %s with %d numbers: %.80q", d.ExternalID, chunk.Part, len(chunk.Vector), chunk.Text)
		}
	}
}

// auditHolds demands an unbroken log that tells of every version.
func (b *bed) auditHolds(t *testing.T) {
	t.Helper()
	snapshot, err := b.store.Snapshot(t.Context())
	must(t, err)
	defer func() { must(t, snapshot.Close()) }()
	events, err := snapshot.Events(t.Context(), 0, 1_000_000)
	must(t, err)
	previous, told := "", 0
	for _, e := range events {
		if chained := audit.Chain(previous, e); chained.Hash != e.Hash {
			t.Fatalf("event %d does not follow the one before", e.Sequence)
		}
		previous = e.Hash
		for _, name := range []string{"created", "changed"} {
			if count, err := strconv.Atoi(e.Details[name]); err == nil {
				told += count
			}
		}
	}
	versions := 0
	for i := range crashDocuments {
		all, err := snapshot.Versions(t.Context(), footnote.NewDocumentID("kb", fmt.Sprintf("d%03d", i)))
		must(t, err)
		versions += len(all)
	}
	if told != versions || versions == 0 {
		t.Errorf("%d versions are kept, the log tells of %d", versions, told)
	}
}
