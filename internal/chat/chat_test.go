package chat_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/internal/chat"
)

const secret = "sk-very-secret-key"

// newClient asks a server that handle scripts.
func newClient(t *testing.T, c chat.Config, handle http.HandlerFunc) *chat.Client {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	c.BaseURL, c.Key, c.Model, c.Client = server.URL+"/v1", secret, "writer", server.Client()
	c.Pause = time.Nanosecond
	client, err := chat.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// says is an answer of the protocol with one choice.
func says(w http.ResponseWriter, text, finish string) {
	w.Header().Set("Content-Type", "application/json")
	said, _ := json.Marshal(text)
	_, _ = fmt.Fprintf(w, `{"id":"c1","object":"chat.completion","created":1,"model":"writer","choices":[{"index":0,"message":`+
		`{"role":"assistant","content":%s},"finish_reason":%q}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`, said, finish)
}

// asked is a request of the protocol.
type asked struct {
	Model       string
	Messages    []struct{ Role, Content string }
	MaxTokens   int `json:"max_tokens"`
	Temperature *float64
	Stream      bool
}

func TestOneCall(t *testing.T) {
	t.Setenv("OPENAI_BASE_URL", "http://127.0.0.1:1")
	t.Setenv("OPENAI_API_KEY", "another key")
	t.Setenv("OPENAI_ORG_ID", "another org")
	var got asked
	client := newClient(t, chat.Config{MaxTokens: 70}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer "+secret {
			t.Errorf("%s %s with %q", r.Method, r.URL.Path, r.Header.Get("Authorization"))
		}
		if org := r.Header.Get("OpenAI-Organization"); org != "" {
			t.Errorf("a variable of the library's own was read: %q", org)
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		says(w, "Thirty days [1].", "stop")
	})
	text, whole, err := client.Complete(t.Context(), "be brief", "how long?")
	if err != nil || !whole || text != "Thirty days [1]." || client.Model() != "writer" {
		t.Errorf("got %q, %v, %v of %s", text, whole, err, client.Model())
	}
	if got.Temperature == nil || *got.Temperature > 1e-6 {
		t.Errorf("the temperature is %v, not next to zero", got.Temperature)
	}
	got.Temperature = nil
	want := asked{Model: "writer", MaxTokens: 70, Messages: []struct{ Role, Content string }{
		{"system", "be brief"}, {"user", "how long?"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestRepliesThatAreCutOff(t *testing.T) {
	for _, finish := range []string{"length", "content_filter", "tool_calls", ""} {
		client := newClient(t, chat.Config{}, func(w http.ResponseWriter, _ *http.Request) { says(w, "Thirty", finish) })
		if text, whole, err := client.Complete(t.Context(), "s", "u"); err != nil || whole || text != "Thirty" {
			t.Errorf("finish_reason %q: %q, %v, %v", finish, text, whole, err)
		}
	}
}

// TestBrokenServers demands an error without a secret in it, a second try where the failure may pass, and an end.
func TestBrokenServers(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, `{"error":{"message":"no: `+secret+`"}}`)
		}
	}
	body := func(kind, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, text)
		}
	}
	for name, handle := range map[string]http.HandlerFunc{
		"400": status(400), "401": status(401), "429": status(429), "500": status(500), "503": status(503),
		"html":        body("text/html", "<html>"+secret),
		"no JSON":     body("application/json", "{"+secret),
		"no choices":  body("application/json", `{"choices":[]}`),
		"another one": body("application/json", `[1]`),
		"empty":       body("application/json", ""),
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v1/chat/completions" {
				t.Error("a redirect was followed")
			}
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"huge": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for range 4 << 10 {
				if _, err := io.WriteString(w, strings.Repeat(" ", 1<<10)); err != nil {
					return
				}
			}
			says(w, "too late", "stop")
		},
		"hangs up": func(w http.ResponseWriter, _ *http.Request) {
			if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
				_ = connection.Close()
			}
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"Thirty days [1].`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var tries atomic.Int32
			client := newClient(t, chat.Config{}, func(w http.ResponseWriter, r *http.Request) { tries.Add(1); handle(w, r) })
			text, _, err := client.Complete(t.Context(), "s", "u")
			want := map[string]int32{"500": 2, "503": 2, "hangs up": 2}[name]
			if footnote.CodeOf(err) != footnote.CodeUnavailable || text != "" || tries.Load() != max(want, 1) {
				t.Errorf("got %q, %v after %d tries", text, err, tries.Load())
			}
			if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "127.0.0.1")) {
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
}

