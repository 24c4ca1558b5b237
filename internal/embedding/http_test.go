package embedding

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
)

const secret = "sk-very-secret-key"

// newHTTP returns an embedder of two dimensions whose server is handle.
func newHTTP(t *testing.T, c HTTPConfig, handle http.HandlerFunc) *HTTP {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	c.BaseURL, c.Key, c.Model, c.Dimensions = server.URL+"/v1", secret, "small", 2
	c.Client, c.firstDelay = server.Client(), time.Millisecond
	h, err := NewHTTP(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// answer writes the given text with status 200.
func answer(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, text)
}

// lengths answers each text with (3 x its length, 4 x its length), in reverse order.
func lengths(t *testing.T, w http.ResponseWriter, r *http.Request) []string {
	t.Helper()
	var asked openAIRequest
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		t.Error(err)
	}
	items := make([]string, 0, len(asked.Input))
	for i, text := range slices.Backward(asked.Input) {
		items = append(items, fmt.Sprintf(`{"object":"embedding","index":%d,"embedding":[%d,%d]}`, i, 3*len(text), -4*len(text)*(len(text)%2)))
	}
	answer(w, `{"object":"list","data":[`+strings.Join(items, ",")+`],"usage":{"total_tokens":1}}`)
	return asked.Input
}

func TestHTTPSendsBatchesAndKeepsOrder(t *testing.T) {
	var batches [][]string
	h := newHTTP(t, HTTPConfig{Batch: 2}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/embeddings" || r.Header.Get("Authorization") != "Bearer "+secret {
			t.Errorf("%s %s with authorisation %q", r.Method, r.URL.Path, r.Header.Get("Authorization"))
		}
		batches = append(batches, lengths(t, w, r))
	})
	got := embedAll(t, h, "a", " \n", "bb", "", "ccc", "\xff", "dddd", "e", "\u200b")
	want := [][]float32{{.6, -.8}, {0, 0}, {1, 0}, {0, 0}, {.6, -.8}, {0, 0}, {1, 0}, {.6, -.8}, {0, 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("vectors (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]string{{"a", "bb"}, {"ccc", "dddd"}, {"e"}}, batches); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
	if got := embedAll(t, h); len(got) != 0 {
		t.Errorf("%d vectors for no text", len(got))
	}
}

// TestHTTPRefusesBadAnswers asks for two texts and demands one try, an error that tells, and no secret in it.
func TestHTTPRefusesBadAnswers(t *testing.T) {
	two := func(second string) string {
		return `{"data":[{"index":0,"embedding":[1,0]},` + second + `]}`
	}
	for _, c := range []struct{ name, text, message string }{
		{"not JSON", "<html>" + secret, "not JSON"},
		{"another form", `{"data":{"index":0}}`, "not JSON of the expected form"},
		{"too few", `{"data":[{"index":0,"embedding":[1,0]}]}`, "1 vectors for 2 texts"},
		{"too many", two(`{"index":1,"embedding":[1,0]},{"index":2,"embedding":[1,0]}`), "3 vectors for 2 texts"},
		{"an index twice", two(`{"index":0,"embedding":[1,0]}`), "comes twice"},
		{"an index too high", two(`{"index":2,"embedding":[1,0]}`), "out of range"},
		{"an index below zero", two(`{"index":-1,"embedding":[1,0]}`), "out of range"},
		{"too short", two(`{"index":1,"embedding":[1]}`), "1 numbers, want 2"},
		{"too long", two(`{"index":1,"embedding":[1,0,0]}`), "3 numbers, want 2"},
		{"no vector", two(`{"index":1}`), "0 numbers, want 2"},
		{"not a number", two(`{"index":1,"embedding":[NaN,0]}`), "not JSON"},
		{"beyond single precision", two(`{"index":1,"embedding":[1e39,0]}`), "not finite"},
		{"beyond double precision", two(`{"index":1,"embedding":[1e999,0]}`), "not JSON"},
		{"zero", two(`{"index":1,"embedding":[0,-0.0]}`), "zero"},
		{"too large", `{"data":[` + strings.Repeat(" ", answerRoom+200) + `]}`, "larger than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tries := 0
			h := newHTTP(t, HTTPConfig{}, func(w http.ResponseWriter, _ *http.Request) { tries++; answer(w, c.text) })
			vectors, err := h.Embed(t.Context(), []string{"a", "b"})
			if err == nil || !strings.Contains(err.Error(), c.message) || strings.Contains(err.Error(), secret) {
				t.Errorf("vectors %v, error %v; want an error that says %q", vectors, err, c.message)
			}
			if footnote.CodeOf(err) != footnote.CodeUnavailable || tries != 1 {
				t.Errorf("code %s after %d tries, want unavailable after one", footnote.CodeOf(err), tries)
			}
		})
	}
}

func TestHTTPUnitRefusesWhatJSONCannotSay(t *testing.T) {
	h := newHTTP(t, HTTPConfig{}, func(http.ResponseWriter, *http.Request) {})
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if v, err := h.unit([]float64{1, bad}); err == nil {
			t.Errorf("%v gives vector %v", bad, v)
		}
	}
	if v, err := h.unit([]float64{3e38, 0}); err != nil || v[0] != 1 {
		t.Errorf("a large number gives %v, error %v", v, err)
	}
}

