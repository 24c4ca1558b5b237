// Package chat asks a language model to write a text, through any server that speaks the chat completions protocol of
// OpenAI.
//
// It promises one bounded call: a deadline over everything, an answer of bounded size, one more try at most, and a
// circuit breaker that stops asking a server which keeps failing. Its errors hold neither the key nor anything the server
// said. What is asked, and whether the reply is true, is for the caller.
package chat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go"
	openai "github.com/sashabaranov/go-openai"

	"footnote"
)

// Config says which model to ask. BaseURL and Model are needed.
type Config struct {
	BaseURL   string        // the part before /chat/completions, such as https://host/v1
	Key       string        // sent as a bearer token; "" sends none
	Model     string        // as the server calls it
	Timeout   time.Duration // of a call with its second try; default 20 s
	MaxTokens int           // of a reply; default 600
	Pause     time.Duration // before the one further try that a failed one gets; default 250 ms
	Client    *http.Client  // default: a client with the standard transport. Redirects are never followed
	Failures  int           // in a row, after which the server is left alone; default 3
	Rest      time.Duration // for how long; default 30 s
}

// Client asks one model. It is safe for concurrent use.
type Client struct {
	config      Config
	completions *openai.Client
	executor    failsafe.Executor[reply]
}

// reply is what a call that went well brought.
type reply struct {
	text  string
	whole bool
}

// New checks the configuration; it does not call the server.
func New(c Config) (*Client, error) {
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, footnote.Invalid("base_url", "must be an http or https address")
	case c.Model == "":
		return nil, footnote.Invalid("model", "must name the server's model")
	case c.Timeout < 0 || c.MaxTokens < 0 || c.Failures < 0 || c.Rest < 0 || c.Pause < 0:
		return nil, footnote.Invalid("timeout", "limits must not be negative")
	case strings.ContainsAny(c.Key, "\r\n"):
		return nil, footnote.Invalid("key", "must be one line")
	}
	c.Timeout = cmp.Or(c.Timeout, 20*time.Second)
	c.MaxTokens = cmp.Or(c.MaxTokens, 600)
	c.Pause = cmp.Or(c.Pause, 250*time.Millisecond)
	c.Failures = cmp.Or(c.Failures, 3)
	c.Rest = cmp.Or(c.Rest, 30*time.Second)
	settings := openai.DefaultConfig(c.Key) // an empty key sends no header
	settings.BaseURL, settings.HTTPClient = base.String(), bounded(c.Client)
	return &Client{
		config: c, completions: openai.NewClientWithConfig(settings),
		executor: failsafe.With[reply](breaker(c), retry(c)),
	}, nil
}

// Model is the model that is asked.
func (c *Client) Model() string { return c.config.Model }

// Complete asks the model for a text. whole is false where the model stopped before it was done. The error is
// context.DeadlineExceeded where the time was up; where ctx ended it is the cause of that.
func (c *Client) Complete(ctx context.Context, system, user string) (text string, whole bool, err error) {
	limited, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	got, err := c.executor.WithContext(limited).Get(func() (reply, error) { return c.call(limited, system, user) })
	switch {
	case err == nil:
		return got.text, got.whole, nil
	case ctx.Err() != nil:
		return "", false, fmt.Errorf("ask the model: %w", context.Cause(ctx))
	case limited.Err() != nil:
		err = context.DeadlineExceeded
	}
	return "", false, &footnote.Error{Code: footnote.CodeUnavailable, Message: "the language model gave no usable answer", Err: err}
}

// call makes one try.
func (c *Client) call(ctx context.Context, system, user string) (reply, error) {
	completion, err := c.completions.CreateChatCompletion(ctx, openai.ChatCompletionRequest{
		Model: c.config.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: system}, {Role: openai.ChatMessageRoleUser, Content: user},
		},
		MaxTokens:   c.config.MaxTokens,
		Temperature: math.SmallestNonzeroFloat32, // the library leaves 0 out, and a server's default is another
	})
	switch {
	case ctx.Err() != nil:
		return reply{}, ctx.Err()
	case err != nil:
		return reply{}, plain(err)
	case len(completion.Choices) == 0:
		return reply{}, errors.New("the answer holds no choice")
	}
	choice := completion.Choices[0]
	return reply{text: choice.Message.Content, whole: choice.FinishReason == openai.FinishReasonStop}, nil
}
