package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"footnote/internal/telemetry"
)

func TestLoggerHonoursItsLevel(t *testing.T) {
	var out bytes.Buffer
	logger, err := telemetry.NewLogger(&out, "warn")
	if err != nil {
		t.Fatal(err)
	}
	logger.InfoContext(t.Context(), "quiet")
	logger.WarnContext(t.Context(), "loud", slog.String("request_id", "r1"))
	if got := out.String(); strings.Contains(got, "quiet") || !strings.Contains(got, `"request_id":"r1"`) {
		t.Errorf("log = %s", got)
	}
	if _, err := telemetry.NewLogger(&out, "chatty"); err == nil {
		t.Error("an unknown level was accepted")
	}
}

func scrape(m *telemetry.Metrics) string {
	recorder := httptest.NewRecorder()
	m.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	return recorder.Body.String()
}

func TestMetricsAreServed(t *testing.T) {
	m := telemetry.NewMetrics()
	m.Request("/v1/search", 200, time.Millisecond)
	m.Search("search", "no_match")
	m.Ingested("created")
	m.Refused("bad_key")
	m.Embedded(40, 1500*time.Millisecond)
	m.WatchIndex(func(context.Context) (telemetry.Index, error) {
		return telemetry.Index{Watermark: 3, Head: 5, Chunks: 7, Backlog: 2, Building: 6, Generation: 4}, nil
	})
	got := scrape(m)
	for _, line := range []string{
		`footnote_http_requests_total{route="/v1/search",status="200"} 1`,
		`footnote_no_answer_total{reason="no_match"} 1`,
		`footnote_ingested_documents_total{result="created"} 1`,
		`footnote_authentication_failures_total{reason="bad_key"} 1`,
		"footnote_index_watermark 3", "footnote_change_log_head 5", "footnote_index_chunks 7", "footnote_embedding_backlog 2",
		"footnote_embedding_building_backlog 6", "footnote_index_generation 4", "footnote_embedded_texts_total 40", "footnote_embedding_seconds_total 1.5",
	} {
		if !strings.Contains(got, line+"\n") {
			t.Errorf("metrics lack %q", line)
		}
	}
}

func TestAnUnreadableIndexLeavesTheOtherMetrics(t *testing.T) {
	m := telemetry.NewMetrics()
	m.Search("answer", "")
	m.WatchIndex(func(context.Context) (telemetry.Index, error) { return telemetry.Index{}, errors.New("closed") })
	got := scrape(m)
	if strings.Contains(got, "footnote_index_watermark") || !strings.Contains(got, `footnote_searches_total{kind="answer"} 1`) {
		t.Errorf("metrics = %s", got)
	}
}
