package qdrant

import (
	"context"
	"slices"
	"time"

	"footnote"
)

// glance is how long a process waits before it looks again whether another has finished its turn.
const glance = 20 * time.Millisecond

// turn takes the next turn to write to the collection that serves, waiting for whoever has it. A process that gives no sign
// of life loses its turn, and all that it did in it.
func (x *Index) turn(ctx context.Context) (ledger, error) {
	var seen ledger
	var since time.Time
	for {
		l, err := x.ledger(ctx)
		if err != nil {
			return ledger{}, err
		}
		if l.collection != seen.collection || l.term != seen.term || l.beat != seen.beat {
			seen, since = l, x.config.Now()
		}
		if !l.open || l.holder == x.holder || x.config.Now().Sub(since) > x.config.Patience {
			next, taken, err := x.take(ctx, l)
			if err != nil || taken {
				return next, err
			}
		}
		if err := pause(ctx, glance); err != nil {
			return ledger{}, err
		}
	}
}

// take takes the turn after a ledger, if nobody else did. What is left of a turn that was never finished is void.
func (x *Index) take(ctx context.Context, l ledger) (next ledger, taken bool, err error) {
	next = l
	next.void = slices.Clone(l.void)
	if l.open {
		next.void = append(next.void, l.term)
	}
	next.term, next.holder, next.open, next.beat = l.term+1, x.holder, true, 0
	now, err := x.move(ctx, l.term, next)
	return next, now.same(next), err
}

// finish shows what was written in a turn.
func (x *Index) finish(ctx context.Context, l ledger) (ledger, error) {
	l.committed, l.open = l.term, false
	now, err := x.move(ctx, l.term, l)
	if done := now.committed >= l.term && !slices.Contains(now.void, l.term); err == nil && !done { // others may have gone on since
		err = footnote.Errorf(footnote.CodeUnavailable, "another process took over while this one wrote to Qdrant, and nothing of it shows: try again")
	}
	return l, err
}

func pause(ctx context.Context, long time.Duration) error {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
