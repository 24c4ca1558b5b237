package main

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"footnote/api"
	"footnote/internal/config"
)

// TestAnotherModelIsWanted changes the setting: the old model serves on, and watching brings the new one.
func TestAnotherModelIsWanted(t *testing.T) {
	s := filled(t)
	t.Setenv("FOOTNOTE_EMBEDDING", config.KindMiniLM)
	var before, after api.IndexReport
	s.json(&before, "index", "status")
	if b := before.Building; before.Model != "static-256-int8" || before.Generation != 1 || before.Backlog != 0 || b == nil ||
		b.Model != "minilm-l6-int8" || b.Generation != 2 || b.Backlog != 2 || b.Chunks != 2 {
		t.Fatalf("got %+v, building %+v", before, before.Building)
	}
	if text := s.must("index", "status"); !strings.Contains(text, "generation 2 of minilm-l6-int8: 2 of 2 chunks wait") {
		t.Errorf("got %q", text)
	}
	if found := s.must("search", "refund a kettle"); !strings.Contains(found, "thirty days") {
		t.Errorf("meanwhile the public sees %q", found)
	}
	s.json(&after, "index", "status", "--watch")
	if after.Model != "minilm-l6-int8" || after.Generation != 2 || after.Backlog != 0 || after.Building != nil || after.Watermark != after.ChangeLogHead {
		t.Errorf("got %+v, building %+v", after, after.Building)
	}
	if found := s.must("search", "refund a kettle"); !strings.Contains(found, "thirty days") {
		t.Errorf("the public sees %q", found)
	}
}

// TestAServerIsWatched: the server does the work, and the command line looks on.
func TestAServerIsWatched(t *testing.T) {
	s := filled(t)
	var made struct {
		Key string `json:"key"`
	}
	s.json(&made, "key", "create", "--name", "ops", "--principal", "user:ops", "--scopes", "admin")
	t.Setenv("FOOTNOTE_EMBEDDING", config.KindMiniLM)
	t.Setenv("FOOTNOTE_KEY", made.Key)
	settings, err := config.Load("", map[string]any{"data": s.data, "log_level": "error"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := openApp(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	work, stop := context.WithCancel(t.Context())
	over := make(chan error, 1)
	go func() { over <- ended(a.generations.Load().Run(work)) }()
	server := httptest.NewServer(a.handler)
	defer func() {
		server.Close()
		stop()
		if err := <-over; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	var report api.IndexReport
	if err := json.Unmarshal([]byte(s.must("index", "status", "--watch", "--json", "--server", server.URL)), &report); err != nil {
		t.Fatal(err)
	}
	if report.Model != "minilm-l6-int8" || report.Generation != 2 || report.Backlog != 0 || report.Building != nil {
		t.Errorf("got %+v, building %+v", report, report.Building)
	}
}
