package retrieval

import (
	"context"
	"time"

	"footnote"
	"footnote/identity"
)

const (
	// firstCandidates is how many of each arm are fused at least; more are asked for when too few hits come of them.
	firstCandidates = 200
	// maxAttempts bounds how often a search starts again because the index moved on while it ran.
	maxAttempts = 4
)

// Search finds the passages that answer a question and that the caller may read, and records that it did.
func (s *Service) Search(ctx context.Context, caller footnote.Caller, request Request) (Response, error) {
	out, err := s.find(ctx, caller, request)
	if err != nil {
		return Response{}, err
	}
	if err := s.record(ctx, caller, out); err != nil {
		return Response{}, err
	}
	return out.response, nil
}

// outcome is a finished search with what its receipt needs.
type outcome struct {
	request   Request
	question  string
	response  Response
	epoch     uint64
	watermark uint64
	details   map[string]string // for the audit event, beside those of every search
}

func (s *Service) find(ctx context.Context, caller footnote.Caller, request Request) (outcome, error) {
	request, err := request.withDefaults()
	if err != nil {
		return outcome{}, err
	}
	defer s.gate.Enter()()
	serving, release := s.take()
	defer release()
	question, rewritten := request.question()
	query, degraded, err := serving.query(ctx, request, question)
	if err != nil {
		return outcome{}, err
	}
	out := outcome{request: request, question: question}
	for attempt := 1; ; attempt++ {
		var index sight
		if index, err = s.attempt(ctx, serving, caller, query, &out); err != nil {
			return outcome{}, err
		}
		if index == even || attempt == maxAttempts && index == ahead {
			break
		}
		if attempt == maxAttempts {
			return outcome{}, errBehind()
		}
	}
	if rewritten {
		out.response.SearchedQuery = question
	}
	if out.response.Conflicts, err = s.disagreements(ctx, question, out.response.Hits); err != nil {
		return outcome{}, err
	}
	out.response.Degraded = degraded
	out.response.ReceiptID, err = newReceiptID()
	return out, err
}

// query prepares what the index is asked, but for the permit. When the question cannot be embedded a hybrid search goes
// on by words alone and says so.
func (g *generation) query(ctx context.Context, request Request, question string) (query Query, degraded []string, err error) {
	query = Query{Filter: request.Filter, Exact: request.Exact, Limit: max(firstCandidates, 4*request.Limit)}
	if request.Mode != Vector {
		query.Text = question
	}
	if request.Mode == Lexical {
		return query, nil, nil
	}
	bounded, cancel := patience(ctx)
	defer cancel()
	query.Vector, err = embedQuestion(bounded, g.embedder, question)
	switch {
	case err != nil && ctx.Err() == nil && request.Mode == Hybrid:
		return query, []string{string(Vector)}, nil
	case err != nil:
		return Query{}, nil, &footnote.Error{Code: footnote.CodeUnavailable, Message: "the question could not be embedded; mode lexical works without", Err: err}
	}
	return query, nil, nil
}

// patience is how long a model on a server may take for a question: so long that a search by words alone still comes in
// time when it does not answer.
func patience(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := 5 * time.Second
	if deadline, bounded := ctx.Deadline(); bounded {
		limit = min(limit, time.Until(deadline)/2)
	}
	return context.WithTimeout(ctx, limit)
}

// sight is where a search found the index, seen from its snapshot.
type sight int

const (
	even   sight = iota
	ahead        // what changed meanwhile may be missing, though nothing is shown that the snapshot does not hold
	behind       // a shared index lost what it held: what is there may be missing
)

// attempt searches in one snapshot. Nothing comes of it when the index was behind.
func (s *Service) attempt(ctx context.Context, serving *generation, caller footnote.Caller, query Query, out *outcome) (sight, error) {
	v, err := s.openIndexed(ctx, serving.feed, caller)
	if err != nil {
		return even, err
	}
	defer func() { _ = v.Close() }() // a read transaction has nothing to lose
	if v.switches.Off(identity.SwitchAnswers) {
		return even, footnote.Errorf(footnote.CodeStopped, "answers are switched off")
	}
	query.Permit = v.permit(out.request.Filter.Audience)
	e := evaluation{view: v, request: out.request}
	for {
		candidates, err := serving.feed.index.Search(ctx, query)
		if err != nil {
			return even, err
		}
		if serving.feed.behind(candidates, v.Position().Awaited) {
			return behind, nil
		}
		e.ranking = newRanking(out.request.Mode, query, candidates.Terms)
		e.reader = s.reader(out.question, candidates.Terms)
		if err := e.run(ctx, candidates.Found); err != nil {
			return even, err
		}
		moved := candidates.Watermark > v.Position().Head
		if len(e.hits) < out.request.Limit && candidates.More && !moved && e.weak == 0 {
			query.Limit *= 4
			continue
		}
		out.fill(v, &e, candidates)
		if moved {
			return ahead, nil
		}
		return even, nil
	}
}

// openIndexed starts a reading of which the index has applied all that matters: vectors are not waited for, they find a
// passage better when they are there. It never holds a snapshot while it waits for the index, which needs snapshots of its
// own to catch up.
func (s *Service) openIndexed(ctx context.Context, feed *Feed, caller footnote.Caller) (*view, error) {
	for {
		v, err := s.open(ctx, caller, footnote.ScopeRead)
		if err != nil {
			return nil, err
		}
		awaited := v.Position().Awaited
		if feed.Reached() >= awaited {
			return v, nil
		}
		_ = v.Close() // a read transaction has nothing to lose
		if err := feed.CatchUp(ctx, awaited); err != nil {
			return nil, err
		}
	}
}

// fill turns what was evaluated into the response.
func (o *outcome) fill(v *view, e *evaluation, candidates Candidates) {
	o.epoch, o.watermark = v.Position().ACLEpoch, v.Position().Head
	o.response = Response{Hits: e.hits, Conflicts: []Conflict{}, Sources: v.states(candidates.Sources)}
	switch {
	case v.lagging(candidates.Sources, o.request.MaxLag):
		o.withhold(SourceDown)
	case len(e.hits) == 0 && e.weak > 0:
		o.withhold(BelowThreshold)
	case len(e.hits) == 0 && e.stale > 0:
		o.withhold(OnlyStale)
	case len(e.hits) == 0:
		o.withhold(NoMatch)
	default:
		o.response.Freshness = string(worst(e.hits))
	}
}

// confidence is that of the best hit.
func (o *outcome) confidence() float64 {
	best := 0.0
	for _, hit := range o.response.Hits {
		best = max(best, hit.Confidence)
	}
	return best
}

func (o *outcome) withhold(reason string) {
	o.response.Hits, o.response.Conflicts = []Hit{}, []Conflict{}
	o.response.Freshness = ""
	o.response.NoAnswer = &NoAnswer{Reason: reason}
}

func worst(hits []Hit) footnote.Freshness {
	verdict := footnote.Fresh
	for _, hit := range hits {
		if hit.Freshness.Verdict.Rank() > verdict.Rank() {
			verdict = hit.Freshness.Verdict
		}
	}
	return verdict
}
