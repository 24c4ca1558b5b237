package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/api"
	"footnote/ingest"
	"footnote/retrieval"
)

type result struct {
	ExternalID string       `json:"external_id"`
	Status     int          `json:"status"`
	ID         string       `json:"id"`
	Error      *api.Problem `json:"error"`
}

func results(tb testing.TB, body io.Reader) []result {
	tb.Helper()
	var out []result
	for decoder := json.NewDecoder(body); ; {
		var r result
		if err := decoder.Decode(&r); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			tb.Fatal(err)
		}
		out = append(out, r)
	}
}

func (d *desk) push(source, body string) *httptest.ResponseRecorder {
	return d.do(call{
		target: "POST /v1/sources/" + source + "/documents", body: body, key: d.secret[feed], headers: map[string]string{"Content-Type": "application/x-ndjson"},
	})
}

func item(id string) string {
	return fmt.Sprintf(`{"external_id":%q,"kind":"note","content":"x"}`, id)
}

func TestLinesFailAlone(t *testing.T) {
	d := newDesk(t, api.Config{})
	deep := `{"x":` + strings.Repeat("[", 100_000)
	body := strings.Join([]string{
		item("a"), "", " \t", "canary", item("old"), item("same"), `{"external_id":"t","kind":"note","content":1}`, `{"external_id":"u","kind":"canary","content":"x"}`,
		deep, "\xff", `{"content":"` + strings.Repeat("a", 8<<20) + `"}`, item("b") + "\r", item("c"),
	}, "\n")
	got := d.push("kb", body)
	if got.Code != 200 || got.Header().Get("Content-Type") != "application/x-ndjson" || strings.Contains(got.Body.String(), "canary") {
		t.Fatalf("%d %v %.300s", got.Code, got.Header(), got.Body)
	}
	want := []string{"a 201", " 400", "old 409", "same 200", " 422", "u 422", " 400", " 400", " 413", "b 201", "c 201"}
	var had []string
	for _, r := range results(t, got.Body) {
		had = append(had, fmt.Sprintf("%s %d", r.ExternalID, r.Status))
		if (r.Error == nil) != (r.Status < 300) || (r.Error != nil && r.Error.Status != r.Status) || (r.ID == "") != (r.Error != nil) {
			t.Errorf("result = %+v", r)
		}
	}
	if strings.Join(had, ",") != strings.Join(want, ",") {
		t.Errorf("results = %v, want %v", had, want)
	}
}

func TestLinesOfNobodyAreOneProblem(t *testing.T) {
	d := newDesk(t, api.Config{})
	d.want(d.push("missing", item("a")), 404, footnote.CodeNotFound)
	d.putError = footnote.Errorf(footnote.CodeStopped, "switched off")
	d.want(d.push("kb", item("a")), 503, footnote.CodeStopped)
	d.putError = nil
	if got := d.push("kb", "\n\n"); got.Code != 200 || got.Body.Len() != 0 {
		t.Errorf("nothing: %d %s", got.Code, got.Body)
	}
	d.want(d.do(call{target: "POST /v1/sources/kb/documents", body: item("a"), key: d.secret[feed]}), 415, footnote.CodeInvalid)
}

func TestManyLinesKeepTheirOrder(t *testing.T) {
	d := newDesk(t, api.Config{})
	const count = 5000
	var body strings.Builder
	for i := range count {
		body.WriteString(item(fmt.Sprint(i)) + "\n")
	}
	got := results(t, d.push("kb", body.String()).Body)
	if len(got) != count {
		t.Fatalf("%d results", len(got))
	}
	for i, r := range got {
		if r.ExternalID != fmt.Sprint(i) {
			t.Fatalf("result %d is of %s", i, r.ExternalID)
		}
	}
	for _, size := range d.batches {
		if size > 200 {
			t.Errorf("a batch of %d", size)
		}
	}
	if len(d.batches) > count/2 {
		t.Errorf("%d batches", len(d.batches))
	}
}

// listen serves a desk on a real socket until the test ends, and returns its address and a stop.
func (d *desk) listen() (url string, stop func() error) {
	d.t.Helper()
	listener, err := new(net.ListenConfig).Listen(d.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.server.Serve(ctx, listener) }()
	return "http://" + listener.Addr().String(), func() error { cancel(); return <-done }
}

func client(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second}
}

