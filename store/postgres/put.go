package postgres

import (
	"context"
	"errors"
	"maps"
	"strconv"

	"footnote"
	"footnote/store"
)

// A slice of a batch is one job, so that recording gets in between. Each slice records an event of its own.
const (
	sliceSubmissions = 32
	sliceBytes       = 1 << 20
)

// Put implements store.DocumentWriter. A batch goes in as slices, in order; each is whole with its audit event, its
// counts and its lease, or not there at all. When one cannot be recorded, its outcomes and the error say so; the other
// slices stand.
func (s *Store) Put(ctx context.Context, batch store.Batch) ([]store.Outcome, error) {
	batch.At = orNow(batch.At, s.config.Now)
	outcomes := make([]store.Outcome, len(batch.Submissions))
	var jobs []*job
	var spans [][2]int
	vectors := newVectors(batch.Embeddings)
	var failed error
	for from := 0; from < len(batch.Submissions) || from == 0; {
		to := sliceEnd(batch.Submissions, from)
		part := batch
		part.Submissions, part.Embeddings = batch.Submissions[from:to], vectors.of(batch.Submissions[from:to])
		if to == len(batch.Submissions) {
			part.Embeddings = append(part.Embeddings, vectors.rest()...)
		}
		into := outcomes[from:to]
		j, err := enqueue(ctx, s.writer, s.writer.others, func(t *tx) error { return t.put(part, into) })
		spans = append(spans, [2]int{from, to})
		if err != nil {
			failed = err
			break
		}
		jobs = append(jobs, j)
		if from = to; to == 0 {
			break
		}
	}
	for i, j := range jobs {
		if err := s.writer.wait(j); err != nil {
			failed = errors.Join(failed, err)
			refuse(outcomes[spans[i][0]:spans[i][1]], err)
		}
	}
	if len(jobs) < len(spans) {
		refuse(outcomes[spans[len(jobs)][0]:], failed)
	}
	return outcomes, failed
}

func refuse(outcomes []store.Outcome, err error) {
	for i := range outcomes {
		outcomes[i] = store.Outcome{Err: err}
	}
}

func sliceEnd(submissions []store.Submission, from int) int {
	size := 0
	for to := from; to < len(submissions); to++ {
		for _, part := range submissions[to].Parts {
			size += len(part.Text)
		}
		if to > from && (to-from >= sliceSubmissions || size > sliceBytes) {
			return to
		}
	}
	return len(submissions)
}

// put is one slice.
func (t *tx) put(batch store.Batch, outcomes []store.Outcome) error {
	if err := t.embed(batch.Embeddings); err != nil {
		return err
	}
	source, found, err := findSource(t.ctx, t.session, batch.Source)
	if err != nil {
		return err
	}
	var held map[string]*document
	if found {
		if held, err = t.heldOf(batch); err != nil {
			return err
		}
	}
	for i, submission := range batch.Submissions {
		if !found {
			outcomes[i] = store.Outcome{Err: footnote.NotFound()}
			continue
		}
		outcomes[i], err = t.submit(source.Source, held, submission, batch)
		if err != nil {
			return err
		}
	}
	if batch.RenewLease && found && source.State == footnote.SourceActive {
		t.renewLease(batch.Source, batch.At)
	}
	event := batch.Event
	event.Details = counted(event.Details, outcomes)
	return t.append(event)
}

// heldOf finds the documents of a slice's submissions by external id, without their ACLs.
func (t *tx) heldOf(batch store.Batch) (map[string]*document, error) {
	ids := make([]string, len(batch.Submissions))
	for i, submission := range batch.Submissions {
		ids[i] = submission.ExternalID
	}
	const query = "SELECT " + documentColumns + "FROM documents d WHERE d.source = $2 AND d.external_id = ANY ($1::text[])"
	found, err := collect(t.ctx, t.session, scanDocument, query, fitting(ids), batch.Source)
	held := make(map[string]*document, len(found))
	for _, d := range found {
		held[d.ExternalID] = &d
	}
	return held, err
}