func TestOneMoreTryAndNoSecond(t *testing.T) {
	for failures, want := range map[int32]bool{1: true, 2: false} {
		var tries atomic.Int32
		client := newClient(t, chat.Config{}, func(w http.ResponseWriter, _ *http.Request) {
			if tries.Add(1) <= failures {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			says(w, "fine", "stop")
		})
		if _, _, err := client.Complete(t.Context(), "s", "u"); (err == nil) != want || tries.Load() != 2 {
			t.Errorf("%d failures: %v after %d tries", failures, err, tries.Load())
		}
	}
}

// TestTheDeadlineCoversTheWholeCall whatever the server is slow at, and the pause before the second try too.
func TestTheDeadlineCoversTheWholeCall(t *testing.T) {
	for name, handle := range map[string]http.HandlerFunc{
		"stalls": func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() },
		"stalls within the body": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, `{"choices":[`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, chat.Config{Timeout: 30 * time.Millisecond}, handle)
			if _, _, err := client.Complete(t.Context(), "s", "u"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTheDeadlineCoversThePause(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }))
	t.Cleanup(server.Close)
	client, err := chat.New(chat.Config{BaseURL: server.URL, Model: "m", Timeout: 100 * time.Millisecond, Pause: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := client.Complete(t.Context(), "s", "u"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestADeadServerIsLeftAlone(t *testing.T) {
	var tries atomic.Int32
	var well atomic.Bool
	client := newClient(t, chat.Config{Failures: 2, Rest: time.Nanosecond}, func(w http.ResponseWriter, _ *http.Request) {
		tries.Add(1)
		if well.Load() {
			says(w, "fine", "stop")
			return
		}
		w.WriteHeader(http.StatusInternalServerError)
	})
	patient := newClient(t, chat.Config{Failures: 2, Rest: time.Hour}, func(w http.ResponseWriter, _ *http.Request) {
		tries.Add(1)
		w.WriteHeader(http.StatusInternalServerError)
	})
	for range 10 {
		if _, _, err := patient.Complete(t.Context(), "s", "u"); footnote.CodeOf(err) != footnote.CodeUnavailable {
			t.Errorf("got %v", err)
		}
	}
	if tries.Load() != 4 {
		t.Errorf("%d tries, want two calls of two and then rest", tries.Load())
	}
	for range 4 {
		_, _, _ = client.Complete(t.Context(), "s", "u")
	}
	well.Store(true)
	if text, _, err := client.Complete(t.Context(), "s", "u"); text != "fine" {
		t.Errorf("a server that is well again is not asked: %v", err)
	}
}

// TestACallerWhoGivesUp gets their own error back, and the server is not blamed for it.
func TestACallerWhoGivesUp(t *testing.T) {
	waiting := make(chan struct{}, 8)
	var stall atomic.Bool
	stall.Store(true)
	client := newClient(t, chat.Config{Failures: 1, Rest: time.Hour}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if stall.Load() {
			waiting <- struct{}{}
			<-r.Context().Done()
			return
		}
		says(w, "fine", "stop")
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-waiting; cancel() }()
	if _, _, err := client.Complete(ctx, "s", "u"); !errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	stall.Store(false)
	if text, _, err := client.Complete(t.Context(), "s", "u"); text != "fine" {
		t.Errorf("the server was blamed: %v", err)
	}
}

func TestBadConfigurations(t *testing.T) {
	for field, c := range map[string]chat.Config{
		"base_url": {BaseURL: "ftp://host", Model: "m"},
		"model":    {BaseURL: "http://host/v1"},
		"timeout":  {BaseURL: "http://host/v1", Model: "m", Timeout: -1},
		"key":      {BaseURL: "http://host/v1", Model: "m", Key: "a\nb"},
	} {
		_, err := chat.New(c)
		if own, ok := errors.AsType[*footnote.Error](err); !ok || own.Field != field || own.Code != footnote.CodeInvalid {
			t.Errorf("want invalid %s, got %v", field, err)
		}
	}
}
