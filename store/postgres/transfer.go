package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"footnote"
	"footnote/store"
)

// Origin is a record store of the same schema, read row by row as it stands at one moment.
type Origin interface {
	store.Snapshot
	// Count is how many rows a table has.
	Count(ctx context.Context, table string) (int64, error)
	// Last is the highest id that was ever given to a row of a table, when it is not that of a row still there.
	Last(ctx context.Context, table string) (int64, error)
	Epoch() uint64
	Rows(ctx context.Context, wanted store.Rows, yield func(row []any) error) error
}

// table is copied in the order of its key.
type table struct {
	name string
	key  []string
}

// tables are those of a record store, what others refer to first.
func tables() []table {
	return []table{
		{"sources", []string{"id"}},
		{"rules", []string{"id"}},
		{"groups", []string{"principal"}},
		{"memberships", []string{"member", "principal"}},
		{"people", []string{"principal"}},
		{"keys", []string{"id"}},
		{"switches", []string{"name"}},
		{"documents", []string{"pk"}},
		{"versions", []string{"document", "number"}},
		{"parts", []string{"pk"}},
		{"version_parts", []string{"document", "version", "position"}},
		{"chunks", []string{"id"}},
		{"embeddings", []string{"hash", "model"}},
		{"aliases", []string{"source", "alias", "document"}},
		{"changes", []string{"sequence"}},
		{"events", []string{"sequence"}},
		{"receipts", []string{"id"}},
		{"generations", []string{"number"}},
		{"waiting", []string{"model", "chunk"}},
	}
}

// errMoving is what Open says while a transfer is not finished.
const errMoving = "records are being moved here by migrate-store, or that was broken off: run it again until it ends"

// COPY refuses tables whose row level security holds for whoever copies: while records are moved, it does not hold for the
// owner of the tables. Nobody can open them meanwhile.
const (
	ownerUnlocked = `ALTER TABLE version_parts NO FORCE ROW LEVEL SECURITY; ALTER TABLE parts NO FORCE ROW LEVEL SECURITY;
		ALTER TABLE chunks NO FORCE ROW LEVEL SECURITY`
	ownerIsLocked = `ALTER TABLE version_parts FORCE ROW LEVEL SECURITY; ALTER TABLE parts FORCE ROW LEVEL SECURITY;
		ALTER TABLE chunks FORCE ROW LEVEL SECURITY; `
)

// Transfer copies everything that another record store holds into the schema that dsn names, which must be empty or hold
// what an earlier Transfer of the same store began: that is gone on with. It checks what it copied against what it read
// before anybody can open the copy. progress is told how many rows of a table are there, of how many.
func Transfer(ctx context.Context, dsn string, from Origin, progress func(table string, done, of int64)) (Proof, error) {
	pool, schema, err := parse(dsn)
	if err != nil {
		return Proof{}, err
	}
	s := &Store{config: Config{}.withDefaults(), address: pool.ConnConfig, schema: schema, moving: true}
	if err = s.open(ctx, pool); err != nil {
		return Proof{}, fmt.Errorf("open the new record store: %w", err)
	}
	defer func() { _ = s.Close() }() // what is copied is committed
	var proof Proof
	err = s.Hold(ctx, "transfer", func(ctx context.Context) error {
		conn, failed := connect(ctx, s.address)
		if failed != nil {
			return failed
		}
		defer func() {
			closing, cancel := background(ctx)
			defer cancel()
			_ = conn.Close(closing)
		}()
		t := &transfer{conn: conn, from: from, progress: progress}
		if _, failed = conn.Exec(ctx, ownerUnlocked); failed != nil {
			return translate(failed)
		}
		if failed = t.run(ctx); failed != nil {
			return failed
		}
		if proof, failed = prove(ctx, s, from); failed != nil {
			return failed
		}
		_, failed = conn.Exec(ctx, ownerIsLocked+"DROP TABLE transfer")
		return translate(failed)
	})
	return proof, err
}

// transfer is one under way.
type transfer struct {
	conn     *pgx.Conn
	from     Origin
	progress func(table string, done, of int64)
}

func (t *transfer) run(ctx context.Context) error {
	done, err := t.begin(ctx)
	if err != nil {
		return err
	}
	for _, table := range tables() {
		if err = t.copy(ctx, table, done[table.name]); err != nil {
			return fmt.Errorf("copy %s: %w", table.name, err)
		}
	}
	if err = t.finish(ctx); err != nil {
		return err
	}
	for _, table := range tables() {
		if err = t.compare(ctx, table); err != nil {
			return err
		}
	}
	return nil
}

