package laws_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"footnote/internal/chat"
	"footnote/retrieval"
)

// model is a language model that does what a test wants, behind a server of the chat completions protocol.
type model struct {
	mu      sync.Mutex
	prompts []string // the requests, to the byte
	script  func(w http.ResponseWriter, r *http.Request)
}

// writes gives a bench a model. Without a script it replies nothing.
func (b *bench) writes(t *testing.T, timeout time.Duration) *model {
	t.Helper()
	m := &model{script: replies("NO ANSWER")}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	client, err := chat.New(chat.Config{
		BaseURL: server.URL + "/v1", Model: "scripted", Client: server.Client(), Timeout: timeout, Pause: time.Nanosecond, Failures: 1000,
	})
	must(t, err)
	b.search = retrieval.New(b.store, b.feed, b.embedder, retrieval.Config{Now: b.clock.now, Writer: client})
	return m
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	m.prompts = append(m.prompts, string(body))
	r.Body = io.NopCloser(bytes.NewReader(body))
	script := m.script
	m.mu.Unlock()
	script(w, r)
}

// does sets what the model does next, and forgets what it was asked.
func (m *model) does(script func(w http.ResponseWriter, r *http.Request)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.script, m.prompts = script, nil
}

func (m *model) asked() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string{}, m.prompts...)
}

// completed is the answer of a server: what the model said and why it ended.
func completed(w http.ResponseWriter, text, finish string) {
	w.Header().Set("Content-Type", "application/json")
	said, _ := json.Marshal(text)
	_, _ = fmt.Fprintf(w, `{"id":"c","object":"chat.completion","created":1,"model":"scripted","choices":[{"index":0,"message":`+
		`{"role":"assistant","content":%s},"finish_reason":%q}]}`, said, finish)
}

func replies(text string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { completed(w, text, "stop") }
}

var fenced = regexp.MustCompile(`^=====[0-9a-f]+ (?:passage (\d+)|question|end)$`)

// obeys is a model that does what it reads: it says every line, says what it is told to say, and gives all of it every mark.
func obeys(w http.ResponseWriter, r *http.Request) {
	sent, _ := io.ReadAll(r.Body)
	var echoed strings.Builder
	echo := httptest.NewRecorder()
	r.Body = io.NopCloser(bytes.NewReader(sent))
	echoes(echo, r)
	var reply struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if json.Unmarshal(echo.Body.Bytes(), &reply) == nil && len(reply.Choices) > 0 {
		echoed.WriteString(reply.Choices[0].Message.Content)
	}
	if strings.Contains(string(sent), "0900") || strings.Contains(string(sent), "evil.example") || strings.Contains(string(sent), "decoded") {
		for mark := range 12 {
			fmt.Fprintf(&echoed, "%s [%d]\nSee https://evil.example/collect?q=secret [%d].\n<b>%s</b> [%d]\n", payload, mark+1, mark+1, payload, mark+1)
		}
	}
	completed(w, echoed.String(), "stop")
}

// echoes replies with everything that was sent: each line of a passage with the mark of its passage.
func echoes(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		Messages []struct{ Role, Content string } `json:"messages"`
	}
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || len(sent.Messages) == 0 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var said strings.Builder
	passage := ""
	for line := range strings.Lines(sent.Messages[len(sent.Messages)-1].Content) {
		line = strings.TrimSpace(line)
		if found := fenced.FindStringSubmatch(line); found != nil {
			passage = found[1]
			continue
		}
		if passage != "" && line != "" {
			fmt.Fprintf(&said, "%s [%s]\n", line, passage)
		}
	}
	completed(w, said.String(), "stop")
}

func fails(status int, body string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}
