package postgres

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// listenAgain is how long a lost connection is left alone before it is made anew.
const listenAgain = time.Second

// Listen tells of the newest change that a search has to wait for, whichever program made it: at once with what there
// is, and then after each commit that brought more. What is missed while the connection is down is told when it is back.
// It returns when ctx ends.
func (s *Store) Listen(ctx context.Context, told func(awaited uint64)) error {
	for {
		_ = s.listen(ctx, told) // the connection is gone; searches go on without it
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(listenAgain):
		}
	}
}

// listen does so until its connection ends.
func (s *Store) listen(ctx context.Context, told func(awaited uint64)) error {
	conn, err := pgx.ConnectConfig(ctx, s.address)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := background(ctx)
		defer cancel()
		_ = conn.Close(closing) // it has nothing to lose
	}()
	if _, err = conn.Exec(ctx, "LISTEN "+pgx.Identifier{s.channel()}.Sanitize()); err != nil {
		return err
	}
	var last uint64
	if err = conn.QueryRow(ctx, "SELECT awaited FROM meta").Scan(&last); err != nil {
		return err
	}
	for told(last); ; {
		notice, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if awaited, err := strconv.ParseUint(notice.Payload, 10, 64); err == nil && awaited > last {
			last = awaited
			told(last)
		}
	}
}
