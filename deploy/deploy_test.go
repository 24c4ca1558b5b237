// Package deploy_test holds what is deployed to what it says: the settings in compose.yaml are settings, and what
// backup.sh wrote comes back through restore.sh.
package deploy_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"gopkg.in/yaml.v3"

	"footnote"
	"footnote/audit"
	"footnote/internal/config"
	"footnote/internal/testdb"
	"footnote/store"
	"footnote/store/postgres"
)

func TestComposeSetsSettings(t *testing.T) {
	text, err := os.ReadFile("../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	// As compose would: defaults for what has one, a value for what must be given.
	filled := regexp.MustCompile(`\$\{\w+:-([^}]*)\}`).ReplaceAllString(string(text), "$1")
	filled = regexp.MustCompile(`\$\{\w+:\?\}`).ReplaceAllString(filled, "secret")
	var file struct {
		Services map[string]struct {
			Environment map[string]string
			Volumes     []string
		}
	}
	if err := yaml.Unmarshal([]byte(filled), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Services) != 5 {
		t.Fatalf("there are %d services", len(file.Services))
	}
	for _, name := range []string{"node1", "node2"} {
		node := file.Services[name]
		for variable, value := range node.Environment {
			t.Setenv(variable, value)
		}
		settings, err := config.Load("", nil)
		if err != nil {
			t.Fatal(err)
		}
		if !settings.OnServer() || settings.Index != "qdrant://qdrant:6334" || settings.Listen != "0.0.0.0:8080" || settings.MetricsListen == "" || len(node.Environment) != 5 || len(settings.Hosts) != 2 {
			t.Errorf("%s has %+v", name, settings)
		}
	}
	for _, volume := range file.Services["prometheus"].Volumes {
		from, _, _ := strings.Cut(volume, ":")
		if _, err := os.Stat(filepath.Join("..", from)); err != nil {
			t.Error(err)
		}
	}
}

// TestMetricsOfAlertsExist: an alert on a metric that is not there never fires.
func TestMetricsOfAlertsExist(t *testing.T) {
	text, err := os.ReadFile("alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	code := ""
	for _, name := range []string{"index.go", "metrics.go"} {
		file, err := os.ReadFile(filepath.Join("../internal/telemetry", name))
		if err != nil {
			t.Fatal(err)
		}
		code += string(file)
	}
	names := regexp.MustCompile(`footnote_\w+`).FindAllString(string(text), -1)
	if len(names) < 5 {
		t.Fatalf("only %q are watched", names)
	}
	for _, name := range names {
		if !strings.Contains(code, `"`+name+`"`) {
			t.Errorf("there is no metric %s", name)
		}
	}
}

// script runs one, which is to succeed or not.
func script(t *testing.T, dsn, name, file string, succeeds bool) {
	t.Helper()
	programs, err := testdb.Programs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "./"+name, file)
	command.Env = append(os.Environ(), "FOOTNOTE_STORE="+dsn, "PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	if out, err := command.CombinedOutput(); (err == nil) != succeeds {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
}

// put adds some texts.
func put(t *testing.T, s *postgres.Store, from, to int) {
	t.Helper()
	var all []store.Submission
	for i := from; i < to; i++ {
		text := fmt.Sprintf("Text number %d.", i)
		all = append(all, store.Submission{
			ExternalID: fmt.Sprint("d", i), Digest: fmt.Sprint(i), Audience: footnote.AudienceInternal, ACL: footnote.AnyOf(footnote.Everyone()),
			Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: "T"},
			Parts: []store.SubmittedPart{{Key: "body", Text: text, Chunks: []store.SubmittedChunk{{
				Chunk: footnote.Chunk{End: len(text)}, EmbedHash: fmt.Sprint("h", i),
			}}}},
		})
	}
	batch := store.Batch{Source: "kb", Submissions: all, At: footnote.Now(), Event: audit.By(footnote.Caller{}, audit.KindSource, "kb")}
	out, err := s.Put(t.Context(), batch)
	if err != nil || out[0].Err != nil {
		t.Fatal(err, out)
	}
}

// TestRestoreBringsTheBackup restores into a database of another name what was there when the backup was made, and not
// what came after it. The log verifies and goes on; a database that holds something is left as it was.
func TestRestoreBringsTheBackup(t *testing.T) {
	dsn, other := testdb.Postgres(t), testdb.Postgres(t)
	dsn, other = owned(t, dsn, other)
	s, err := postgres.Open(t.Context(), dsn, postgres.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // what was written is committed
	_, err = s.PutSource(t.Context(), footnote.Source{ID: "kb", Kind: "push", State: footnote.SourceActive, Approval: footnote.ApprovalPublished}, audit.By(footnote.Caller{}, audit.KindSource, "kb"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, 0, 50)
	file := filepath.Join(t.TempDir(), "backup")
	script(t, dsn, "backup.sh", file, true)
	script(t, dsn, "backup.sh", file, false) // it writes over nothing
	put(t, s, 50, 60)
	script(t, other, "restore.sh", file, true)
	script(t, other, "restore.sh", file, false)
	restored, err := postgres.Open(t.Context(), other, postgres.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer restored.Close() //nolint:errcheck // as above
	holds(t, restored, 50)
	put(t, restored, 70, 75)
	holds(t, restored, 55)
	holds(t, s, 60)
	rights(t, other)
}

// owned are the addresses of two databases as a user who may make schemas there, and is no superuser: what superusers are
// let off, as dumping tables with row level security, is not seen with one.
func owned(t *testing.T, dsn, other string) (asOwner, otherAsOwner string) {
	t.Helper()
	name := "footnote_test_" + strings.ToLower(rand.Text()[:10])
	as := func(dsn string, statements ...string) string {
		conn, err := pgx.Connect(context.Background(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background()) //nolint:errcheck // each statement is committed
		for _, statement := range statements {
			if _, err = conn.Exec(context.Background(), statement); err != nil {
				t.Fatal(statement, err)
			}
		}
		address, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		query := address.Query()
		query.Set("user", name)
		query.Set("password", name)
		address.RawQuery = query.Encode()
		return address.String()
	}
	const mayCreate = "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO %I', current_database(), '"
	asOwner = as(dsn, "CREATE ROLE "+name+" LOGIN CREATEROLE PASSWORD '"+name+"'", mayCreate+name+"'); END $$")
	t.Cleanup(func() {
		as(other, "DROP OWNED BY "+name)
		as(dsn, "DROP OWNED BY "+name, "DROP ROLE "+name)
	})
	return asOwner, as(other, mayCreate+name+"'); END $$")
}

func holds(t *testing.T, s *postgres.Store, documents int) {
	t.Helper()
	snapshot, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close() //nolint:errcheck // a read transaction
	all, err := snapshot.List(t.Context(), store.ListFilter{Limit: 1000})
	if err != nil || len(all) != documents {
		t.Errorf("there are %d documents, %v; want %d", len(all), err, documents)
	}
	report, err := audit.Verify(store.AllEvents(t.Context(), snapshot), nil, nil)
	if err != nil || report.Fault != nil || report.Count == 0 {
		t.Errorf("the log: %+v, %v", report, err)
	}
}

// rights demands that row level security came back too.
func rights(t *testing.T, dsn string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // nothing was written
	var policies int
	if err = conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_policies WHERE schemaname = 'footnote'").Scan(&policies); err != nil || policies < 6 {
		t.Errorf("there are %d policies, %v", policies, err)
	}
}
