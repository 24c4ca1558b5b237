package embedding

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"unicode"
)

// answerRoom is what an answer may hold beside its vectors, and numberRoom what each number of a vector may take.
const (
	answerRoom = 1 << 16
	numberRoom = 32
)

// request makes one try. Its error is a retryError when another try may go better.
func (h *HTTP) request(ctx context.Context, texts []string) ([][]float32, error) {
	ctx, cancel := context.WithTimeout(ctx, h.config.Timeout)
	defer cancel()
	body, err := json.Marshal(h.wire.write(h.config.Model, texts))
	if err != nil {
		return nil, fmt.Errorf("write request: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the address does not make a request")
	}
	request.Header.Set("Content-Type", "application/json")
	if h.config.Key != "" {
		request.Header.Set("Authorization", "Bearer "+h.config.Key)
	}
	response, err := h.client.Do(request)
	if err != nil {
		return nil, &retryError{err: withoutURL(err)}
	}
	defer response.Body.Close() //nolint:errcheck // nothing was written to it
	if response.StatusCode != http.StatusOK {
		return nil, statusError(response)
	}
	return h.readAnswer(response.Body, len(texts))
}

// statusError keeps the answer's status alone: its body may repeat the key or the texts.
func statusError(response *http.Response) error {
	err := fmt.Errorf("status %d", response.StatusCode)
	if response.StatusCode == http.StatusTooManyRequests || response.StatusCode >= http.StatusInternalServerError {
		return &retryError{err: err, after: retryAfter(response.Header)}
	}
	return err
}

// withoutURL drops the address from a client's error, because a base address may hold a secret.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// readAnswer reads an answer of bounded size and returns count checked unit vectors in the order of their indexes.
func (h *HTTP) readAnswer(body io.Reader, count int) ([][]float32, error) {
	limit := answerRoom + int64(count)*int64(h.config.Dimensions)*numberRoom
	text, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, &retryError{err: fmt.Errorf("read answer: %w", err)}
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("the answer is larger than %d bytes", limit)
	}
	numbers, err := h.wire.read(text, count)
	if err != nil {
		return nil, err
	}
	vectors := make([][]float32, count)
	for i := range numbers {
		if vectors[i], err = h.unit(numbers[i]); err != nil {
			return nil, fmt.Errorf("vector %d: %w", i, err)
		}
	}
	return vectors, nil
}

// unit checks a vector and gives it length one.
func (h *HTTP) unit(numbers []float64) ([]float32, error) {
	if len(numbers) != h.config.Dimensions {
		return nil, fmt.Errorf("%d numbers, want %d", len(numbers), h.config.Dimensions)
	}
	var largest float64
	for _, x := range numbers {
		if math.IsNaN(x) || math.Abs(x) > math.MaxFloat32 {
			return nil, errors.New("a number is not finite")
		}
		largest = max(largest, math.Abs(x))
	}
	if largest < 1e-30 {
		return nil, errors.New("all numbers are zero")
	}
	vector := make([]float32, len(numbers))
	normalise(vector, numbers)
	return vector, nil
}

// isBlank says that a text shows no character, so that there is nothing to embed.
func isBlank(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r != unicode.ReplacementChar && unicode.IsGraphic(r) && !unicode.IsSpace(r)
	})
}
