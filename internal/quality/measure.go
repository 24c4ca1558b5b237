package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"footnote"
	"footnote/connectors"
	"footnote/internal/realdata"
	"footnote/internal/realdata/testbed"
	"footnote/retrieval"
)

// Result is what one set gives in one mode.
type Result struct {
	Set       string  `json:"set"`
	Mode      string  `json:"mode"`
	Documents int     `json:"documents"`
	Chunks    int     `json:"chunks"`
	Questions int     `json:"questions"`
	Of        int     `json:"of"`
	NDCG      Figure  `json:"ndcg_at_10"`
	MRR       Figure  `json:"mrr_at_10"`
	Recall    Figure  `json:"recall_at_100"`
	Median    float64 `json:"median_milliseconds"`
	Load      float64 `json:"load_seconds"`
}

// measureSet loads a set into a store of its own and asks its questions in each mode.
func measureSet(ctx context.Context, set realdata.Set, o *options) (results []Result, err error) {
	folder, err := os.MkdirTemp("", "footnote-quality-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	bed, err := testbed.OpenWith(ctx, folder, o.embedder)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, bed.Close()) }()
	started := time.Now()
	chunks, err := load(ctx, bed, set)
	if err != nil {
		return nil, err
	}
	result := Result{
		Set: set.Name, Documents: len(set.Documents), Chunks: chunks, Of: len(set.Questions), Load: time.Since(started).Seconds(),
	}
	questions := o.sample(set.Questions)
	for _, mode := range []retrieval.Mode{retrieval.Lexical, retrieval.Vector, retrieval.Hybrid} {
		var m measured
		if m, err = measureMode(ctx, bed.Search, mode, questions); err != nil {
			return nil, err
		}
		result.take(m, mode)
		results = append(results, result)
	}
	if err = o.withAnswers(ctx, bed.Search, set.Name, questions); err != nil {
		return nil, err
	}
	return results, o.tryModes(ctx, bed.Search, set)
}

// load takes the documents of a set in, public and for everyone, and returns how many chunks they make.
func load(ctx context.Context, bed *testbed.Bed, set realdata.Set) (chunks int, err error) {
	source := footnote.Source{ID: set.Name, Name: set.Name, Kind: "push", DefaultAudience: footnote.AudiencePublic}
	if err = bed.AddSource(ctx, source); err != nil {
		return 0, err
	}
	records := make([]connectors.Record, len(set.Documents))
	for i, d := range set.Documents {
		records[i] = connectors.Record{
			ExternalID: d.ID, Audience: footnote.AudiencePublic, ACL: footnote.AnyOf(footnote.Public()),
			Metadata: footnote.Metadata{Kind: footnote.KindArticle, Title: d.Title},
			Parts:    []connectors.Part{{Key: connectors.BodyKey, Content: d.Text, Format: connectors.FormatMarkdown}},
		}
	}
	results, err := bed.Put(ctx, set.Name, records)
	if err != nil {
		return 0, err
	}
	for _, result := range results {
		if result.Err != nil {
			return 0, result.Err
		}
		chunks += result.Chunks
	}
	return chunks, bed.Drain(ctx)
}

// searcher is what is measured.
type searcher interface {
	Search(ctx context.Context, caller footnote.Caller, request retrieval.Request) (retrieval.Response, error)
}

// measured is what each question gave.
type measured struct {
	ndcg, mrr, recall []float64
	took              []time.Duration
}

func measureMode(ctx context.Context, service searcher, mode retrieval.Mode, questions []realdata.Question) (measured, error) {
	var m measured
	for _, question := range questions {
		started := time.Now()
		response, err := service.Search(ctx, footnote.Caller{}, ask(question, mode))
		if err != nil {
			return m, err
		}
		m.took = append(m.took, time.Since(started))
		m.add(ranking(response), question.Relevant)
	}
	return m, nil
}

// ask is a question as an anonymous reader puts it. One passage a document makes the hits a ranking of documents by
// their best passage. What is too long for a query is sent as what the customer says in a conversation.
func ask(question realdata.Question, mode retrieval.Mode) retrieval.Request {
	return retrieval.Request{
		Messages: []retrieval.Message{{Role: "user", Text: question.Text}},
		Mode:     mode, Limit: retrieval.MaxLimit, PerDocument: 1, Arms: true,
	}
}

// ranking lists the documents of a response by their first hit.
func ranking(response retrieval.Response) []string {
	var ranked []string
	for _, hit := range response.Hits {
		if id := hit.Document.ExternalID; !slices.Contains(ranked, id) {
			ranked = append(ranked, id)
		}
	}
	return ranked
}

func (m *measured) add(ranked, relevant []string) {
	wanted := make(map[string]bool, len(relevant))
	for _, id := range relevant {
		wanted[id] = true
	}
	m.ndcg = append(m.ndcg, ndcg(ranked, wanted))
	m.mrr = append(m.mrr, reciprocal(ranked, wanted))
	m.recall = append(m.recall, recall(ranked, wanted))
}

func (r *Result) take(m measured, mode retrieval.Mode) {
	r.Mode, r.Questions = string(mode), len(m.ndcg)
	r.NDCG, r.MRR, r.Recall = summarise(m.ndcg), summarise(m.mrr), summarise(m.recall)
	slices.Sort(m.took)
	r.Median = m.took[len(m.took)/2].Seconds() * 1000
}
