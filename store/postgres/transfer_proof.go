package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

// Proof is what a transfer found equal on both sides: how many documents there are, the SHA-256 of all of them with their
// versions, texts and rules, and the head of the audit log, whose chain was verified in the copy.
type Proof struct {
	Documents int
	SHA256    string
	Events    uint64
	AuditHead string
}

func prove(ctx context.Context, copied *Store, from Origin) (Proof, error) {
	snapshot, err := copied.Snapshot(ctx)
	if err != nil {
		return Proof{}, err
	}
	defer func() { _ = snapshot.Close() }() // a read transaction has nothing to lose
	there, err := proofOf(ctx, from)
	if err != nil {
		return Proof{}, err
	}
	here, err := proofOf(ctx, snapshot)
	if err != nil {
		return Proof{}, err
	}
	if here != there {
		return Proof{}, footnote.Errorf(footnote.CodeInternal,
			"the copy is not what was copied (%d documents %s, event %d %s; there were %d documents %s, event %d %s): drop the schema and begin anew",
			here.Documents, here.SHA256, here.Events, here.AuditHead, there.Documents, there.SHA256, there.Events, there.AuditHead)
	}
	report, err := audit.Verify(store.AllEvents(ctx, snapshot), nil, nil)
	if err != nil {
		return Proof{}, err
	}
	if report.Fault != nil {
		return Proof{}, footnote.Errorf(footnote.CodeInternal, "the audit log has a fault at event %d, here and in the data folder: %s", report.Fault.Sequence, report.Fault.Reason)
	}
	return here, nil
}

func proofOf(ctx context.Context, snapshot store.Snapshot) (p Proof, err error) {
	sum := sha256.New()
	rules, err := snapshot.Rules(ctx, 0)
	if err != nil {
		return p, err
	}
	for _, rule := range rules {
		_, _ = fmt.Fprintln(sum, rule.ID, rule.ACL) // a hash takes everything
	}
	const page = 500
	filter := store.ListFilter{Limit: page}
	for {
		some, failed := snapshot.List(ctx, filter)
		if failed != nil {
			return p, failed
		}
		for _, served := range some {
			if failed = addDocument(ctx, sum, snapshot, served); failed != nil {
				return p, failed
			}
		}
		p.Documents += len(some)
		if len(some) < page {
			break
		}
		filter.AfterSource, filter.AfterID = some[page-1].Source, some[page-1].ExternalID
	}
	p.SHA256 = hex.EncodeToString(sum.Sum(nil))
	p.Events, p.AuditHead, err = snapshot.LastEvent(ctx)
	return p, err
}

func addDocument(ctx context.Context, sum hash.Hash, snapshot store.Snapshot, served store.Served) error {
	versions, err := snapshot.Versions(ctx, served.ID)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(sum)
	if err = encoder.Encode(served); err == nil {
		err = encoder.Encode(versions)
	}
	for _, version := range versions {
		parts, failed := snapshot.Parts(ctx, served.ID, version.Number)
		if failed != nil {
			return failed
		}
		if failed = encoder.Encode(parts); failed != nil {
			return failed
		}
	}
	return err
}