func TestHTTPTriesAgain(t *testing.T) {
	hijack := func(w http.ResponseWriter) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.Close()
	}
	for name, fail := range map[string]func(http.ResponseWriter){
		"429":               func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) },
		"500":               func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		"503":               func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) },
		"closed connection": hijack,
		"cut-off body": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "1000")
			answer(w, `{"data":[`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var tries atomic.Int32
			h := newHTTP(t, HTTPConfig{Retries: 2}, func(w http.ResponseWriter, r *http.Request) {
				if tries.Add(1) <= 2 {
					fail(w)
					return
				}
				lengths(t, w, r)
			})
			if got := embedAll(t, h, "a"); !cmp.Equal(got, [][]float32{{.6, -.8}}) || tries.Load() != 3 {
				t.Errorf("%v after %d tries, want a vector after three", got, tries.Load())
			}
			tries.Store(-1)
			_, err := h.Embed(t.Context(), []string{"a"})
			if footnote.CodeOf(err) != footnote.CodeUnavailable || tries.Load() != 2 {
				t.Errorf("error %v after %d tries, want unavailable after three", err, tries.Load()+1)
			}
		})
	}
}

func TestHTTPDoesNotRepeatARefusal(t *testing.T) {
	for _, status := range []int{301, 307, 400, 401, 404, 413} {
		tries := 0
		h := newHTTP(t, HTTPConfig{}, func(w http.ResponseWriter, r *http.Request) {
			tries++
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "wrong key: "+r.Header.Get("Authorization"))
		})
		_, err := h.Embed(t.Context(), []string{"a"})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprint(status)) || strings.Contains(err.Error(), secret) || tries != 1 {
			t.Errorf("status %d: error %v after %d tries", status, err, tries)
		}
	}
}

func TestHTTPObeysRetryAfter(t *testing.T) {
	var first, second time.Time
	h := newHTTP(t, HTTPConfig{}, func(w http.ResponseWriter, r *http.Request) {
		if first.IsZero() {
			first = time.Now()
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		second = time.Now()
		lengths(t, w, r)
	})
	embedAll(t, h, "a")
	if waited := second.Sub(first); waited < time.Second {
		t.Errorf("waited %v, the server asked for a second", waited)
	}
	tries := 0
	h = newHTTP(t, HTTPConfig{}, func(w http.ResponseWriter, _ *http.Request) {
		tries++
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	if _, err := h.Embed(t.Context(), []string{"a"}); footnote.CodeOf(err) != footnote.CodeUnavailable || tries != 1 {
		t.Errorf("error %v after %d tries, want to give up when asked to wait an hour", err, tries)
	}
}

func TestRetryAfterIsRead(t *testing.T) {
	for _, c := range []struct {
		value, date string
		want        time.Duration
	}{
		{"", "", 0},
		{"7", "", 7 * time.Second},
		{"-7", "", 0},
		{"99999999999", "", 1 << 20 * time.Second},
		{"soon", "", 0},
		{"Sat, 21 Nov 2026 08:00:20 GMT", "Sat, 21 Nov 2026 08:00:00 GMT", 20 * time.Second},
		{"Sat, 21 Nov 2026 08:00:00 GMT", "Sat, 21 Nov 2026 08:00:20 GMT", 0},
		{"Sat, 21 Nov 2026 08:00:20 GMT", "", 0},
	} {
		if got := retryAfter(http.Header{"Retry-After": {c.value}, "Date": {c.date}}); got != c.want {
			t.Errorf("%q at %q: %v, want %v", c.value, c.date, got, c.want)
		}
	}
}

func TestHTTPTimesOutAndStops(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	var tries atomic.Int32
	h := newHTTP(t, HTTPConfig{Timeout: 20 * time.Millisecond, Retries: 1}, func(_ http.ResponseWriter, r *http.Request) {
		tries.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	_, err := h.Embed(t.Context(), []string{"a"})
	if footnote.CodeOf(err) != footnote.CodeUnavailable || !errors.Is(err, context.DeadlineExceeded) || tries.Load() != 2 {
		t.Errorf("error %v after %d tries, want a timeout after two", err, tries.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Embed(ctx, []string{"a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func TestHTTPErrorsHideTheAddress(t *testing.T) {
	h, err := NewHTTP(HTTPConfig{BaseURL: "http://user:" + secret + "@127.0.0.1:1/?key=" + secret, Key: secret, Model: "m", Dimensions: 2, Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Embed(t.Context(), []string{"a"}); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("error %v, want one without the secret", err)
	}
}

func TestHTTPConfigIsChecked(t *testing.T) {
	good := HTTPConfig{BaseURL: "https://host/v1/", Model: "m", Dimensions: 2}
	h, err := NewHTTP(good)
	if err != nil || h.url != "https://host/v1/embeddings" || h.Model() != "http:m:2" || h.Dimensions() != 2 {
		t.Fatalf("%+v, error %v", h, err)
	}
	for field, spoil := range map[string]func(*HTTPConfig){
		"base_url":   func(c *HTTPConfig) { c.BaseURL = "ftp://host" },
		"model":      func(c *HTTPConfig) { c.Model = "" },
		"dimensions": func(c *HTTPConfig) { c.Dimensions = 0 },
		"batch":      func(c *HTTPConfig) { c.Batch = -1 },
		"key":        func(c *HTTPConfig) { c.Key = secret + "\r\nX: y" },
	} {
		bad := good
		spoil(&bad)
		_, err := NewHTTP(bad)
		if e, ok := errors.AsType[*footnote.Error](err); !ok || e.Field != field || strings.Contains(err.Error(), secret) {
			t.Errorf("error %v, want one of field %s", err, field)
		}
	}
}
