package postgres_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"footnote"
	"footnote/audit"
	"footnote/internal/testdb"
	"footnote/store"
	"footnote/store/postgres"
	"footnote/store/sqlite"
)

// origin is a record store with something in most of its tables.
func origin(t *testing.T) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "origin.db"), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	event := audit.By(footnote.Caller{}, audit.KindSource, "test")
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err = s.ChooseModel(t.Context(), "old"); err != nil {
		t.Fatal(err)
	}
	_, err = s.PutSource(t.Context(), footnote.Source{ID: "kb", Kind: "push", State: footnote.SourceActive, Approval: footnote.ApprovalManual}, event)
	ok(err)
	ok(s.PutGroup(t.Context(), principal("group:all"), []footnote.Principal{principal("user:ana")}, event))
	ok(s.PutPerson(t.Context(), store.Person{Principal: principal("user:ana"), DisplayName: "A\x00na"}, event))
	ok(s.CreateKey(t.Context(), footnote.Key{ID: "k1", Name: "k", Principal: principal("user:ana"), Scopes: []footnote.Scope{footnote.ScopeRead}}, "hash", event))
	ok(s.PutSwitch(t.Context(), store.Switch{Name: "answers", On: true, Reason: "a\x00b"}, event))
	for round := range 2 {
		var submissions []store.Submission
		for i := range 40 {
			submissions = append(submissions, submission(i, round))
		}
		out, failed := s.Put(t.Context(), store.Batch{Source: "kb", Submissions: submissions, At: footnote.Now(), By: principal("app:x"), Event: event})
		ok(failed)
		for i, o := range out {
			ok(o.Err)
			if i%3 != round {
				ok(s.Decide(t.Context(), store.Decision{Document: o.ID, Version: o.Version, Approve: i%5 != 0, By: principal("user:ana"), At: footnote.Now()}, nil, event))
			}
		}
	}
	_, err = s.Delete(t.Context(), "kb", []string{"d3", "d4"}, event)
	ok(err)
	ok(s.Embed(t.Context(), []store.Embedding{{Hash: "h1-1", Model: "old", Vector: []float32{1, 2}}}))
	_, err = s.ChooseModel(t.Context(), "new")
	ok(err)
	ok(s.Record(t.Context(), footnote.Receipt{ID: "r1", At: footnote.Now(), Principal: principal("user:ana")}, event))
	return s
}

func principal(name string) footnote.Principal {
	p, err := footnote.ParsePrincipal(name)
	if err != nil {
		panic(err)
	}
	return p
}

func submission(i, round int) store.Submission {
	text := fmt.Sprintf("Text %d of round %d \x00 with a zero.", i, round)
	return store.Submission{
		ExternalID: fmt.Sprint("d", i), Digest: fmt.Sprint(i, round), ACL: footnote.AnyOf(principal("group:all")), Audience: footnote.AudienceInternal,
		Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: fmt.Sprint("Title ", i)}, Aliases: []string{fmt.Sprint("alias", i)},
		Parts: []store.SubmittedPart{{Key: "body", Text: text, Chunks: []store.SubmittedChunk{{
			Chunk: footnote.Chunk{Start: 0, End: len(text), Lead: "L"}, EmbedHash: fmt.Sprintf("h%d-%d", i, round),
		}}}},
	}
}

