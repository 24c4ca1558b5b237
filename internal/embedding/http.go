package embedding

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go"

	"footnote"
)

// longestWait between two tries; a server that asks for more is not waited for.
const longestWait = 30 * time.Second

// HTTPConfig says where embeddings come from. BaseURL, Model and Dimensions are needed.
type HTTPConfig struct {
	Protocol   Protocol      // default OpenAI
	BaseURL    string        // https://host/v1 for OpenAI, https://host for the others
	Key        string        // sent as a bearer token; "" sends none
	Model      string        // as the server calls it
	Dimensions int           // what the model gives; an answer of another length is an error
	Batch      int           // texts in one request; default 64, of TEI 32
	Timeout    time.Duration // of one request; default 30 s
	Retries    int           // after a failed request; default 3, negative none
	Client     *http.Client  // default: a client with the standard transport. Redirects are never followed

	firstDelay time.Duration // before the first retry; each further one waits twice as long
}

// HTTP asks a server for embeddings by one of the protocols. A text without any visible
// character gets the zero vector and is not sent. 429, server errors, broken answers of the network and timeouts are
// tried again, not before a Retry-After has passed. Its errors hold neither the key nor anything the server said. How
// equal the vectors of one text are from call to call is for the server to say.
type HTTP struct {
	config   HTTPConfig
	wire     wire
	url      string
	client   *http.Client
	executor failsafe.Executor[[][]float32]
}

// NewHTTP checks the configuration; it does not call the server.
func NewHTTP(c HTTPConfig) (*HTTP, error) {
	protocol, err := wireOf(c.Protocol)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, footnote.Invalid("base_url", "must be an http or https address")
	case c.Model == "":
		return nil, footnote.Invalid("model", "must name the server's model")
	case c.Dimensions <= 0:
		return nil, footnote.Invalid("dimensions", "must be the length of the model's vectors")
	case c.Batch < 0 || c.Timeout < 0:
		return nil, footnote.Invalid("batch", "batch and timeout must not be negative")
	case strings.ContainsAny(c.Key, "\r\n"):
		return nil, footnote.Invalid("key", "must be one line")
	}
	c.Batch = cmp.Or(c.Batch, protocol.batch)
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.Retries = max(cmp.Or(c.Retries, 3), 0)
	c.firstDelay = cmp.Or(c.firstDelay, 250*time.Millisecond)
	client := &http.Client{}
	if c.Client != nil {
		*client = *c.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &HTTP{
		config:   c,
		wire:     protocol,
		url:      base.JoinPath(protocol.path).String(),
		client:   client,
		executor: failsafe.With[[][]float32](retryPolicy(c.Retries, c.firstDelay)),
	}, nil
}

// Model implements Embedder. The name carries the length, because servers can shorten vectors of one model.
func (h *HTTP) Model() string { return fmt.Sprintf("http:%s:%d", h.config.Model, h.config.Dimensions) }

// Dimensions implements Embedder.
func (h *HTTP) Dimensions() int { return h.config.Dimensions }

// Batch is how many texts go out in one request.
func (h *HTTP) Batch() int { return h.config.Batch }

// Embed implements Embedder. Batches go out one after the other.
func (h *HTTP) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	send := make([]string, 0, min(len(texts), h.config.Batch))
	places := make([]int, 0, cap(send))
	for i, text := range texts {
		if isBlank(text) {
			vectors[i] = make([]float32, h.config.Dimensions)
		} else {
			send, places = append(send, strings.ToValidUTF8(text, "\uFFFD")), append(places, i)
		}
		if len(send) == 0 || len(send) < h.config.Batch && i < len(texts)-1 {
			continue
		}
		batch, err := h.embedBatch(ctx, send)
		if err != nil {
			return nil, err
		}
		for k, place := range places {
			vectors[place] = batch[k]
		}
		send, places = send[:0], places[:0]
	}
	return vectors, nil
}

// embedBatch sends texts, trying again as the policy says.
func (h *HTTP) embedBatch(ctx context.Context, texts []string) ([][]float32, error) {
	vectors, err := h.executor.WithContext(ctx).Get(
		func() ([][]float32, error) { return h.request(ctx, texts) })
	if ctx.Err() != nil {
		return nil, fmt.Errorf("embed: %w", context.Cause(ctx))
	}
	if err != nil {
		return nil, &footnote.Error{Code: footnote.CodeUnavailable, Message: "the embedding service gave no usable answer", Err: err}
	}
	return vectors, nil
}
