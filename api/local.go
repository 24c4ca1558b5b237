package api

import (
	"context"
	"io"
	"net/http"

	"footnote"
)

type localKey struct{}

func localCaller(ctx context.Context) (footnote.Caller, bool) {
	caller, ok := ctx.Value(localKey{}).(footnote.Caller)
	return caller, ok
}

// Local sends requests to a handler of this package in the same process, as a caller who was established by holding
// the data folder. Nothing that comes over the network can name a caller this way. The answer streams.
func Local(handler http.Handler, caller footnote.Caller) http.RoundTripper {
	return localTransport{handler: handler, caller: caller}
}

type localTransport struct {
	handler http.Handler
	caller  footnote.Caller
}

// RoundTrip serves the request in a goroutine of its own that ends with the handler; closing the answer's body makes
// the handler's further writes fail.
func (t localTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(context.WithValue(r.Context(), localKey{}, t.caller))
	served := r.Clone(ctx)
	if served.Body == nil {
		served.Body = http.NoBody
	}
	served.RequestURI = r.URL.RequestURI()
	if served.Host == "" {
		served.Host = r.URL.Host
	}
	reader, writer := io.Pipe()
	out := &localWriter{header: http.Header{}, pipe: writer, begun: make(chan struct{})}
	go func() {
		defer cancel()
		defer out.finish()
		t.handler.ServeHTTP(out, served)
	}()
	select {
	case <-out.begun:
	case <-r.Context().Done():
		_ = reader.CloseWithError(r.Context().Err())
		return nil, r.Context().Err()
	}
	return &http.Response{
		StatusCode: out.status, Status: http.StatusText(out.status), Header: out.sent, Body: localBody{reader, cancel}, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1,
	}, nil
}

type localBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

// Close also ends the handler's context.
func (b localBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}

// localWriter hands what the handler writes to whoever reads the answer.
type localWriter struct {
	header, sent http.Header
	status       int
	pipe         *io.PipeWriter
	begun        chan struct{}
}

// Header is part of http.ResponseWriter.
func (w *localWriter) Header() http.Header { return w.header }

// WriteHeader is part of http.ResponseWriter.
func (w *localWriter) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status, w.sent = status, w.header.Clone()
	close(w.begun)
}

// Write is part of http.ResponseWriter.
func (w *localWriter) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.pipe.Write(data)
}

// Flush does nothing: a pipe holds nothing back.
func (w *localWriter) Flush() { w.WriteHeader(http.StatusOK) }

// finish ends the answer; a handler that panicked leaves it cut off.
func (w *localWriter) finish() {
	w.WriteHeader(http.StatusOK)
	if cause := recover(); cause != nil {
		_ = w.pipe.CloseWithError(io.ErrUnexpectedEOF)
		return
	}
	_ = w.pipe.Close()
}