func dump(t *testing.T, s *sqlite.Store) *sqlite.Dump {
	t.Helper()
	d, err := s.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// TestTransferGoesOn breaks a transfer off after each table in turn: nobody can open what is there, and the next one goes on
// from it until all is there. What comes of it takes writes.
func TestTransferGoesOn(t *testing.T) {
	from, dsn := origin(t), testdb.Postgres(t)
	d := dump(t, from)
	for broken := 0; ; broken++ {
		ctx, cancel := context.WithCancel(t.Context())
		seen := map[string]bool{}
		proof, err := postgres.Transfer(ctx, dsn, d, func(table string, done, of int64) {
			if seen[table] = true; len(seen) > 3*broken+2 && done == of {
				cancel()
			}
		})
		cancel()
		if err == nil {
			if proof.Documents != 38 || proof.Events == 0 || broken < 5 {
				t.Errorf("it ends with %+v after %d that were broken off", proof, broken)
			}
			break
		}
		if broken > 10 {
			t.Fatal(err)
		}
		if _, err = postgres.Open(t.Context(), dsn, postgres.Config{}); err == nil || !strings.Contains(err.Error(), "run it again") {
			t.Fatalf("a half store opens: %v", err)
		}
	}
	s := open(t, dsn, postgres.Config{})
	event := audit.By(footnote.Caller{}, audit.KindSource, "test")
	out, err := s.Put(t.Context(), store.Batch{Source: "kb", Submissions: []store.Submission{submission(99, 0), submission(0, 7)}, At: footnote.Now(), By: principal("app:x"), Event: event})
	if err != nil || out[0].Err != nil || out[1].Err != nil || out[1].Version != 3 {
		t.Errorf("a write after the move: %+v, %v", out, err)
	}
	if _, err = postgres.Transfer(t.Context(), dsn, d, func(string, int64, int64) {}); footnote.CodeOf(err) != footnote.CodeConflict {
		t.Errorf("a transfer to where something is: %v", err)
	}
}

// TestTransferOfAnother: what was begun with one state of a folder is not gone on with from another.
func TestTransferOfAnother(t *testing.T) {
	from, dsn := origin(t), testdb.Postgres(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := postgres.Transfer(ctx, dsn, dump(t, from), func(string, int64, int64) { cancel() })
	if err == nil {
		t.Fatal("it was not broken off")
	}
	if err = from.Append(t.Context(), audit.By(footnote.Caller{}, audit.KindSource, "later")); err != nil {
		t.Fatal(err)
	}
	if _, err = postgres.Transfer(t.Context(), dsn, dump(t, from), func(string, int64, int64) {}); footnote.CodeOf(err) != footnote.CodeConflict {
		t.Errorf("another state is mixed in: %v", err)
	}
}

// forger changes one row on the way.
type forger struct {
	*sqlite.Dump
	table, column string
	forged        bool
}

func (f *forger) Rows(ctx context.Context, wanted store.Rows, yield func(row []any) error) error {
	count := 0
	defer func() { f.forged = f.forged || wanted.Table == f.table }()
	return f.Dump.Rows(ctx, wanted, func(row []any) error {
		if count++; wanted.Table == f.table && !f.forged && count == 1 {
			for i, name := range wanted.Columns {
				if name == f.column {
					row[i] = "forged"
				}
			}
		}
		return yield(row)
	})
}

// TestTransferProvesItself: a text, a rule, a title or an event that is not what it was is found, and the copy stays shut.
func TestTransferProvesItself(t *testing.T) {
	from := origin(t)
	for _, f := range []*forger{{table: "parts", column: "text"}, {table: "events", column: "subject"}, {table: "documents", column: "owner"}, {table: "memberships", column: "member"}} {
		dsn := testdb.Postgres(t)
		f.Dump = dump(t, from)
		_, err := postgres.Transfer(t.Context(), dsn, f, func(string, int64, int64) {})
		if err == nil || footnote.CodeOf(err) != footnote.CodeInternal {
			t.Errorf("a forged %s of %s: %v", f.column, f.table, err)
		}
		if _, err = postgres.Open(t.Context(), dsn, postgres.Config{}); err == nil {
			t.Errorf("the copy with a forged %s of %s opens", f.column, f.table)
		}
		if err = f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestTransferAsOwner moves records as a user who owns nothing but the schema, and leaves it as locked as any.
func TestTransferAsOwner(t *testing.T) {
	dsn := testdb.Postgres(t)
	owner := user(t, dsn)
	ask(t, dsn, "ALTER ROLE "+nameOf(t, owner)+" CREATEROLE",
		"GRANT CREATE ON DATABASE "+answer(t, connect(t, dsn), "SELECT quote_ident(current_database()::text)")[0]+" TO "+nameOf(t, owner))
	if err := try(t, dsn, "GRANT footnote_writer, footnote_reader TO "+nameOf(t, owner)); err != nil {
		t.Log("the roles are not there yet: ", err)
	}
	from := dump(t, origin(t))
	if _, err := postgres.Transfer(t.Context(), owner, from, func(string, int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	const locked = "SELECT count(*)::text FROM pg_class WHERE relforcerowsecurity AND relrowsecurity AND relnamespace = 'footnote'::regnamespace"
	if got := answer(t, connect(t, dsn), locked)[0]; got != "3" {
		t.Errorf("%s tables are locked for their owner, want 3", got)
	}
	if err := open(t, owner, postgres.Config{}).Append(t.Context(), audit.Event{Kind: audit.KindRead}); err != nil {
		t.Fatal(err)
	}
}
