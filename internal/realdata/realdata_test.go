package realdata_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"footnote/internal/realdata"
	"footnote/internal/shareddata"
)

// size is what is counted in a set.
type size struct{ documents, internal, questions, pairs, unanswerable int }

func TestSetsHaveTheirKnownSizes(t *testing.T) {
	sets, err := realdata.Folder(shareddata.Path(t, "data")).Sets()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]size{
		"officedocs-titles": {documents: 2448, questions: 2429, pairs: 2430},
		"stackfaq":          {documents: 719, questions: 1249, pairs: 7184},
		"tau2-banking-kb":   {documents: 698, internal: 47, questions: 97, pairs: 959},
		"timeqa":            {documents: 15491, questions: 982, pairs: 1026, unanswerable: 189},
	}
	got := map[string]size{}
	for _, set := range sets {
		s := size{documents: len(set.Documents), questions: len(set.Questions), unanswerable: len(set.Unanswerable)}
		for _, d := range set.Documents {
			if d.Internal {
				s.internal++
			}
			if d.Title == "" || d.Text == "" {
				t.Errorf("%s: document %s is empty", set.Name, d.ID)
			}
		}
		for _, q := range set.Questions {
			s.pairs += len(q.Relevant)
		}
		got[set.Name] = s
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(size{})); diff != "" {
		t.Error(diff)
	}
}

func TestAnswersOfTimeQAStandInTheirParagraphs(t *testing.T) {
	set, err := realdata.Folder(shareddata.Path(t, "data")).TimeQA()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, d := range set.Documents {
		texts[d.ID] = d.Text
	}
	q := set.Questions[0]
	if len(q.Relevant) != 1 || !strings.Contains(texts[q.Relevant[0]], "George Peter") {
		t.Errorf("%q is answered by %q, which does not name George Peter", q.Text, q.Relevant)
	}
}

func TestSampleIsTheSameEachTime(t *testing.T) {
	var all []realdata.Question
	for id := range strings.SplitSeq("abcdefghij", "") {
		all = append(all, realdata.Question{ID: id})
	}
	ids := func(sample []realdata.Question) (ids string) {
		for _, q := range sample {
			ids += q.ID
		}
		return ids
	}
	first := ids(realdata.Sample(all, 4, 1))
	if again := ids(realdata.Sample(all, 4, 1)); first != again || len(first) != 4 {
		t.Errorf("sampled %s, then %s", first, again)
	}
	if other := ids(realdata.Sample(all, 4, 2)); other == first {
		t.Errorf("another seed chooses the same %s", other)
	}
	if whole := ids(realdata.Sample(all, 10, 1)); whole != "abcdefghij" {
		t.Errorf("all of them are %s", whole)
	}
}

func archive(t *testing.T, name, text string) string {
	t.Helper()
	var packed bytes.Buffer
	zipped := gzip.NewWriter(&packed)
	entries := tar.NewWriter(zipped)
	header := tar.Header{Name: name, Size: int64(len(text)), Typeflag: tar.TypeReg, Mode: 0o644, ModTime: time.Unix(1_600_000_000, 0)}
	if err := entries.WriteHeader(&header); err != nil {
		t.Fatal(err)
	}
	if _, err := entries.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := entries.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.tar.gz")
	if err := os.WriteFile(file, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestUnpack(t *testing.T) {
	folder := t.TempDir()
	count, err := realdata.Unpack(archive(t, "a/b.md", "# Hello"), folder)
	if err != nil || count != 1 {
		t.Fatalf("unpacked %d files: %v", count, err)
	}
	name := filepath.Join(folder, "a", "b.md")
	text, err := os.ReadFile(name)
	if err != nil || string(text) != "# Hello" {
		t.Errorf("read %q: %v", text, err)
	}
	if info, err := os.Stat(name); err != nil || info.ModTime().Unix() != 1_600_000_000 {
		t.Errorf("the file's time was not kept: %v, %v", info, err)
	}
}

func TestUnpackStaysInItsFolder(t *testing.T) {
	parent := t.TempDir()
	if _, err := realdata.Unpack(archive(t, "../out.md", "x"), filepath.Join(parent, "in")); err == nil {
		t.Error("a name that leads out of the folder was taken")
	}
	if _, err := os.Stat(filepath.Join(parent, "out.md")); err == nil {
		t.Error("a file was written outside the folder")
	}
}