// begin notes what is to be copied, or reads how far an earlier transfer of it came.
func (t *transfer) begin(ctx context.Context) (done map[string]int64, err error) {
	sequence, hash, err := t.from.LastEvent(ctx)
	if err != nil {
		return nil, err
	}
	origin := fmt.Sprintf("event %d %s, change %d", sequence, hash, t.from.Position().Head)
	done = map[string]int64{}
	var known bool
	if err = t.conn.QueryRow(ctx, "SELECT to_regclass('transfer') IS NOT NULL").Scan(&known); err != nil {
		return nil, translate(err)
	}
	if !known {
		return done, t.note(ctx, origin)
	}
	rows, err := t.conn.Query(ctx, "SELECT name, rows, origin FROM transfer") //nolint:rowserrcheck // ForEachRow does
	if err != nil {
		return nil, translate(err)
	}
	var name, before string
	var count int64
	_, err = pgx.ForEachRow(rows, []any{&name, &count, &before}, func() error {
		done[name] = count
		if before != origin {
			return footnote.Errorf(footnote.CodeConflict, "the data folder changed since its transfer began: drop the schema and begin anew")
		}
		return nil
	})
	return done, translate(err)
}

// note begins a transfer. A schema that holds something already is left alone.
func (t *transfer) note(ctx context.Context, origin string) error {
	for _, table := range tables() {
		var holds bool
		if err := t.conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+pgx.Identifier{table.name}.Sanitize()+")").Scan(&holds); err != nil {
			return translate(err)
		}
		if holds {
			return footnote.Errorf(footnote.CodeConflict, "the new record store holds records already: name an empty database, or another schema with search_path in its address")
		}
	}
	tx, err := t.conn.Begin(ctx)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if _, err = tx.Exec(ctx, `CREATE TABLE transfer (name TEXT PRIMARY KEY, rows BIGINT NOT NULL, origin TEXT NOT NULL)`); err != nil {
		return translate(err)
	}
	for _, table := range tables() {
		if _, err = tx.Exec(ctx, "INSERT INTO transfer VALUES ($1, 0, $2)", table.name, origin); err != nil {
			return translate(err)
		}
	}
	return translate(tx.Commit(ctx))
}

// finish sets where the logs end and which numbers were given.
func (t *transfer) finish(ctx context.Context) error {
	var last [2]int64
	for i, name := range []string{"rules", "chunks"} {
		var err error
		if last[i], err = t.from.Last(ctx, name); err != nil {
			return err
		}
	}
	const query = `UPDATE meta SET acl_epoch = $1,
		head = coalesce((SELECT max(sequence) FROM changes), 0),
		awaited = coalesce((SELECT max(sequence) FROM changes WHERE NOT vectors), 0),
		sequence = coalesce((SELECT max(sequence) FROM events), 0),
		hash = coalesce((SELECT hash FROM events ORDER BY sequence DESC LIMIT 1), ''),
		last_rule = greatest($2, (SELECT max(id) FROM rules)),
		last_document = coalesce((SELECT max(pk) FROM documents), 0),
		last_part = coalesce((SELECT max(pk) FROM parts), 0),
		last_chunk = greatest($3, (SELECT max(id) FROM chunks))`
	if _, err := t.conn.Exec(ctx, query, t.from.Epoch(), last[0], last[1]); err != nil {
		return translate(err)
	}
	_, err := t.conn.Exec(ctx, "ANALYZE")
	return translate(err)
}

// columns are those of a table that are copied, with their types. What is computed here is not.
func (t *transfer) columns(ctx context.Context, name string) (names, types []string, err error) {
	const query = `SELECT column_name, data_type FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = $1 AND is_identity = 'NO' ORDER BY ordinal_position`
	rows, err := t.conn.Query(ctx, query, name) //nolint:rowserrcheck // ForEachRow does
	if err != nil {
		return nil, nil, translate(err)
	}
	var column, kind string
	_, err = pgx.ForEachRow(rows, []any{&column, &kind}, func() error {
		names, types = append(names, column), append(types, kind)
		return nil
	})
	if at := slices.Index(names, "sha256"); name == "rules" && at >= 0 {
		names, types = slices.Delete(names, at, at+1), slices.Delete(types, at, at+1)
	}
	return names, types, translate(err)
}
