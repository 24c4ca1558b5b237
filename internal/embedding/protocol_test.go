package embedding

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote"
)

// TestProtocols asks servers that take each protocol's exact request and nothing else.
func TestProtocols(t *testing.T) {
	for protocol, c := range map[Protocol]struct{ path, request, answer, short, long string }{
		OpenAI: {
			"/base/embeddings", `{"model":"small","input":["a","bb"],"encoding_format":"float"}`,
			`{"object":"list","data":[{"object":"embedding","index":1,"embedding":[0,2]},{"object":"embedding","index":0,"embedding":[3,4]}],"model":"small"}`,
			`{"data":[{"index":0,"embedding":[1,0]}]}`, `{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[1,0,0]}]}`,
		},
		Ollama: {
			"/base/api/embed", `{"model":"small","input":["a","bb"],"truncate":false}`,
			`{"model":"small","embeddings":[[3,4],[0,2]],"total_duration":1,"load_duration":1,"prompt_eval_count":2}`,
			`{"embeddings":[[1,0]]}`, `{"embeddings":[[1,0],[1,0,0]]}`,
		},
		TEI: {"/base/embed", `{"inputs":["a","bb"]}`, `[[3,4],[0,2]]`, `[[1,0]]`, `[[1,0],[1,0,0]]`},
	} {
		t.Run(string(protocol), func(t *testing.T) {
			var reply string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil || r.URL.Path != c.path || r.Method != http.MethodPost || string(body) != c.request {
					t.Errorf("%s %s %s, %v; want %s %s", r.Method, r.URL.Path, body, err, c.path, c.request)
				}
				answer(w, reply)
			}))
			defer server.Close()
			h, err := NewHTTP(HTTPConfig{Protocol: protocol, BaseURL: server.URL + "/base/", Model: "small", Dimensions: 2, Retries: -1})
			if err != nil {
				t.Fatal(err)
			}
			reply = c.answer
			if diff := cmp.Diff([][]float32{{.6, .8}, {0, 1}}, embedAll(t, h, "a", "bb")); diff != "" {
				t.Error(diff)
			}
			for bad, says := range map[string]string{
				c.short: "1 vectors for 2 texts", c.long: "3 numbers, want 2", `{"error":"x"`: "not JSON", `{"data":7,"embeddings":7}`: "not JSON of the expected form",
			} {
				reply = bad
				if _, err := h.Embed(t.Context(), []string{"a", "bb"}); footnote.CodeOf(err) != footnote.CodeUnavailable || !strings.Contains(err.Error(), says) {
					t.Errorf("%s: %v", bad, err)
				}
			}
		})
	}
	_, err := NewHTTP(HTTPConfig{Protocol: "grpc", BaseURL: "http://e", Model: "m", Dimensions: 2})
	if footnote.CodeOf(err) != footnote.CodeInvalid {
		t.Errorf("an unknown protocol gives %v", err)
	}
}

func TestProtocolsSendAsManyAsTheyTake(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked teiRequest
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || len(asked.Inputs) > 32 {
			t.Errorf("%d texts, %v", len(asked.Inputs), err)
		}
		answer(w, "["+strings.Repeat("[1,0],", len(asked.Inputs)-1)+"[1,0]]")
	}))
	defer server.Close()
	h, err := NewHTTP(HTTPConfig{Protocol: TEI, BaseURL: server.URL, Model: "m", Dimensions: 2})
	if err != nil {
		t.Fatal(err)
	}
	if got := embedAll(t, h, strings.Split(strings.Repeat("a ", 99)+"a", " ")...); len(got) != 100 {
		t.Errorf("%d vectors", len(got))
	}
}
