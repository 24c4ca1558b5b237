package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"footnote/examples"
	"footnote/internal/config"
	"footnote/retrieval"
)

// openDemo fills a data folder with the sample company and opens it.
func openDemo(t *testing.T) (a *app, company examples.Company, keys map[string]string) {
	t.Helper()
	dir := t.TempDir()
	settings, err := config.Load("", map[string]any{"data": filepath.Join(dir, "data"), "log_level": "error"})
	if err != nil {
		t.Fatal(err)
	}
	if company, err = examples.Load(time.Now()); err != nil {
		t.Fatal(err)
	}
	if keys, err = fill(t.Context(), settings, company, filepath.Join(dir, "company")); err != nil {
		t.Fatal(err)
	}
	if a, err = openApp(t.Context(), settings, people(company, keys)...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := a.generations.Load().Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a, company, keys
}

// TestTheCompanyAnswersEachAsTheyMay asks every sample question as every person it names: what they may find is found,
// and what they must never see stands nowhere in the answer.
func TestTheCompanyAnswersEachAsTheyMay(t *testing.T) {
	a, company, keys := openDemo(t)
	server := httptest.NewServer(a.handler)
	defer server.Close()
	asked := 0
	for _, q := range company.Questions {
		for _, sight := range q.Sees {
			c := &client{base: server.URL, key: keys[sight.As], transport: http.DefaultTransport}
			var raw json.RawMessage
			request := call{method: http.MethodPost, path: "/v1/answer", body: map[string]any{"query": q.Text, "limit": 20, "per_document": 20}}
			if err := c.do(context.Background(), request, &raw); err != nil {
				t.Fatalf("%q as %s: %v", q.Text, sight.As, err)
			}
			asked++
			for _, never := range sight.Never {
				if bytes.Contains(raw, []byte(never)) {
					t.Errorf("%q as %s: shows %q", q.Text, sight.As, never)
				}
			}
			for _, find := range sight.Finds {
				if !found20(t, raw, find) {
					t.Errorf("%q as %s: %q of %s is not among the first 20 passages", q.Text, sight.As, find.Phrase, find.Document)
				}
			}
			if sight.As == "customer" || sight.As == "anonymous" {
				for _, secret := range company.Secrets {
					if bytes.Contains(raw, []byte(secret)) {
						t.Errorf("%q as %s: shows the secret %q", q.Text, sight.As, secret)
					}
				}
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d questions were asked", asked)
	}
}

func found20(t *testing.T, raw json.RawMessage, find examples.Find) bool {
	t.Helper()
	var answer retrieval.Answer
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatal(err)
	}
	for _, hit := range answer.Hits {
		if hit.Document.ExternalID == find.Document && strings.Contains(hit.Citation.Quote, find.Phrase) {
			return true
		}
	}
	return false
}

func TestTheTourNamesThreePeople(t *testing.T) {
	company, err := examples.Load(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{"customer": "fn_1", "agent": "fn_2", "manager": "fn_3"}
	var out bytes.Buffer
	printTour(&out, "http://127.0.0.1:8080", company, keys)
	for _, want := range []string{"http://127.0.0.1:8080/\n", "fn_1", "fn_2", "fn_3", "curl -s http://127.0.0.1:8080/v1/answer"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the tour does not say %q", want)
		}
	}
	if lines := curls("http://x", company, keys); len(lines) != 3 {
		t.Errorf("%d lines to paste", len(lines))
	}
}