// submit carries out the plan for one submission. An error of the submission is in its outcome; an error returned is the
// slice's.
func (t *tx) submit(source footnote.Source, held map[string]*document, s store.Submission, batch store.Batch) (store.Outcome, error) {
	d := held[s.ExternalID]
	if d != nil && d.State != footnote.StateDeleted && s.Digest != "" && s.Digest == d.digest && source.State == footnote.SourceActive {
		return outcomeOf(d, true), nil
	}
	var current *store.Current
	var err error
	if d != nil {
		if d.ACL, err = rule(t.ctx, t.session, d.rule); err != nil {
			return store.Outcome{}, err
		}
		if current, err = t.current(d); err != nil {
			return store.Outcome{}, err
		}
	}
	plan, err := store.NewPlan(current, source, s, batch.At)
	if err != nil {
		return store.Outcome{Err: err}, nil //nolint:nilerr // it is the submission's
	}
	if d == nil {
		d = &document{}
		d.ID, d.Source, d.ExternalID = footnote.NewDocumentID(source.ID, s.ExternalID), source.ID, s.ExternalID
		held[s.ExternalID] = d
	}
	if err := t.carryOut(d, plan, s, batch); err != nil {
		return store.Outcome{}, err
	}
	outcome := outcomeOf(d, false)
	outcome.Created = plan.Created
	return outcome, nil
}

func outcomeOf(d *document, unchanged bool) store.Outcome {
	return store.Outcome{ID: d.ID, Version: d.held, State: d.State, Chunks: d.heldChunks, Unchanged: unchanged}
}

// carryOut writes what a plan says.
func (t *tx) carryOut(d *document, plan store.Plan, s store.Submission, batch store.Batch) error {
	if plan.New {
		d.SubmittedBy = batch.By
	}
	before := d.Approved
	d.Metadata, d.metadata, d.Audience, d.ACL = plan.Metadata, plan.Metadata, plan.Rights.Audience, plan.Rights.ACL
	d.State, d.Approved, d.Pending, d.latest = plan.State, plan.Approved, plan.Pending, plan.Latest
	d.held, d.digest, d.order = plan.Version, s.Digest, store.Order{ExternalVersion: s.ExternalVersion, UpdatedAt: s.UpdatedAt}
	d.heldChunks = countChunks(s.Parts)
	if err := t.save(d); err != nil {
		return err
	}
	if err := t.saveVersion(d, plan, s.Metadata, batch.At); err != nil {
		return err
	}
	t.setVersion(d.pk, plan.Superseded, footnote.VersionSuperseded)
	t.setVersion(d.pk, plan.Replaced, footnote.VersionReplaced)
	if plan.Narrowed != nil {
		if err := t.saveRights(d.pk, before, plan.Rights, plan.Narrowed); err != nil {
			return err
		}
	}
	if err := t.saveParts(d, plan); err != nil {
		return err
	}
	if plan.VersionState == footnote.VersionApproved {
		t.number(d.pk, plan.Version)
	}
	t.saveAliases(d, s.Aliases, plan.Created)
	t.changed(d.ID)
	return nil
}

func countChunks(parts []store.SubmittedPart) (count int) {
	for _, part := range parts {
		count += len(part.Chunks)
	}
	return count
}

// counted adds what became of a slice to the details of its event.
func counted(details map[string]string, outcomes []store.Outcome) map[string]string {
	counts := map[string]int{}
	for _, outcome := range outcomes {
		switch {
		case outcome.Err != nil:
			counts["refused"]++
		case outcome.Unchanged:
			counts["unchanged"]++
		case outcome.Created:
			counts["created"]++
		default:
			counts["changed"]++
		}
	}
	all := maps.Clone(details)
	if all == nil {
		all = map[string]string{}
	}
	for name, count := range counts {
		all[name] = strconv.Itoa(count)
	}
	return all
}

func (t *tx) saveAliases(d *document, aliases []string, created bool) {
	if !created {
		t.queue("DELETE FROM aliases WHERE document = $1", d.pk)
	}
	if len(aliases) > 0 {
		const query = "INSERT INTO aliases (document, source, alias) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING"
		t.queue(query, d.pk, d.Source, aliases)
	}
}

// vectors hands out the embeddings of a batch to the slices that use them.
type vectors struct {
	all    []store.Embedding
	byHash map[string][]int
	given  []bool
}

func newVectors(all []store.Embedding) *vectors {
	v := &vectors{all: all, byHash: make(map[string][]int, len(all)), given: make([]bool, len(all))}
	for i, embedding := range all {
		v.byHash[embedding.Hash] = append(v.byHash[embedding.Hash], i)
	}
	return v
}

func (v *vectors) of(submissions []store.Submission) (used []store.Embedding) {
	for _, submission := range submissions {
		for _, part := range submission.Parts {
			for _, chunk := range part.Chunks {
				used = v.give(used, v.byHash[chunk.EmbedHash])
			}
		}
	}
	return used
}

func (v *vectors) give(to []store.Embedding, indexes []int) []store.Embedding {
	for _, i := range indexes {
		if !v.given[i] {
			v.given[i] = true
			to = append(to, v.all[i])
		}
	}
	return to
}

func (v *vectors) rest() (unused []store.Embedding) {
	for i := range v.all {
		unused = v.give(unused, []int{i})
	}
	return unused
}
