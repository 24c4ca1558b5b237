package files_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"footnote"
	"footnote/connectors"
	"footnote/connectors/connectortest"
	"footnote/connectors/files"
	"footnote/internal/shareddata"
)

const maps = "../../examples/maps/"

// figures are what is counted in a corpus.
type figures struct {
	documents, owned, reviewed, aliases, dated, rejected int
}

func count(t *testing.T, sink *connectortest.Recorder) figures {
	t.Helper()
	f := figures{documents: len(sink.Records), rejected: len(sink.Rejected)}
	for _, r := range sink.Rejected {
		t.Logf("rejected %s: %v", r.ExternalID, r.Reason)
	}
	for _, r := range sink.Records {
		f.aliases += len(r.Aliases)
		for counter, holds := range map[*int]bool{
			&f.owned: !r.Owner.IsZero(), &f.reviewed: !r.ReviewedAt.IsZero(), &f.dated: !r.UpdatedAt.IsZero(),
		} {
			if holds {
				*counter++
			}
		}
	}
	return f
}

func record(t *testing.T, sink *connectortest.Recorder, id string) connectors.Record {
	t.Helper()
	for _, r := range sink.Records {
		if r.ExternalID == id {
			return r
		}
	}
	t.Fatalf("no record %s", id)
	return connectors.Record{}
}

func TestOfficeArticles(t *testing.T) {
	from := shareddata.Path(t, "data", "officedocs-support")
	parent := t.TempDir()
	folder := filepath.Join(parent, "articles")
	files.Unpack(t, filepath.Join(from, "articles.tar.gz"), folder)
	link(t, filepath.Join(from, "gitlog.txt.gz"), filepath.Join(parent, "gitlog.txt.gz"))
	source := openWith(t, files.Config{Path: folder, Map: maps + "officedocs.yaml"})
	sink, complete := crawl(t, source)
	// Of 2,461 files 2,399 name an author and 2,449 a date. 541 redirects lead to an article that is there, 3 more to
	// such a redirect. The repository's own pages and the snippets are for staff.
	want := figures{documents: 2461, owned: 2399, reviewed: 2449, aliases: 544, dated: 2461}
	if got := count(t, sink); got != want || !complete {
		t.Errorf("got %+v, complete %v; want %+v", got, complete, want)
	}
	audiences := make(map[footnote.Audience]int)
	for _, r := range sink.Records {
		audiences[r.Audience]++
		folder, _, inFolder := strings.Cut(r.ExternalID, "/")
		internal := folder == "SkypeforBusiness" || folder == "includes" || !inFolder
		if internal != r.ACL.Equal(footnote.AnyOf(footnote.Everyone())) {
			t.Errorf("%s: rule %s", r.ExternalID, r.ACL)
		}
		if strings.HasPrefix(r.Parts[0].Content, "---") || strings.Contains(r.Title, "\n") {
			t.Errorf("%s: title %q, front matter left in the text", r.ExternalID, r.Title)
		}
	}
	if len(audiences) != 3 {
		t.Errorf("audiences %v, want all three", audiences)
	}
	edited := record(t, sink, "Exchange/ExchangeOnline/calendars/cdl/get-calendar-diagnostic-logs.md")
	if want := time.Unix(1729697850, 0); !edited.UpdatedAt.Equal(want) {
		t.Errorf("content changed at %s, want %s", edited.UpdatedAt, want.UTC())
	}
}

func TestGovukManual(t *testing.T) {
	folder := t.TempDir()
	files.Unpack(t, shareddata.Path(t, "data", "govuk-developer-docs", "docs.tar.gz"), folder)
	sink, complete := crawl(t, openWith(t, files.Config{Path: folder, Map: maps + "govuk.yaml"}))
	want := figures{documents: 267, owned: 214, dated: 267, aliases: 1}
	if got := count(t, sink); got != want || !complete {
		t.Errorf("got %+v, complete %v; want %+v", got, complete, want)
	}
	owners := make(map[footnote.Principal]bool)
	for _, r := range sink.Records {
		if !r.Owner.IsZero() {
			owners[r.Owner] = true
		}
		sre := strings.HasPrefix(r.ExternalID, "source/manual/alerts/")
		if allows := strings.Contains(r.ACL.String(), "group:sre"); sre != allows {
			t.Errorf("%s: rule %s", r.ExternalID, r.ACL)
		}
	}
	if len(owners) != 27 { // 29 spellings: two names are quoted in two ways
		t.Errorf("%d owners, want 27: %v", len(owners), owners)
	}
}

func TestGovukManualOf2020(t *testing.T) {
	folder := t.TempDir()
	files.Unpack(t, shareddata.Path(t, "data", "govuk-developer-docs", "docs-2020-05.tar.gz"), folder)
	sink, _ := crawl(t, openWith(t, files.Config{Path: folder, Map: maps + "govuk.yaml"}))
	at := time.Date(2020, time.May, 29, 0, 0, 0, 0, time.UTC)
	intervals, due := make(map[string]int), 0
	for _, r := range sink.Records {
		if r.ReviewedAt.IsZero() {
			continue
		}
		intervals[r.ReviewEvery.String()]++
		if at.After(r.ReviewEvery.After(r.ReviewedAt)) {
			due++
		}
	}
	t.Logf("%+v, intervals %v, due %d", count(t, sink), intervals, due)
	if intervals["P3M"] != 29 || intervals["P12M"] != 33 || due < 35 || due > 43 {
		t.Errorf("intervals %v, %d past due; want 29 of 3 months, 33 of 12, and about 39 past due", intervals, due)
	}
}

func TestRunbooks(t *testing.T) {
	from := shareddata.Path(t, "data", "moj-modplatform-docs")
	parent := t.TempDir()
	folder := filepath.Join(parent, "docs")
	files.Unpack(t, filepath.Join(from, "docs.tar.gz"), folder)
	link(t, filepath.Join(from, "gitlog.txt.gz"), filepath.Join(parent, "gitlog.txt.gz"))
	sink, complete := crawl(t, openWith(t, files.Config{Path: folder, Map: maps + "modplatform.yaml"}))
	want := figures{documents: 182, owned: 135, reviewed: 135, dated: 182} // one more page has its fields below its heading
	if got := count(t, sink); got != want || !complete {
		t.Errorf("got %+v, complete %v; want %+v", got, complete, want)
	}
}
