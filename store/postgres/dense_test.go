package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"footnote"
	"footnote/audit"
	"footnote/internal/testdb"
	"footnote/store"
	"footnote/store/postgres"
)

// numbered is a log that many write: what TestDenseUnderManyWriters demands of the store's, and finds missing in one that
// is numbered by a plain sequence.
type numbered interface {
	// add writes an entry; every third one is undone.
	add(ctx context.Context, writer, i int) (kept bool, err error)
	// after returns the numbers after one, and the newest number that one snapshot knows.
	after(ctx context.Context, last uint64) (numbers []uint64, head uint64, err error)
}

// follow is dense or says why not: readers follow the log while 16 writers write, and each finds the number that comes
// next, and all up to the newest.
func follow(t *testing.T, log numbered) error {
	t.Helper()
	const writers, each, readers = 16, 24, 2
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var writing, reading sync.WaitGroup
	var lock sync.Mutex
	var kept uint64
	failures := make(chan error, writers+readers)
	for w := range writers {
		writing.Go(func() {
			for i := range each {
				ok, err := log.add(ctx, w, i)
				if err != nil {
					failures <- err
					return
				}
				if ok {
					lock.Lock()
					kept++
					lock.Unlock()
				}
			}
		})
	}
	done := make(chan struct{})
	for range readers {
		reading.Go(func() { failures <- trail(ctx, log, done) })
	}
	writing.Wait()
	close(done)
	reading.Wait()
	close(failures)
	for err := range failures {
		if err != nil {
			return err
		}
	}
	numbers, head, err := log.after(ctx, 0)
	if err == nil && (head != kept || uint64(len(numbers)) != kept) {
		err = fmt.Errorf("%d entries were kept, the log holds %d up to %d", kept, len(numbers), head)
	}
	return err
}

func trail(ctx context.Context, log numbered, done chan struct{}) error {
	for last, more := uint64(0), true; more; {
		select {
		case <-done:
			more = false
		default:
		}
		numbers, head, err := log.after(ctx, last)
		if err != nil {
			return err
		}
		for _, number := range numbers {
			if number != last+1 {
				return fmt.Errorf("after %d came %d", last, number)
			}
			last = number
		}
		if last != head {
			return fmt.Errorf("a snapshot knows of %d and shows entries up to %d", head, last)
		}
	}
	return nil
}

// programs are several stores on one database.
type programs []*postgres.Store

func (p programs) add(ctx context.Context, writer, i int) (bool, error) {
	s := p[writer%len(p)]
	name := fmt.Sprintf("%d-%d", writer, i)
	submission := store.Submission{
		ExternalID: name, ACL: footnote.AnyOf(footnote.Everyone()), Audience: footnote.AudienceInternal,
		Metadata: footnote.Metadata{Status: footnote.StatusPublished}, Parts: []store.SubmittedPart{{Key: "body", Text: name}},
	}
	batch := store.Batch{Source: "kb", Event: audit.Event{Kind: audit.KindIngest}, Submissions: []store.Submission{submission}}
	if i%3 == 2 {
		batch.Event = audit.Event{} // cannot be recorded, after all else was written
		if _, err := s.Put(ctx, batch); err == nil {
			return false, errors.New("a batch went through without a record")
		}
		return false, nil
	}
	_, err := s.Put(ctx, batch)
	if err == nil && i%2 == 0 {
		err = s.Append(ctx, audit.Event{Kind: audit.KindRead})
	}
	return true, err
}

// after also looks whether the snapshot shows the documents that its changes tell of, and whether its events chain.
func (p programs) after(ctx context.Context, last uint64) ([]uint64, uint64, error) {
	snapshot, err := p[last%uint64(len(p))].Snapshot(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer snapshot.Close() //nolint:errcheck // it has nothing to lose
	changes, err := snapshot.Changes(ctx, last, 1000)
	if err != nil {
		return nil, 0, err
	}
	numbers := make([]uint64, len(changes))
	for i, change := range changes {
		numbers[i] = change.Sequence
		if _, err := snapshot.Document(ctx, change.Document); err != nil {
			return nil, 0, fmt.Errorf("change %d tells of a document that is not there: %w", change.Sequence, err)
		}
	}
	return numbers, snapshot.Position().Head, chained(ctx, snapshot)
}

func chained(ctx context.Context, snapshot store.Snapshot) error {
	previous, after := "", uint64(0)
	for {
		events, err := snapshot.Events(ctx, after, 1000)
		if err != nil {
			return err
		}
		for _, e := range events {
			if e.Sequence != after+1 || audit.Chain(previous, e).Hash != e.Hash {
				return fmt.Errorf("event %d does not follow the one before", e.Sequence)
			}
			previous, after = e.Hash, e.Sequence
		}
		if len(events) == 0 {
			last, hash, err := snapshot.LastEvent(ctx)
			if err == nil && (last != after || hash != previous) {
				err = fmt.Errorf("the last event is %d, the chain ends with %d", last, after)
			}
			return err
		}
	}
}

// plain is a log that is numbered by a sequence of Postgres.
type plain struct{ *pgxpool.Pool }

func (p plain) add(ctx context.Context, _, i int) (bool, error) {
	tx, err := p.Begin(ctx)
	if err != nil {
		return false, err
	}
	if _, err = tx.Exec(ctx, "INSERT INTO plain DEFAULT VALUES"); err != nil {
		return false, err
	}
	if i%3 == 2 {
		return false, tx.Rollback(ctx)
	}
	return true, tx.Commit(ctx)
}

func (p plain) after(ctx context.Context, last uint64) (numbers []uint64, head uint64, err error) {
	const query = "SELECT array_agg(number ORDER BY number) FILTER (WHERE number > $1), coalesce(max(number), 0) FROM plain"
	err = p.QueryRow(ctx, query, last).Scan(&numbers, &head)
	return numbers, head, err
}

func TestDenseUnderManyWriters(t *testing.T) {
	dsn := testdb.Postgres(t)
	var p programs
	for range 4 {
		p = append(p, open(t, dsn, postgres.Config{}))
	}
	kb := footnote.Source{ID: "kb", State: footnote.SourceActive, Approval: footnote.ApprovalPublished}
	if _, err := p[0].PutSource(t.Context(), kb, audit.Event{Kind: audit.KindSource}); err != nil {
		t.Fatal(err)
	}
	if err := follow(t, p); err != nil {
		t.Error(err)
	}
}

// TestPlainSequenceIsFoundOut plants what the store does not do: the demand above must fail on it.
func TestPlainSequenceIsFoundOut(t *testing.T) {
	dsn := testdb.Postgres(t)
	ask(t, dsn, "CREATE TABLE plain (number bigserial PRIMARY KEY)")
	pool, err := pgxpool.New(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	found := []string{"came", "were kept", "knows of"}
	err = follow(t, plain{pool})
	if err == nil || !slices.ContainsFunc(found, func(words string) bool { return strings.Contains(err.Error(), words) }) {
		t.Fatalf("a plain sequence passes for dense: %v", err)
	}
}
