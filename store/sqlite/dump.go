package sqlite

import (
	"context"
	"fmt"
	"strings"

	"footnote/store"
)

// Dump is a store read row by row, as it stands at one moment, for another store to take over. Close it.
type Dump struct{ *snapshot }

// Dump opens one.
func (s *Store) Dump(ctx context.Context) (*Dump, error) {
	opened, err := s.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return &Dump{opened.(*snapshot)}, nil //nolint:forcetypeassert // Snapshot makes no other
}

// Count is how many rows a table has.
func (d *Dump) Count(ctx context.Context, table string) (count int64, err error) {
	_, err = d.one(ctx, []any{&count}, "SELECT count(*) FROM "+quoted(table))
	return count, err
}

// Last is the highest id that was ever given to a row of a table; 0 for tables that give the ids of rows which are gone
// again.
func (d *Dump) Last(ctx context.Context, table string) (last int64, err error) {
	_, err = d.one(ctx, []any{&last}, "SELECT seq FROM sqlite_sequence WHERE name = ?", table)
	return last, err
}

// Epoch is the state of the rights.
func (d *Dump) Epoch() uint64 { return d.position.ACLEpoch }

// Rows calls yield with every row that is wanted: int64, float64, string, []byte or nil. yield must not use the dump.
func (d *Dump) Rows(ctx context.Context, wanted store.Rows, yield func(row []any) error) error {
	query := fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT -1 OFFSET ?", quoted(wanted.Columns...), quoted(wanted.Table), quoted(wanted.Order...))
	into := make([]any, len(wanted.Columns))
	return d.each(ctx, func(r row) error {
		found := make([]any, len(wanted.Columns))
		for i := range found {
			into[i] = &found[i]
		}
		if err := r.Scan(into...); err != nil {
			return err
		}
		return yield(found)
	}, query, wanted.Skip)
}

func quoted(names ...string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return strings.Join(all, ", ")
}
