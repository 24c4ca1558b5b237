package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"golang.org/x/sync/semaphore"

	"footnote"
)

// line is one line of a body: its text, or why it cannot be taken.
type line struct {
	data []byte
	err  error
}

const (
	maxWaiting   = 2 * maxDocument // bytes read ahead
	maxLineBatch = 200
)

// lineReader reads lines ahead of the work on them, so that a slow client and a busy store do not wait for each other.
// It holds at most maxWaiting bytes.
type lineReader struct {
	lines chan line
	room  *semaphore.Weighted
}

// readLines starts reading; it ends with the body or with ctx.
func readLines(ctx context.Context, body io.Reader, limit int) *lineReader {
	r := &lineReader{lines: make(chan line, maxLineBatch), room: semaphore.NewWeighted(maxWaiting)}
	go func() {
		defer close(r.lines)
		in := bufio.NewReaderSize(body, maxBody)
		for {
			next, err := readLine(in, limit)
			if len(bytes.TrimSpace(next.data)) > 0 || next.err != nil {
				if r.room.Acquire(ctx, int64(len(next.data))) != nil {
					return
				}
				select {
				case r.lines <- next:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return r
}

// batch waits for a line and takes those with it that are there already; none: the body has ended.
func (r *lineReader) batch(ctx context.Context) []line {
	var taken []line
	select {
	case first, ok := <-r.lines:
		if !ok {
			return nil
		}
		taken = append(taken, first)
	case <-ctx.Done():
		return nil
	}
	for len(taken) < maxLineBatch {
		select {
		case next, ok := <-r.lines:
			if !ok {
				return taken
			}
			taken = append(taken, next)
		default:
			return taken
		}
	}
	return taken
}

// done gives the room of a batch back.
func (r *lineReader) done(batch []line) {
	for _, l := range batch {
		r.room.Release(int64(len(l.data)))
	}
}

// readLine reads up to a line feed. A line over the limit is read to its end and dropped. The error is the body's end.
func readLine(in *bufio.Reader, limit int) (line, error) {
	var data []byte
	over := false
	for {
		piece, err := in.ReadSlice('\n')
		if over = over || len(data)+len(piece) > limit+1; over {
			data = nil
		} else {
			data = append(data, piece...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		switch {
		case over:
			return line{err: tooLarge(int64(limit))}, err
		case err != nil && !errors.Is(err, io.EOF):
			return line{err: &footnote.Error{Code: footnote.CodeMalformed, Message: "the body ended within a line", Err: err}}, err
		}
		return line{data: data}, err
	}
}
