package files_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"footnote"
	"footnote/connectors"
	"footnote/connectors/connectortest"
	"footnote/connectors/files"
)

const undated = "dates: none\n"

func TestOrderIsThatOfWholePaths(t *testing.T) {
	folder := write(t, map[string]string{"a/x.md": "1", "a-b.md": "2", "a.md": "3", "B.htm": "4", "a/b/y.TXT": "5"})
	sink, _ := crawl(t, open(t, folder, undated))
	if diff := cmp.Diff([]string{"B.htm", "a-b.md", "a.md", "a/b/y.TXT", "a/x.md"}, sink.IDs()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsTakenAndWhatIsNot(t *testing.T) {
	folder := write(t, map[string]string{
		"ok.md": "\ufeff# With a mark", "binary.txt": "a\x00b", "latin.md": "caf\xe9", "large.md": strings.Repeat("x", 8<<20+1),
		"full.md": strings.Repeat("x", 8<<20), ".hidden.md": "x", ".git/x.md": "x", "image.png": "x", "real/inner.md": "# Inner",
	})
	outside := write(t, map[string]string{"secret.md": "# Secret"})
	link(t, filepath.Join(outside, "secret.md"), filepath.Join(folder, "leak.md"))
	link(t, "../"+filepath.Base(outside)+"/secret.md", filepath.Join(folder, "relative.md"))
	link(t, outside, filepath.Join(folder, "leakdir"))
	link(t, "nowhere.md", filepath.Join(folder, "dangling.md"))
	link(t, "real/inner.md", filepath.Join(folder, "inside.md"))
	link(t, "real", filepath.Join(folder, "loop"))
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe.md"), 0o644); err != nil {
		t.Fatal(err)
	}
	sink, complete := crawl(t, open(t, folder, undated))
	if diff := cmp.Diff([]string{"full.md", "inside.md", "ok.md", "real/inner.md"}, sink.IDs()); diff != "" {
		t.Errorf("taken:\n%s", diff)
	}
	const leaves = "is a symbolic link that leads out of the folder or nowhere; copy the file instead"
	want := map[string]string{
		"binary.txt": "is binary; leave it out with ignore", "latin.md": "is not UTF-8 text; save it as UTF-8",
		"large.md": "is larger than 8 MiB; split it or leave it out with ignore",
		"leak.md":  leaves, "relative.md": leaves, "leakdir": leaves, "dangling.md": leaves,
	}
	if diff := cmp.Diff(want, reasons(sink)); diff != "" {
		t.Errorf("rejected:\n%s", diff)
	}
	if !complete {
		t.Error("rejected files make a listing incomplete")
	}
	if text := sink.Records[2].Parts[0].Content; text != "# With a mark" {
		t.Errorf("text %q", text)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("the superuser may read everything; run as another user")
	}
	folder := write(t, map[string]string{"a.md": "x", "locked.md": "x", "dir/x.md": "x", "z.md": "x"})
	for name, mode := range map[string]os.FileMode{"locked.md": 0, "dir": 0} {
		if err := os.Chmod(filepath.Join(folder, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(folder, "dir"), 0o755) })
	sink, complete := crawl(t, open(t, folder, undated))
	if diff := cmp.Diff([]string{"a.md", "z.md"}, sink.IDs()); diff != "" {
		t.Error(diff)
	}
	if complete {
		t.Error("a listing without a folder's files calls itself complete")
	}
	for _, name := range []string{"locked.md", "dir"} {
		if !strings.Contains(reasons(sink)[name], "permission denied") {
			t.Errorf("%s: %v", name, reasons(sink))
		}
	}
}

// onPut is a sink that acts at the first record.
type onPut struct {
	connectortest.Recorder
	act func()
}

func (o *onPut) Put(ctx context.Context, record connectors.Record) error {
	if o.act != nil {
		o.act()
		o.act = nil
	}
	return o.Recorder.Put(ctx, record)
}

func TestVanishingFiles(t *testing.T) {
	texts := make(map[string]string)
	for i := range 60 {
		texts[string(rune('a'+i/10))+string(rune('0'+i%10))+".md"] = "x"
	}
	folder := write(t, texts)
	source := open(t, folder, undated)
	sink := onPut{act: func() {
		if err := os.Remove(filepath.Join(folder, "f9.md")); err != nil {
			t.Error(err)
		}
	}}
	result, err := source.Sync(t.Context(), "", &sink)
	if err != nil || result.Complete || len(sink.Records) != 59 || len(sink.Rejected) != 0 {
		t.Errorf("got %+v, %d records, rejected %v, %v", result, len(sink.Records), sink.Rejected, err)
	}
	again, complete := crawl(t, source)
	if !complete || len(again.Records) != 59 {
		t.Errorf("the next sync: complete %v, %d records", complete, len(again.Records))
	}
}

func TestResumedSyncIsNotComplete(t *testing.T) {
	source := open(t, write(t, map[string]string{"a.md": "x", "b.md": "x", "c.md": "x"}), undated)
	var sink connectortest.Recorder
	result, err := source.Sync(t.Context(), "a.zz", &sink)
	if err != nil || result.Complete || result.Checkpoint != "" {
		t.Errorf("got %+v, %v", result, err)
	}
	if diff := cmp.Diff([]string{"b.md", "c.md"}, sink.IDs()); diff != "" {
		t.Error(diff)
	}
}

func TestCheckNamesTheFix(t *testing.T) {
	folder := write(t, map[string]string{"a.md": "x", "bad.json": "[1]"})
	file := filepath.Join(folder, "a.md")
	for _, c := range []struct{ path, rules, field, words string }{
		{filepath.Join(folder, "none"), "", "config.path", "create or mount it"},
		{file, "", "config.path", "must be a folder"},
		{folder, "redirects: none.json", "map.redirects", "must be a readable JSON file"},
		{folder, "redirects: bad.json", "map.redirects", "must be a readable JSON file"},
		{folder, "dates: log:none.txt", "map.dates", "git log --no-merges"},
		{folder, "dates: git", "map.dates", "dates: files"},
	} {
		source := open(t, c.path, c.rules)
		var sink connectortest.Recorder
		_, syncErr := source.Sync(t.Context(), "", &sink)
		for _, err := range []error{source.Check(t.Context()), syncErr} {
			if err == nil || footnote.CodeOf(err) != footnote.CodeUnavailable ||
				!strings.HasPrefix(err.Error(), c.field+": ") || !strings.Contains(err.Error(), c.words) {
				t.Errorf("%s with %q: got %v", c.path, c.rules, err)
			}
		}
	}
}

func TestNoFileClaimsTheNameOfAnother(t *testing.T) {
	folder := write(t, map[string]string{
		"a.md": "---\naliases: [b.md, a.md, /old.md, old.md, older.md]\n---\n", "b.md": "x", "moved.json": `{"older.md": "a.md", "b.md": "a.md"}`,
	})
	sink, _ := crawl(t, open(t, folder, "{dates: none, redirects: moved.json}"))
	if diff := cmp.Diff([]string{"old.md", "older.md"}, sink.Records[0].Aliases); diff != "" || sink.Records[1].Aliases != nil {
		t.Errorf("aliases of a.md:\n%s\nof b.md: %q", diff, sink.Records[1].Aliases)
	}
}

func TestFolderWithoutDocuments(t *testing.T) {
	sink, complete := crawl(t, openWith(t, files.Config{Path: t.TempDir()}))
	if !complete || len(sink.Records) != 0 {
		t.Errorf("complete %v, %d records", complete, len(sink.Records))
	}
}

// A sync holds few files at a time, so that a folder may be far larger than memory.
func TestMemoryIsBounded(t *testing.T) {
	texts := make(map[string]string)
	for i := range 40 {
		texts[string(rune('a'+i))+".txt"] = strings.Repeat("x", 4<<20)
	}
	source := open(t, write(t, texts), undated)
	clear(texts)
	var most uint64
	sink := measure{act: func() {
		var now runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapAlloc)
	}}
	if _, err := source.Sync(t.Context(), "", &sink); err != nil {
		t.Fatal(err)
	}
	if most > 140<<20 {
		t.Errorf("%d MiB are held of 160", most>>20)
	}
}

// measure forgets what it is given.
type measure struct {
	connectortest.Recorder
	act func()
}

func (m *measure) Put(context.Context, connectors.Record) error {
	m.act()
	return nil
}
