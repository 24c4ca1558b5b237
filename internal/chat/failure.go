package chat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/openai/openai-go/v2"
)

// passing is a failure that may pass: of the network, or the server's own.
type passing struct{ error }

// plain is what may be logged of a failed call: the library's errors repeat addresses and what the server said.
func plain(err error) error {
	status, ok := errors.AsType[*openai.Error](err)
	switch {
	case ok && status.StatusCode >= http.StatusInternalServerError:
		return passing{fmt.Errorf("status %d", status.StatusCode)}
	case ok:
		return fmt.Errorf("status %d", status.StatusCode)
	case errors.Is(err, errTooLarge):
		return errTooLarge
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return passing{errors.New("the server could not be reached")}
	}
	return errors.New("the answer could not be read")
}

// retry tries once more what may pass.
func retry(c Config) retrypolicy.RetryPolicy[reply] {
	return retrypolicy.NewBuilder[reply]().
		HandleIf(func(_ reply, err error) bool {
			_, may := errors.AsType[passing](err)
			return may
		}).
		WithMaxRetries(1).
		WithDelay(c.Pause).
		ReturnLastFailure().
		Build()
}

// breaker stops asking a server that fails again and again. A caller who gives up is no failure of the server.
func breaker(c Config) circuitbreaker.CircuitBreaker[reply] {
	return circuitbreaker.NewBuilder[reply]().
		HandleIf(func(_ reply, err error) bool { return err != nil && !errors.Is(err, context.Canceled) }).
		WithFailureThreshold(uint(c.Failures)).
		WithDelay(c.Rest).
		Build()
}
