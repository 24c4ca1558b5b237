package postgres

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"footnote"
)

const otherKeys = "another program works on these records with other keys in its data folder; " +
	"give every node the same audit.key and session.key, then start again"

// marking has every connection carry its program's mark for as long as it lives, as a shared advisory lock, and refuses it
// while one with another mark is there. Nothing is stored: when no program runs, the keys can be replaced. It looks before
// it takes the lock, so that one who is refused is in nobody's way, and afterwards: two may come at once.
func marking(schema, mark string) pgconn.AfterConnectFunc {
	class, own := lockNumber("footnote keys "+schema), lockNumber(mark)
	carry := fmt.Sprintf("SELECT pg_advisory_lock_shared(%d, %d)", int32(class), int32(own)) //nolint:gosec // G115: the same 32 bits
	others := fmt.Sprintf(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = %d AND objid <> %d
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1`, class, own)
	return func(ctx context.Context, conn *pgconn.PgConn) error {
		for _, statements := range []string{others, carry + ";" + others} {
			results, err := conn.Exec(ctx, statements).ReadAll()
			if err != nil {
				return translate(err)
			}
			if len(results[len(results)-1].Rows) > 0 {
				return unavailable(otherKeys, nil)
			}
		}
		return nil
	}
}

// lockNumber is half of the name of an advisory lock.
func lockNumber(of string) uint32 {
	return binary.BigEndian.Uint32([]byte(footnote.SHA256(of)))
}
