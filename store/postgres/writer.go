package postgres

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// The bounds of one shared transaction.
const (
	maxShared    = 1024
	ingestBudget = 20 * time.Millisecond
	tries        = 4               // of a transaction that others got in the way of
	answerWithin = 2 * time.Minute // Postgres, or it counts as gone
	savepoint    = "SAVEPOINT job"
)

// job is one write: what it does is undone alone when it fails. It may be run more than once, when the transaction has
// to be.
type job struct {
	ctx     context.Context //nolint:containedctx // a queued job carries its caller's
	run     func(*tx) error
	taken   atomic.Bool // by the writer, or by the one who waits and gives up
	started bool        // by the writer
	err     error
	done    chan error
}

// writer owns the connection that writes.
type writer struct {
	address *pgx.ConnConfig
	channel string
	rules   *ruleCache
	db      *session
	config  Config
	budget  time.Duration // of ingest in one transaction
	urgent  chan *job     // recording
	others  chan *job
	stopped chan struct{} // closed to stop
	ended   chan struct{} // closed when it did
}

func (s *Store) newWriter(ctx context.Context, conn *pgx.Conn) *writer {
	w := &writer{
		address: s.address, db: &session{conn: conn, within: answerWithin}, channel: s.channel(), rules: &s.rules, config: s.config, budget: ingestBudget,
		urgent: make(chan *job, maxShared), others: make(chan *job, maxShared),
		stopped: make(chan struct{}), ended: make(chan struct{}),
	}
	go w.loop(ctx)
	return w
}

// stop ends the writer after the transaction under way.
func (w *writer) stop() {
	close(w.stopped)
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
	case <-j.ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return j.ctx.Err()
		}
	case <-w.ended:
	}
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
	err := submit(ctx, s.writer, s.writer.urgent, run)
	if errors.Is(err, context.DeadlineExceeded) {
		return unavailable("nothing could be recorded in time; check whether Postgres is slow or locked", err)
	}
	return err
}

func (w *writer) loop(ctx context.Context) {
	defer close(w.ended)
	defer w.hangUp(ctx)
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

// share runs a job and those that wait beside it in one transaction, and tells all what became of them. When others got
// in its way it is run again.
func (w *writer) share(ctx context.Context, first *job, ingest bool) {
	jobs := []*job{}
	err := w.transact(ctx, func(spent time.Duration) (j *job, isIngest bool) {
		if j, isIngest = first, ingest; len(jobs) > 0 {
			j, isIngest = w.next(len(jobs), spent)
		}
		if j != nil {
			jobs = append(jobs, j)
		}
		return j, isIngest
	})
	if len(jobs) == 0 { // it never began
		first.done <- err
		return
	}
	for try := 1; try < tries && again(err); try++ {
		left := jobs
		err = w.transact(ctx, func(time.Duration) (j *job, isIngest bool) {
			if len(left) > 0 {
				j, left = left[0], left[1:]
			}
			return j, false
		})
	}
	for _, j := range jobs {
		if err != nil {
			j.err = err
		}
		j.done <- j.err
	}
}

// transact runs the jobs that next gives in one transaction.
func (w *writer) transact(ctx context.Context, next func(spent time.Duration) (j *job, ingest bool)) (err error) {
	defer func() {
		if state(err) == readOnlyTransaction {
			w.hangUp(ctx) // the server became a standby: the next connection may find the primary
		}
	}()
	t, err := w.begin(ctx)
	if err != nil {
		return err
	}
	from := t.tail
	var spent time.Duration
	for j, ingest := next(spent); j != nil; j, ingest = next(spent) {
		start := time.Now()
		if err = t.attempt(j); err != nil {
			break
		}
		if ingest {
			spent += time.Since(start)
		}
	}
	if err == nil {
		err = t.commit(from, w.channel)
	}
	if err != nil {
		t.rollback()
		return err
	}
	w.rules.keepAll(t.rules)
	if t.head > from.head && w.config.AfterCommit != nil {
		w.config.AfterCommit(t.awaited)
	}
	return nil
}

// begin begins a transaction, on a new connection when the old one is gone.
func (w *writer) begin(ctx context.Context) (*tx, error) {
	for fresh := false; ; fresh = true {
		if w.db == nil || w.db.conn.IsClosed() {
			conn, err := connect(ctx, w.address)
			if err != nil {
				return nil, err
			}
			w.db, fresh = &session{conn: conn, within: answerWithin}, true
		}
		t, err := begin(ctx, w.db, w.config.Now, w.rules)
		if err == nil || fresh || !w.db.conn.IsClosed() {
			return t, err
		}
	}
}

func (w *writer) hangUp(ctx context.Context) {
	if w.db == nil {
		return
	}
	ctx, cancel := background(ctx)
	defer cancel()
	_ = w.db.conn.Close(ctx) // it is not used again
	w.db = nil
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
	if j.err = j.ctx.Err(); j.err != nil || !j.claim() {
		return nil
	}
	before := t.tail
	t.queue(savepoint)
	if j.err = guarded(t, j.run); j.err == nil {
		t.finish()
		t.queue("RELEASE job")
		j.err = t.flush(t.ctx)
	}
	if j.err == nil || again(j.err) {
		return j.err
	}
	unsent := t.waits(savepoint)
	t.undo(before)
	if unsent {
		return nil
	}
	_, err := t.exec(t.ctx, "ROLLBACK TO job")
	return err
}

// claim takes a job to be run, once more if it was; it fails when the one who waited gave it up.
func (j *job) claim() bool {
	j.started = j.started || j.taken.CompareAndSwap(false, true)
	return j.started
}

func guarded(t *tx, run func(*tx) error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("a write failed: %v\n%s", fault, debug.Stack())
		}
	}()
	return run(t)
}