// TestLinesAnswerWhileTheyComeIn: a client may wait for each answer before it sends the next line.
func TestLinesAnswerWhileTheyComeIn(t *testing.T) {
	d := newDesk(t, api.Config{})
	url, stop := d.listen()
	reader, writer := io.Pipe()
	request, err := http.NewRequestWithContext(t.Context(), "POST", url+"/v1/sources/kb/documents", reader)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+d.secret[feed])
	request.Header.Set("Content-Type", "application/x-ndjson")
	go func() { _, _ = io.WriteString(writer, item("0")+"\n") }()
	response, err := client(t).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewScanner(response.Body)
	for i := range 3 {
		if !answers.Scan() || !strings.Contains(answers.Text(), fmt.Sprintf(`"external_id":"%d","status":201`, i)) {
			t.Fatalf("answer %d: %s %v", i, answers.Text(), answers.Err())
		}
		if _, err := io.WriteString(writer, item(fmt.Sprint(i+1))+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	_ = writer.Close()
	if !answers.Scan() || answers.Scan() {
		t.Error("the answer did not end with the body")
	}
	_ = response.Body.Close()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestSyncTellsOfItself(t *testing.T) {
	d := newDesk(t, api.Config{})
	d.sync = func(options ingest.SyncOptions) (ingest.Report, error) {
		if !options.AllowDeletions {
			t.Error("the option was lost")
		}
		for i := range 4 {
			d.clock.Move(150 * time.Millisecond)
			options.Progress(i, 4)
		}
		return ingest.Report{Source: "kb", Seen: 4}, nil
	}
	got := d.as(admin, "POST /v1/sources/kb/sync", `{"allow_deletions":true}`)
	lines := strings.Split(strings.TrimSpace(got.Body.String()), "\n")
	if len(lines) != 3 || lines[0] != `{"done":0,"total":4}` || !strings.HasPrefix(lines[2], `{"report":{"source":"kb","seen":4`) {
		t.Errorf("lines = %q", lines)
	}
	d.sync = func(options ingest.SyncOptions) (ingest.Report, error) {
		options.Progress(1, 2)
		return ingest.Report{}, errors.New("canary")
	}
	if got := d.as(admin, "POST /v1/sources/kb/sync", `{}`).Body.String(); !strings.Contains(got, `{"error":{"type":"about:blank"`) || strings.Contains(got, "canary") {
		t.Errorf("lines = %s", got)
	}
	d.want(d.as(admin, "POST /v1/sources/missing/sync", `{}`), 404, footnote.CodeNotFound)
}

// TestStopLetsRequestsFinish: a request under way gets its answer, readiness ends at once, and nothing is left behind.
func TestStopLetsRequestsFinish(t *testing.T) {
	d := newDesk(t, api.Config{})
	url, stop := d.listen()
	begun, finish := make(chan struct{}), make(chan struct{})
	d.searched = func(ctx context.Context) (retrieval.Response, error) {
		close(begun)
		<-finish
		return retrieval.Response{ReceiptID: "late"}, ctx.Err()
	}
	answered := make(chan string, 1)
	go func() {
		response, err := client(t).Post(url+"/v1/search", "application/json", strings.NewReader(question))
		if err != nil {
			answered <- err.Error()
			return
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		answered <- string(body)
	}()
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	for d.do(call{target: "GET /readyz"}).Code != 503 {
		select {
		case err := <-stopped:
			t.Fatalf("stopped with a request under way: %v", err)
		default:
		}
	}
	close(finish)
	if got := <-answered; !strings.Contains(got, `"receipt_id":"late"`) {
		t.Errorf("answer = %s", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestReadiness(t *testing.T) {
	d := newDesk(t, api.Config{})
	if got := d.do(call{target: "GET /readyz"}); got.Code != 200 || got.Body.String() != "{\"status\":\"ready\"}\n" {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	d.behind = true
	if got := d.do(call{target: "GET /readyz"}); got.Code != 503 || strings.Contains(got.Body.String(), "index") {
		t.Errorf("without a key: %d %s", got.Code, got.Body)
	}
	if got := d.as(read, "GET /readyz", ""); got.Code != 503 || strings.Contains(got.Body.String(), "index") {
		t.Errorf("with a reader's key: %d %s", got.Code, got.Body)
	}
	if got := d.as(admin, "GET /readyz", ""); got.Code != 503 || !strings.Contains(got.Body.String(), "index is behind") {
		t.Errorf("with an administrator's key: %d %s", got.Code, got.Body)
	}
	d.behind, d.broken = false, errors.New("closed")
	if got := d.do(call{target: "GET /readyz"}); got.Code != 503 {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if got := d.do(call{target: "GET /healthz"}); got.Code != 200 {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

func TestLocalCallers(t *testing.T) {
	d := newDesk(t, api.Config{NoAnonymous: true})
	operator := footnote.Caller{Principal: must(t, "user:root"), Key: footnote.Key{Scopes: []footnote.Scope{admin, read, feed}}}
	local := &http.Client{Transport: api.Local(d.server, operator)}
	response, err := local.Get("http://data/v1/keys")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || response.StatusCode != 200 || !bytes.Contains(body, []byte(`"keys":[`)) {
		t.Errorf("%d %s %v", response.StatusCode, body, err)
	}
	if e := d.events[0]; e.Principal != operator.Principal {
		t.Errorf("event = %+v", e)
	}
	d.searched = func(context.Context) (retrieval.Response, error) { panic("x") }
	if response, err = local.Post("http://data/v1/search", "application/json", strings.NewReader(question)); err != nil || response.StatusCode != 500 {
		t.Errorf("%v %v", response, err)
	}
	_ = response.Body.Close()
	url, stop := d.listen()
	remote, err := client(t).Get(url + "/v1/keys")
	if err != nil || remote.StatusCode != 401 {
		t.Errorf("%v %v", remote, err)
	}
	_ = remote.Body.Close()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestMetrics(t *testing.T) {
	d := newDesk(t, api.Config{})
	d.as(read, "POST /v1/search", question)
	d.as(feed, "PUT /v1/sources/kb/documents/a", article)
	d.do(call{target: "POST /v1/search", body: question, key: "fn_x"})
	own := httptest.NewRecorder()
	d.server.MetricsHandler().ServeHTTP(own, httptest.NewRequest("GET", "/metrics", nil))
	for name, text := range map[string]string{"own": own.Body.String(), "admin": d.as(admin, "GET /metrics", "").Body.String()} {
		for _, line := range []string{
			`footnote_http_requests_total{route="/v1/search",status="200"} 1`, `footnote_no_answer_total{reason="no_match"} 1`,
			`footnote_ingested_documents_total{result="created"} 1`, `footnote_authentication_failures_total{reason="bad_key"} 1`, `footnote_index_watermark 7`,
		} {
			if !strings.Contains(text, line) {
				t.Errorf("%s lacks %s", name, line)
			}
		}
	}
}
