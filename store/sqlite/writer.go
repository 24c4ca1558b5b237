package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// The bounds of one shared transaction.
const (
	maxShared    = 1024
	ingestBudget = 20 * time.Millisecond
)

// job is one write: what it does is undone alone when it fails.
type job struct {
	ctx  context.Context //nolint:containedctx // a queued job carries its caller's
	run  func(*tx) error
	err  error
	done chan error
}

// writer owns the connection that writes.
type writer struct {
	db      *session
	config  Config
	budget  time.Duration // of ingest in one transaction
	urgent  chan *job     // recording
	others  chan *job
	stopped chan struct{} // closed to stop
	ended   chan struct{} // closed when it did
}

func newWriter(ctx context.Context, db *session, config Config) *writer {
	w := &writer{
		db: db, config: config, budget: ingestBudget, urgent: make(chan *job, maxShared), others: make(chan *job, maxShared),
		stopped: make(chan struct{}), ended: make(chan struct{}),
	}
	go w.loop(ctx)
	return w
}

// stop ends the writer after the transaction under way.
func (w *writer) stop() {
	select {
	case <-w.stopped:
	default:
		close(w.stopped)
	}
	<-w.ended
}

// submit queues a job and waits for what becomes of it. A job whose ctx ends before it starts is not run; once it has
// started, its outcome is waited for.
func submit(ctx context.Context, w *writer, queue chan<- *job, run func(*tx) error) error {
	j, err := enqueue(ctx, w, queue, run)
	if err != nil {
		return err
	}
	return w.wait(j)
}

func enqueue(ctx context.Context, w *writer, queue chan<- *job, run func(*tx) error) (*job, error) {
	j := &job{ctx: ctx, run: run, done: make(chan error, 1)}
	select {
	case queue <- j:
		return j, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-w.stopped:
		return nil, unavailable("the record store is closed", errClosed)
	}
}

func (w *writer) wait(j *job) error {
	select {
	case err := <-j.done:
		return err
	case <-w.ended:
	}
	select {
	case err := <-j.done:
		return err
	default:
		return unavailable("the record store is closed", errClosed)
	}
}

func (s *Store) write(ctx context.Context, run func(*tx) error) error {
	return submit(ctx, s.writer, s.writer.others, run)
}

// record writes what must be recorded even when the request that it tells of has ended.
func (s *Store) record(ctx context.Context, run func(*tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.AuditTimeout)
	defer cancel()
	return submit(ctx, s.writer, s.writer.urgent, run)
}

func (w *writer) loop(ctx context.Context) {
	defer close(w.ended)
	for {
		select {
		case <-w.stopped:
			return
		default:
		}
		select {
		case j := <-w.urgent:
			w.share(ctx, j, false)
		case j := <-w.others:
			w.share(ctx, j, true)
		case <-w.stopped:
			return
		}
	}
}

// share runs a job and those that wait beside it in one transaction, and tells all what became of them.
func (w *writer) share(ctx context.Context, first *job, ingest bool) {
	t, err := begin(ctx, w.db, w.config.Now)
	if err != nil {
		first.done <- err
		return
	}
	head := t.head
	jobs := []*job{first}
	var spent time.Duration
	for j := first; j != nil; j, ingest = w.next(len(jobs), spent) {
		if j != first {
			jobs = append(jobs, j)
		}
		start := time.Now()
		if err = t.attempt(j); err != nil {
			break
		}
		if ingest {
			spent += time.Since(start)
		}
	}
	if err == nil {
		err = t.commit()
	}
	if err != nil {
		t.rollback()
	} else if t.head > head && w.config.AfterCommit != nil {
		w.config.AfterCommit(t.awaited)
	}
	for _, j := range jobs {
		if err != nil {
			j.err = err
		}
		j.done <- j.err
	}
}

// next takes what waits: recording first, then others while their share of the transaction lasts.
func (w *writer) next(count int, spent time.Duration) (waiting *job, ingest bool) {
	if count >= maxShared {
		return nil, false
	}
	select {
	case j := <-w.urgent:
		return j, false
	default:
	}
	if spent >= w.budget {
		return nil, false
	}
	select {
	case j := <-w.others:
		return j, true
	default:
		return nil, false
	}
}

// attempt runs a job in a savepoint. An error of the job is the job's; an error returned is the transaction's.
func (t *tx) attempt(j *job) error {
	if j.err = j.ctx.Err(); j.err != nil {
		return nil
	}
	if _, err := t.exec(t.ctx, "SAVEPOINT job"); err != nil {
		return err
	}
	before := t.tail
	j.err = guarded(t, j.run)
	if j.err == nil {
		j.err = t.flush()
	}
	if j.err == nil {
		_, err := t.exec(t.ctx, "RELEASE job")
		return err
	}
	t.tail = before
	// SQLite undoes the whole transaction when its disk is full or fails; then there is no savepoint left.
	if _, err := t.exec(t.ctx, "ROLLBACK TO job"); err != nil {
		return errors.Join(j.err, err)
	}
	_, err := t.exec(t.ctx, "RELEASE job")
	return err
}

func guarded(t *tx, run func(*tx) error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("a write failed: %v\n%s", fault, debug.Stack())
		}
	}()
	return run(t)
}
