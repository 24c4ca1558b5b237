package embedding

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

// retryError is a failure that may pass. after is how long the server asked to be left alone, zero when it did not.
type retryError struct {
	err   error
	after time.Duration
}

func (e *retryError) Error() string { return e.err.Error() }

func (e *retryError) Unwrap() error { return e.err }

func retryPolicy(retries int, firstDelay time.Duration) retrypolicy.RetryPolicy[[][]float32] {
	return retrypolicy.NewBuilder[[][]float32]().
		HandleIf(func(_ [][]float32, err error) bool {
			again, ok := errors.AsType[*retryError](err)
			return ok && again.after <= longestWait
		}).
		AbortOnErrors(context.Canceled).
		WithMaxRetries(retries).
		WithBackoff(firstDelay, max(longestWait/4, 2*firstDelay)).
		WithJitterFactor(0.25).
		WithDelayFunc(func(e failsafe.ExecutionAttempt[[][]float32]) time.Duration {
			if again, ok := errors.AsType[*retryError](e.LastError()); ok && again.after > 0 {
				return again.after*4/3 + 1 // jitter may take a quarter off again
			}
			return -1
		}).
		ReturnLastFailure().
		Build()
}

// retryAfter returns how long a response asks to be left alone; zero when it does not say. A date is measured from the
// response's own Date, so the two clocks need not agree.
func retryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(seconds, 0), 1<<20)) * time.Second
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	sent, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0
	}
	return max(until.Sub(sent), 0)
}
