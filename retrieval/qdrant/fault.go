package qdrant

import (
	"context"
	"errors"
	"strings"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"footnote"
)

// fault turns what a request came to into an error that names the fix. A caller who gave up hears that and nothing else.
func (x *Index) fault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, known := errors.AsType[*footnote.Error](err); known {
		return err
	}
	code, message := footnote.CodeUnavailable, ""
	reason, _ := status.FromError(err)
	kind := reason.Code()
	if _, limited := errors.AsType[*api.QdrantResourceExhaustedError](err); limited {
		kind = codes.ResourceExhausted
	}
	switch kind {
	case codes.Unauthenticated, codes.PermissionDenied:
		message = "Qdrant refuses the API key: give the one that the server was started with, with the right to write"
	case codes.DeadlineExceeded:
		message = "Qdrant did not answer in time: see whether it is overloaded, or allow it more"
	case codes.NotFound:
		message = missing
	case codes.ResourceExhausted:
		message = "Qdrant takes no more requests for now: raise its limits, or try again later"
	case codes.Unavailable:
		message = x.unreachable(reason.Message())
	default:
		code, message = footnote.CodeInternal, "Qdrant refused a request: see its log and the one of this service"
	}
	return &footnote.Error{Code: code, Message: message, Err: err}
}

const missing = "the collection is not on the Qdrant server, which may have been started empty: rebuild the index"

func (x *Index) unreachable(reason string) string {
	switch {
	case x.config.TLS != nil && (strings.Contains(reason, "tls: ") || strings.Contains(reason, "x509: ")):
		return "Qdrant was reached and TLS failed: see that the server has TLS on, and that its certificate is trusted and names the host"
	case x.config.TLS == nil && strings.Contains(reason, "server preface"):
		return "Qdrant was reached and hung up: it may want TLS, or this may be its HTTP port instead of that of gRPC (6334)"
	}
	return "Qdrant cannot be reached: see that it runs, and that host and port (of gRPC: 6334) are right"
}

// isMissing says whether an error is that of a collection that is not there.
func isMissing(err error) bool {
	reason, ok := status.FromError(err)
	return ok && err != nil && reason.Code() == codes.NotFound
}

func mismatch(have, want int) error {
	return footnote.Errorf(footnote.CodeInternal, "a vector has %d dimensions where the index has %d: rebuild the index with the model that serves", have, want)
}
