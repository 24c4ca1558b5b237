package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"footnote"
)

// Problem is the body of every failure, RFC 9457. It never repeats a value of the request, and it is the same for what
// does not exist and for what may not be seen.
type Problem struct { //nolint:errname // the word of RFC 9457 {
	Type   string        `json:"type" example:"about:blank"`
	Title  string        `json:"title"`
	Status int           `json:"status"`
	Detail string        `json:"detail"`
	Code   footnote.Code `json:"code" enum:"invalid,unauthenticated,forbidden,not_found,conflict,too_large,rate_limited,stopped,unavailable,internal"`
	Errors []Fault       `json:"errors"`

	retryAfter time.Duration
}

// Fault is one faulty field and how to mend it.
type Fault struct {
	Location string `json:"location" example:"body.limit"`
	Message  string `json:"message"`
}

const (
	problemType      = "application/problem+json"
	unknownParameter = "unknown query parameter" // as huma says it
	maxFaults        = 20
	maxLocation      = 100
	internalDetail   = "the request could not be completed; the server's log tells why under this request id"
)

// Error makes a Problem an error that huma writes as it is.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is part of huma's contract for errors.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is part of huma's contract for bodies.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders is part of huma's contract for errors.
func (p *Problem) GetHeaders() http.Header {
	headers := http.Header{}
	if p.retryAfter > 0 {
		headers.Set("Retry-After", strconv.Itoa(int(math.Ceil(p.retryAfter.Seconds()))))
	}
	return headers
}

func newProblem(status int, code footnote.Code, detail string, faults ...Fault) *Problem {
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Code: code,
		Errors: append([]Fault{}, faults...),
	}
}

// rateLimited asks to come back later.
func rateLimited(after time.Duration) *Problem {
	p := newProblem(http.StatusTooManyRequests, footnote.CodeRateLimited, "too many requests; try again later")
	p.retryAfter = max(after, time.Second)
	return p
}

func statusOf(code footnote.Code) int {
	statuses := map[footnote.Code]int{
		footnote.CodeInvalid:         http.StatusUnprocessableEntity,
		footnote.CodeMalformed:       http.StatusBadRequest,
		footnote.CodeUnauthenticated: http.StatusUnauthorized,
		footnote.CodeForbidden:       http.StatusForbidden,
		footnote.CodeNotFound:        http.StatusNotFound,
		footnote.CodeConflict:        http.StatusConflict,
		footnote.CodeTooLarge:        http.StatusRequestEntityTooLarge,
		footnote.CodeRateLimited:     http.StatusTooManyRequests,
		footnote.CodeStopped:         http.StatusServiceUnavailable,
		footnote.CodeUnavailable:     http.StatusServiceUnavailable,
	}
	if status, known := statuses[code]; known {
		return status
	}
	return http.StatusInternalServerError
}

// problemOf is the one place where an error becomes an answer. where is the part of the request that unplaced fields
// belong to: body, query or path.
func problemOf(err error, where string) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return newProblem(http.StatusServiceUnavailable, footnote.CodeUnavailable, "the request took too long")
	}
	if errors.Is(err, context.Canceled) {
		return newProblem(http.StatusServiceUnavailable, footnote.CodeUnavailable, "the request was given up")
	}
	own, ok := errors.AsType[*footnote.Error](err)
	if !ok || statusOf(own.Code) == http.StatusInternalServerError {
		return newProblem(http.StatusInternalServerError, footnote.CodeInternal, internalDetail)
	}
	status, code := statusOf(own.Code), own.Code
	switch code { //nolint:exhaustive // the others are shown as they are
	case footnote.CodeMalformed:
		code = footnote.CodeInvalid
	case footnote.CodeNotFound:
		return newProblem(status, code, "not found")
	case footnote.CodeRateLimited:
		return rateLimited(time.Second)
	}
	if own.Field == "" {
		return newProblem(status, code, own.Message)
	}
	return newProblem(status, code, "the request is not valid", Fault{Location: place(own.Field, where), Message: own.Message})
}

// place puts a field into the part of the request it came from, unless it names the part itself.
func place(field, where string) string {
	for _, part := range []string{"body", "query.", "path.", "header."} {
		if strings.HasPrefix(field, part) {
			return bounded(field)
		}
	}
	if strings.HasPrefix(field, onBehalfOfHeader) {
		return "header." + field
	}
	return bounded(where + "." + field)
}

func bounded(location string) string {
	return location[:min(len(location), maxLocation)]
}

// fromHuma turns the errors that huma finds itself into a Problem; it is huma's hook on everything written.
func fromHuma(_ huma.Context, _ string, value any) (any, error) {
	model, ok := value.(*huma.ErrorModel)
	if !ok {
		return value, nil
	}
	if model.Status >= http.StatusInternalServerError {
		return newProblem(model.Status, footnote.CodeInternal, internalDetail), nil
	}
	return newProblem(model.Status, footnote.CodeInvalid, "the request is not valid", faultsOf(model.Errors)...), nil
}

// faultsOf keeps of huma's findings the place and the rule, without the value, once each and not too many. The names
// of unknown fields are the caller's own text, so only the object that holds them is named.
func faultsOf(details []*huma.ErrorDetail) []Fault {
	var faults []Fault
	seen := map[Fault]bool{}
	for _, detail := range details {
		fault := Fault{Location: bounded(detail.Location), Message: detail.Message}
		if detail.Message == unknownParameter {
			fault = Fault{Location: "query", Message: "holds a parameter that is not known here"}
		}
		if detail.Message == validation.MsgUnexpectedProperty {
			fault = Fault{Location: bounded(parent(detail.Location)), Message: "holds a field that is not known here"}
		}
		if !seen[fault] && len(faults) < maxFaults {
			seen[fault] = true
			faults = append(faults, fault)
		}
	}
	return faults
}

// parent cuts at the first unknown step: names of known fields never hold a dot.
func parent(location string) string {
	at := strings.LastIndexByte(location, '.')
	if at < 0 {
		return location
	}
	return location[:at]
}

// writeProblem answers with a problem, unless an answer is under way.
func writeProblem(w http.ResponseWriter, p *Problem) {
	header := w.Header()
	maps.Copy(header, p.GetHeaders())
	header.Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// explain makes the problem of an error and logs what its reader is not told.
func (s *Server) explain(ctx context.Context, err error, where string) *Problem {
	p := problemOf(err, where)
	if p.Status == http.StatusInternalServerError || p.Code == footnote.CodeUnavailable {
		s.logger.ErrorContext(ctx, "request failed",
			slog.String("request_id", exchangeOf(ctx).id), slog.String("code", string(p.Code)), slog.Any("error", err))
	}
	return p
}
