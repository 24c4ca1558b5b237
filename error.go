package footnote

import (
	"errors"
	"fmt"
)

// Code says what kind of failure an Error is; the HTTP status follows from it.
type Code string

// The codes of the HTTP contract.
const (
	CodeInvalid         Code = "invalid"         // the request is understood and wrong: 422
	CodeMalformed       Code = "malformed"       // not JSON, not UTF-8: 400, shown as "invalid"
	CodeUnauthenticated Code = "unauthenticated" // 401
	CodeForbidden       Code = "forbidden"       // 403
	CodeNotFound        Code = "not_found"       // 404, also for what exists and may not be seen
	CodeConflict        Code = "conflict"        // 409
	CodeTooLarge        Code = "too_large"       // 413
	CodeRateLimited     Code = "rate_limited"    // 429
	CodeStopped         Code = "stopped"         // 503, a switch is off
	CodeUnavailable     Code = "unavailable"     // 503, something needed is not there
	CodeInternal        Code = "internal"        // 500
)

// Error is the one error a user may see. Message is safe to show and never repeats an input value; Field names the
// faulty field when there is one; Err is for logs only.
type Error struct {
	Code    Code
	Field   string
	Message string
	Err     error
}

func (e *Error) Error() string {
	text := e.Message
	if e.Field != "" {
		text = e.Field + ": " + text
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives errors.Is and errors.As the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error whose message is formatted; use it for text without input values.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Invalid is the error of one faulty field: message says how to mend it.
func Invalid(field, message string) *Error {
	return &Error{Code: CodeInvalid, Field: field, Message: message}
}

// NotFound is the same for every thing that does not exist or may not be seen, whatever it is.
func NotFound() *Error { return &Error{Code: CodeNotFound, Message: "not found"} }

// CodeOf returns the code of the first Error in err's chain, and CodeInternal when there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
