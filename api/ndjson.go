package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"footnote"
	"footnote/connectors"
	"footnote/ingest"
)

const (
	ndjson      = "application/x-ndjson"
	lineTimeout = time.Minute // for a client that neither sends nor takes anything
)

type sourcePath struct {
	Source string `path:"source"`
}

// documentLine is one line of a bulk push.
type documentLine struct {
	ExternalID string `json:"external_id"`
	documentBody
}

// lineResult is one line of the answer.
type lineResult struct {
	ExternalID string `json:"external_id"`
	Status     int    `json:"status"`
	*putReply
	Error *Problem `json:"error,omitempty"`
}

// putLines answers each line of the body with one of its own, in order, while the body still comes in.
func (s *Server) putLines(ctx context.Context, in request[sourcePath, none]) (*stream, error) {
	x := exchangeOf(ctx)
	if err := checkType(x.request, ndjson, "application/ndjson", "application/jsonl"); err != nil {
		return nil, err
	}
	return streamed(func(open context.Context) { s.pushLines(open, in.caller, in.params.Source, x) }), nil //nolint:contextcheck // huma hands the request's context over
}

func (s *Server) pushLines(parent context.Context, caller footnote.Caller, source string, x *exchange) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	_ = http.NewResponseController(x.writer).EnableFullDuplex()
	out := newLines(x)
	lines := readLines(ctx, patientReader{x}, maxDocument)
	for first := true; ; first = false {
		batch := lines.batch(ctx)
		if batch == nil && !first {
			break
		}
		results, err := s.pushBatch(ctx, caller, source, batch)
		lines.done(batch)
		if err != nil && !out.begun {
			writeProblem(x.writer, s.explain(ctx, err, "body"))
			return
		}
		for _, result := range results {
			out.write(result)
		}
		out.flush()
	}
	out.begin()
}

// patientReader gives the client time for each piece, not for the whole.
type patientReader struct{ *exchange }

// Read is part of io.Reader.
func (r patientReader) Read(into []byte) (int, error) {
	r.allowReading(lineTimeout)
	return r.request.Body.Read(into)
}

// pushBatch takes in what can be read of a batch; a body without lines is a batch too, which renews the source's lease. err says that all of it was refused at once; the results say so too.
func (s *Server) pushBatch(ctx context.Context, caller footnote.Caller, source string, batch []line) ([]lineResult, error) {
	results := make([]lineResult, len(batch))
	var at []int
	var records []connectors.Record
	for i, l := range batch {
		record, err := l.record()
		results[i].ExternalID = record.ExternalID
		if err != nil {
			s.settle(ctx, &results[i], ingest.Result{Err: err})
			continue
		}
		at, records = append(at, i), append(records, record)
	}
	if len(records) == 0 && len(batch) > 0 {
		return results, nil
	}
	done, err := s.services.Ingest.Put(ctx, caller, source, records)
	for n, i := range at {
		if err != nil {
			s.settle(ctx, &results[i], ingest.Result{Err: err})
			continue
		}
		s.settle(ctx, &results[i], done[n])
	}
	return results, err
}

func (l line) record() (connectors.Record, error) {
	if l.err != nil {
		return connectors.Record{}, l.err
	}
	var body documentLine
	if err := decode(l.data, &body); err != nil {
		return connectors.Record{}, err
	}
	return body.record(body.ExternalID)
}

func (s *Server) settle(ctx context.Context, into *lineResult, r ingest.Result) {
	s.count(r)
	if r.Err != nil {
		into.Error = s.explain(ctx, r.Err, "body")
		into.Status = into.Error.Status
		return
	}
	shown := shownResult(r)
	into.Status, into.putReply = statusOfResult(r), &shown
}

// lineWriter writes an answer line by line; it begins with the first.
type lineWriter struct {
	*exchange
	begun bool
}

func newLines(x *exchange) *lineWriter { return &lineWriter{exchange: x} }

func (w *lineWriter) begin() {
	if !w.begun {
		w.begun = true
		w.writer.Header().Set("Content-Type", ndjson)
		w.writer.WriteHeader(http.StatusOK)
	}
}

// write sends one line. A client that has gone is noticed by the request's context.
func (w *lineWriter) write(value any) {
	w.begin()
	w.allowWriting(lineTimeout)
	encoder := json.NewEncoder(w.writer)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
}

func (w *lineWriter) flush() { _ = http.NewResponseController(w.writer).Flush() }

var _ io.Reader = patientReader{}
