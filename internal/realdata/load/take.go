package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"footnote/ingest"
	"footnote/internal/realdata"
	"footnote/internal/realdata/program"
)

const (
	bank  = "tau2-banking-kb"
	staff = "group:bank-staff"
)

// prepare makes the sources and the group.
func (l *loader) prepare(ctx context.Context) error {
	calls := []program.Call{
		{Path: "/v1/groups/" + staff + "/members", Body: map[string]any{"members": []string{"user:ana"}}},
		{Path: "/v1/sources/" + bank, Body: map[string]any{"name": "Bank help desk", "kind": "push", "owner": "user:operator"}},
	}
	for _, f := range l.files {
		calls = append(calls, program.Call{Path: "/v1/sources/" + f.Name, Body: map[string]any{
			"name": f.Name, "kind": "files", "owner": "user:operator",
			"config": map[string]any{"path": f.folder, "map": f.rules},
		}})
	}
	for _, call := range calls {
		call.Method, call.Key = http.MethodPut, l.admin
		if err := l.server.Do(ctx, call, nil); err != nil {
			return err
		}
	}
	return nil
}

// load takes everything in once and tells of each source.
func (l *loader) load(ctx context.Context) error {
	for _, f := range l.files {
		report, err := l.sync(ctx, f.Name)
		if err != nil {
			return err
		}
		if err := l.tell(report); err != nil {
			return err
		}
	}
	report, err := l.push(ctx)
	if err != nil {
		return err
	}
	return l.tell(report)
}

func (l *loader) tell(r ingest.Report) error {
	err := l.print("  %-22s %5d documents: %d new, %d changed, %d unchanged, %d rejected; %d chunks%s; %.1f s\n",
		r.Source, r.Seen, r.Created, r.Updated, r.Unchanged, len(r.Rejected), r.Chunks, embedded(r), r.Seconds)
	for _, rejected := range r.Rejected {
		err = errors.Join(err, l.print("    rejected %s: %s\n", rejected.ExternalID, rejected.Reason))
	}
	return err
}

// embedded says how many texts were embedded, where the program tells.
func embedded(r ingest.Report) string {
	if r.Source == bank {
		return ""
	}
	return fmt.Sprintf(", %d embedded", r.Embedded)
}

// sync has the program read a folder. Its answer is lines of progress and, last, the report.
func (l *loader) sync(ctx context.Context, source string) (ingest.Report, error) {
	var lines []byte
	call := program.Call{Method: http.MethodPost, Path: "/v1/sources/" + source + "/sync", Key: l.admin, Body: map[string]any{}}
	if err := l.server.Do(ctx, call, &lines); err != nil {
		return ingest.Report{}, err
	}
	var end struct {
		Report *ingest.Report
		Error  json.RawMessage
	}
	for line := range bytes.Lines(lines) {
		if err := json.Unmarshal(line, &end); err != nil {
			return ingest.Report{}, err
		}
	}
	if end.Report == nil {
		return ingest.Report{}, fmt.Errorf("sync %s: %s", source, end.Error)
	}
	return *end.Report, nil
}

// push sends the bank's documents, one a line. Internal ones are for its staff alone; the others are for customers.
func (l *loader) push(ctx context.Context) (ingest.Report, error) {
	set, err := l.from.Banking()
	if err != nil {
		return ingest.Report{}, err
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	for _, d := range set.Documents {
		if err = encoder.Encode(line(d)); err != nil {
			return ingest.Report{}, err
		}
	}
	started := time.Now()
	var answer []byte
	call := program.Call{Method: http.MethodPost, Path: "/v1/sources/" + bank + "/documents", Key: l.admin, Body: body.Bytes()}
	if err = l.server.Do(ctx, call, &answer); err != nil {
		return ingest.Report{}, err
	}
	report, err := tally(answer)
	report.Source, report.Seconds = bank, time.Since(started).Seconds()
	if err == nil && report.Seen != len(set.Documents) {
		err = fmt.Errorf("push %s: %d results for %d documents", bank, report.Seen, len(set.Documents))
	}
	return report, err
}

func line(d realdata.Document) map[string]any {
	audience, reader := "customer", "public"
	if d.Internal {
		audience, reader = "internal", staff
	}
	return map[string]any{
		"external_id": d.ID, "kind": "article", "title": d.Title, "format": "markdown", "content": d.Text,
		"owner": "user:operator", "audience": audience, "acl": map[string]any{"all_of": [][]string{{reader}}},
	}
}

// tally counts the lines of results.
func tally(answer []byte) (ingest.Report, error) {
	report := ingest.Report{}
	for text := range bytes.Lines(answer) {
		var result struct {
			ExternalID string `json:"external_id"`
			Status     int
			Chunks     int
			Unchanged  bool
			Error      struct{ Detail string }
		}
		if err := json.Unmarshal(text, &result); err != nil {
			return report, err
		}
		report.Seen++
		report.Chunks += result.Chunks
		switch {
		case result.Status >= http.StatusMultipleChoices:
			report.Rejected = append(report.Rejected, ingest.Rejection{ExternalID: result.ExternalID, Reason: result.Error.Detail})
		case result.Unchanged:
			report.Unchanged++
		case result.Status == http.StatusCreated:
			report.Created++
		default:
			report.Updated++
		}
	}
	return report, nil
}

// index is where the program's index stands.
type index struct {
	Head    uint64 `json:"change_log_head"`
	Chunks  int    `json:"chunks"`
	Backlog int    `json:"backlog"`
}

func (l *loader) index(ctx context.Context) (index, error) {
	var now index
	return now, l.server.Do(ctx, program.Call{Method: http.MethodGet, Path: "/v1/index", Key: l.admin}, &now)
}
