package chat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	openai "github.com/sashabaranov/go-openai"
)

// passing is a failure that may pass: of the network, or the server's own.
type passing struct{ error }

// plain is what may be logged of a failed call: the library's errors repeat addresses and what the server said.
func plain(err error) error {
	status := 0
	if told, ok := errors.AsType[*openai.APIError](err); ok {
		status = told.HTTPStatusCode
	} else if told, ok := errors.AsType[*openai.RequestError](err); ok {
		status = told.HTTPStatusCode
	}
	switch {
	case status >= http.StatusInternalServerError:
		return passing{fmt.Errorf("status %d", status)}
	case status >= http.StatusMultipleChoices:
		return fmt.Errorf("status %d", status)
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
