package postgres

import (
	"context"

	"footnote"
	"footnote/audit"
	"footnote/store"
)

// Decide implements store.DocumentWriter.
func (s *Store) Decide(ctx context.Context, decision store.Decision, guard store.Guard, event audit.Event) error {
	return s.write(ctx, func(t *tx) error {
		d, err := t.guarded(decision.Document, guard)
		if err != nil {
			return err
		}
		version, err := t.version(d.pk, decision.Version)
		if err != nil {
			return err
		}
		if version == nil {
			return footnote.NotFound()
		}
		current, err := t.current(d)
		if err != nil {
			return err
		}
		plan, err := store.NewDecision(current, *version, decision.Approve)
		if err != nil {
			return err
		}
		if err := t.decide(d, plan, *version, decision); err != nil {
			return err
		}
		return t.append(event)
	})
}

func (t *tx) decide(d *document, plan store.DecisionPlan, version store.CurrentVersion, decision store.Decision) error {
	const query = `UPDATE versions SET state = $1, decided_by = $2, decided_at = $3, reason = $4 WHERE document = $5 AND number = $6`
	t.queue(query, string(plan.VersionState), decision.By.String(), micros(orNow(decision.At, t.now)),
		[]byte(decision.Reason), d.pk, version.Number)
	t.setVersion(d.pk, plan.Superseded, footnote.VersionSuperseded)
	d.State, d.Approved, d.Pending = plan.State, plan.Approved, plan.Pending
	if d.retired && !plan.Retired {
		d.retired, d.RetiredReason, d.ReplacedBy = false, "", ""
	}
	if plan.Takes {
		d.metadata, d.Audience, d.ACL = plan.Metadata, plan.Rights.Audience, plan.Rights.ACL
		if err := t.saveRights(d.pk, version.Number, plan.Rights, version.Parts); err != nil {
			return err
		}
		if err := t.release(d.pk, version.Number); err != nil {
			return err
		}
		t.number(d.pk, version.Number)
	}
	if err := t.save(d); err != nil {
		return err
	}
	t.changed(d.ID)
	return nil
}

// Retire implements store.DocumentWriter.
func (s *Store) Retire(ctx context.Context, retirement store.Retirement, guard store.Guard, event audit.Event) error {
	return s.write(ctx, func(t *tx) error {
		d, err := t.guarded(retirement.Document, guard)
		if err != nil {
			return err
		}
		if retirement.ReplacedBy == d.ID {
			return footnote.Invalid("replaced_by", "must be another document")
		}
		d.retired, d.RetiredReason, d.ReplacedBy = true, retirement.Reason, retirement.ReplacedBy
		d.State = store.StateOf(true, d.metadata.Status, d.Approved)
		if err := t.save(d); err != nil {
			return err
		}
		t.changed(d.ID)
		return t.append(event)
	})
}

// Review implements store.DocumentWriter.
func (s *Store) Review(ctx context.Context, review store.Review, guard store.Guard, event audit.Event) error {
	return s.write(ctx, func(t *tx) error {
		d, err := t.guarded(review.Document, guard)
		if err != nil {
			return err
		}
		d.reviewedAt = max(d.reviewedAt, micros(orNow(review.ReviewedAt, t.now)))
		d.ReviewedBy = review.By
		if err := t.save(d); err != nil {
			return err
		}
		t.changed(d.ID)
		return t.append(event)
	})
}

// SetACL implements store.DocumentWriter. What waits for a decision comes under the rule too. The digest goes, so that
// the next submission says the source's rule again.
func (s *Store) SetACL(ctx context.Context, id footnote.DocumentID, acl footnote.ACL, guard store.Guard, event audit.Event) error {
	return s.write(ctx, func(t *tx) error {
		d, err := t.guarded(id, guard)
		if err != nil {
			return err
		}
		d.ACL, d.digest = acl, ""
		if err := t.save(d); err != nil {
			return err
		}
		for _, number := range []int{d.Approved, d.latest} {
			if err := t.setRule(d, number, acl); err != nil {
				return err
			}
		}
		t.changed(d.ID)
		return t.append(event)
	})
}

// setRule puts a version under another rule as a whole. Its parts keep what narrows them.
func (t *tx) setRule(d *document, number int, acl footnote.ACL) error {
	if number == 0 {
		return nil
	}
	version, err := t.version(d.pk, number)
	if err != nil {
		return err
	}
	rights := store.Rights{Audience: version.Rights.Audience, ACL: acl}
	if number == d.Approved {
		rights.Audience = d.Audience
	}
	ruleID, err := t.intern(acl)
	if err != nil {
		return err
	}
	t.queue("UPDATE versions SET rule = $1 WHERE document = $2 AND number = $3", ruleID, d.pk, number)
	return t.saveRights(d.pk, number, rights, version.Parts)
}
