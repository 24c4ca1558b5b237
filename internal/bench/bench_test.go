package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"footnote"
	"footnote/connectors"
	"footnote/internal/embedding"
	"footnote/internal/realdata/testbed"
	"footnote/retrieval"
)

func TestPercentile(t *testing.T) {
	var sorted []time.Duration
	for i := range 20 {
		sorted = append(sorted, time.Duration(i+1)*time.Millisecond)
	}
	for share, want := range map[float64]time.Duration{0.5: 10, 0.95: 19, 1: 20, 0: 1, 0.51: 11} {
		if got := percentile(sorted, share); got != want*time.Millisecond {
			t.Errorf("percentile %.2f of 1 to 20 ms is %s, want %d ms", share, got, want)
		}
	}
}

func TestDriveAsksEachQuestionOnce(t *testing.T) {
	questions := strings.Split("abcdefghijk", "")
	for _, clients := range []int{1, 2, 3} {
		var asked atomic.Int64
		took, _, err := drive(t.Context(), clients, questions, func(context.Context, string) error {
			asked.Add(1)
			return nil
		})
		if err != nil || len(took) != len(questions) || asked.Load() != int64(len(questions)) {
			t.Errorf("%d clients asked %d times, %d times measured: %v", clients, asked.Load(), len(took), err)
		}
	}
	fault := errors.New("no answer")
	if _, _, err := drive(t.Context(), 2, questions, func(context.Context, string) error { return fault }); !errors.Is(err, fault) {
		t.Errorf("a failed question gives %v", err)
	}
}

func TestReadersSeeTheirShare(t *testing.T) {
	b := folder{path: t.TempDir()}
	if err := b.open(t.Context(), embedding.NewStatic()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if closing := b.close(); closing != nil {
			t.Error(closing)
		}
	})
	if err := b.people(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all []connectors.Record
	want := map[int]int{}
	for i := range 60 {
		id := fmt.Sprint("page-", i)
		all = append(all, connectors.Record{
			ExternalID: id, Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: "Lemon cake " + id},
			Parts: []connectors.Part{{Key: connectors.BodyKey, Content: "Bake the lemon cake for " + id, Format: connectors.FormatMarkdown}},
		})
		for _, share := range shares {
			if group("cakes/"+id).String() < fmt.Sprintf("group:share-%02d", share) || share == groups {
				want[share]++
			}
		}
	}
	if err := b.load(t.Context(), "cakes", all); err != nil {
		t.Fatal(err)
	}
	for _, share := range shares {
		response, err := b.bed.Search.Search(t.Context(), testbed.Reader(reader(share)), retrieval.Request{Query: "lemon cake", Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		if len(response.Hits) != want[share] {
			t.Errorf("the reader of %d %% finds %d of %d documents", share, len(response.Hits), want[share])
		}
	}
	if want[10] == 0 || want[10] == want[100] {
		t.Fatalf("the documents lie so that the test proves nothing: %v", want)
	}
}

func TestNoQuestionIsHandedOutTwice(t *testing.T) {
	var all []string
	for i := range 200 {
		all = append(all, fmt.Sprint("question ", i), fmt.Sprint("question ", i/2))
	}
	handed, err := handOut(all, 20)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, a := range handed {
		for _, question := range slices.Concat(a.warm, a.turns[0], a.turns[1]) {
			if seen[question] {
				t.Fatalf("%q is asked twice", question)
			}
			seen[question] = true
		}
	}
	if len(seen) != len(shares)*(20+2*20) {
		t.Errorf("%d questions are handed out", len(seen))
	}
	if _, err := handOut(all, 40); err == nil {
		t.Error("200 questions are enough for 300")
	}
}
