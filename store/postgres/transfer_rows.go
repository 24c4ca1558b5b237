package postgres

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"footnote"
	"footnote/store"
)

// transferRows and transferBytes bound what one transaction copies.
const (
	transferRows  = 5000
	transferBytes = 8 << 20
)

// copy copies the rows of a table after those that are there, and notes with each batch how far it came.
func (t *transfer) copy(ctx context.Context, table table, done int64) error {
	of, err := t.from.Count(ctx, table.name)
	if err != nil {
		return err
	}
	names, types, err := t.columns(ctx, table.name)
	if err != nil {
		return err
	}
	t.progress(table.name, done, of)
	var batch [][]any
	size := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		if failed := t.put(ctx, table.name, names, batch); failed != nil {
			return failed
		}
		done += int64(len(batch))
		batch, size = batch[:0], 0
		t.progress(table.name, done, of)
		return nil
	}
	err = t.from.Rows(ctx, store.Rows{Table: table.name, Columns: names, Order: table.key, Skip: done}, func(row []any) error {
		for i := range row {
			if row[i], err = converted(row[i], types[i]); err != nil {
				return fmt.Errorf("%s: %w", names[i], err)
			}
			size += length(row[i])
		}
		batch = append(batch, completed(table.name, names, row))
		if len(batch) >= transferRows || size >= transferBytes {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err = flush(); err != nil {
		return err
	}
	if done != of {
		return footnote.Errorf(footnote.CodeInternal, "%d rows were copied of %d", done, of)
	}
	return nil
}

// compare reads every row of a table on both sides, in the same order, and refuses the first difference.
func (t *transfer) compare(ctx context.Context, table table) error {
	names, types, err := t.columns(ctx, table.name)
	if err != nil {
		return err
	}
	every := slices.Clone(names)
	if table.name == "rules" {
		every = append(every, "sha256")
	}
	query := "SELECT " + identifiers(every) + " FROM " + identifiers([]string{table.name}) + " ORDER BY " + identifiers(table.key)
	here, err := t.conn.Query(ctx, query)
	if err != nil {
		return translate(err)
	}
	defer here.Close()
	count := 0
	different := func() error {
		return footnote.Errorf(footnote.CodeInternal, "the copy differs from the data folder in row %d of %s: drop the schema and begin anew", count, table.name)
	}
	err = t.from.Rows(ctx, store.Rows{Table: table.name, Columns: names, Order: table.key}, func(row []any) error {
		count++
		for i := range row {
			if row[i], err = converted(row[i], types[i]); err != nil {
				return fmt.Errorf("%s: %w", names[i], err)
			}
		}
		if !here.Next() {
			return different()
		}
		copied, failed := here.Values()
		if failed != nil {
			return translate(failed)
		}
		if !slices.EqualFunc(copied, completed(table.name, names, row), same) {
			return different()
		}
		return nil
	})
	if err == nil && here.Next() {
		err = different()
	}
	if err == nil {
		err = translate(here.Err())
	}
	return err
}

// same compares a value that was read here with one that was to be written.
func same(here, there any) bool {
	switch v := here.(type) {
	case []byte:
		want, ok := there.([]byte)
		return ok && bytes.Equal(v, want)
	case int16:
		return int64(v) == there
	case int32:
		return int64(v) == there
	}
	return here == there
}

func identifiers(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = pgx.Identifier{name}.Sanitize()
	}
	return strings.Join(all, ", ")
}

// put writes a batch and the note of it at once.
func (t *transfer) put(ctx context.Context, table string, columns []string, batch [][]any) error {
	tx, err := t.conn.Begin(ctx)
	if err != nil {
		return translate(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if table == "rules" {
		columns = append(slices.Clone(columns), "sha256")
	}
	if _, err = tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(batch)); err != nil {
		return translate(err)
	}
	if _, err = tx.Exec(ctx, "UPDATE transfer SET rows = rows + $2 WHERE name = $1", table, len(batch)); err != nil {
		return translate(err)
	}
	return translate(tx.Commit(ctx))
}

// completed adds what is computed here, and forgets what counts rows of the other store: up to where old vectors are
// dropped.
func completed(table string, names []string, row []any) []any {
	switch table {
	case "rules":
		acl, _ := row[slices.Index(names, "acl")].(string)
		return append(row, footnote.SHA256(acl))
	case "generations":
		if row[slices.Index(names, "state")] == "retired" {
			row[slices.Index(names, "reached")] = int64(0)
		}
	}
	return row
}

// converted is a value as a column of a type takes it.
func converted(value any, kind string) (any, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil //nolint:nilnil // NULL
	case string:
		if kind == "bytea" {
			return []byte(v), nil
		}
		return v, nil
	case []byte:
		if kind == "text" {
			return string(v), nil
		}
		return v, nil
	case int64:
		if kind == "boolean" {
			return v != 0, nil
		}
		return v, nil
	}
	return nil, fmt.Errorf("a %T in a column of %s: %w", value, kind, errCorrupt)
}

func length(value any) int {
	const number = 8
	switch v := value.(type) {
	case string:
		return len(v)
	case []byte:
		return len(v)
	}
	return number
}
