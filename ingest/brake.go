package ingest

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
)

// defaultBrake is the share of a source's documents that a sync may delete without being told to.
const defaultBrake = 0.2

// brakeFloor is the number of documents below which the brake does not hold: small sources change as a whole.
const brakeFloor = 5

// deletionSlice bounds how many documents go in one transaction.
const deletionSlice = 100

func brakeOf(connector connectors.Source) float64 {
	if own, ok := connector.(connectors.Braker); ok && own.Brake() > 0 {
		return own.Brake()
	}
	return defaultBrake
}

// sweep deletes what a complete listing did not hold.
func (r *syncRun) sweep(ctx context.Context, connector connectors.Source) error {
	gone, held, err := r.gone(ctx)
	if err != nil || len(gone) == 0 {
		return err
	}
	brake := brakeOf(connector)
	if !r.options.AllowDeletions && len(gone) > brakeFloor && float64(len(gone)) > brake*float64(held) {
		return footnote.Errorf(footnote.CodeConflict,
			"the source no longer lists %d of %d documents, more than the share of %g it may lose at once; nothing was deleted: check the source, then sync again and allow deletions",
			len(gone), held, brake)
	}
	return r.delete(ctx, gone)
}

// gone returns the documents that the source no longer lists, and how many the store holds.
func (r *syncRun) gone(ctx context.Context) (gone []string, held int, err error) {
	snapshot, err := r.admit(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer release(snapshot)
	const page = 1000
	for after := ""; ; {
		ids, err := snapshot.ExternalIDs(ctx, r.source.ID, after, page)
		if err != nil {
			return nil, 0, err
		}
		for _, id := range ids {
			if held++; !r.listed[id] {
				gone = append(gone, id)
			}
		}
		if len(ids) < page {
			return gone, held, nil
		}
		after = ids[len(ids)-1]
	}
}

// delete takes documents away, a slice at a time, each under an event that names them.
func (r *syncRun) delete(ctx context.Context, externalIDs []string) error {
	for some := range slices.Chunk(externalIDs, deletionSlice) {
		ids := make([]string, len(some))
		for i, externalID := range some {
			ids[i] = string(footnote.NewDocumentID(r.source.ID, externalID))
		}
		event := audit.By(r.caller, audit.KindDelete, r.source.ID)
		event.Details = map[string]string{"documents": strings.Join(ids, " "), "count": strconv.Itoa(len(ids))}
		count, err := r.service.store.Delete(ctx, r.source.ID, some, event)
		r.report.Deleted += count
		if err != nil {
			return err
		}
	}
	return nil
}
