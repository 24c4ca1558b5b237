package laws_test

import (
	"testing"
	"time"

	"footnote"
	"footnote/audit"
	"footnote/identity"
	"footnote/internal/laws/oracle"
)

// mutate changes one thing about the world, in the program and in the model.
func (w *world) mutate(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	switch w.rng.IntN(18) {
	case 0, 1, 2:
		w.regroup(t, one(w.rng, w.groups...))
	case 3:
		name := one(w.rng, w.groups...)
		if _, exists := w.oracle.Members[name]; exists {
			must(t, w.store.DeleteGroup(ctx, who(t, name), event(audit.KindGroupDelete)))
			delete(w.oracle.Members, name)
		}
	case 4:
		name := one(w.rng, w.people...)
		w.oracle.Disabled[name] = !w.oracle.Disabled[name]
		w.person(t, name, w.oracle.Disabled[name])
	case 5:
		name := one(w.rng, w.people...)
		w.oracle.Off[name] = !w.oracle.Off[name]
		w.turn(t, identity.SwitchPrincipal+name, !w.oracle.Off[name])
	case 6:
		s := one(w.rng, w.sources...)
		s.off = !s.off && w.chance(50)
		w.turn(t, identity.SwitchSource+s.ID, !s.off)
	case 7:
		s := one(w.rng, w.sources...)
		s.State = one(w.rng, footnote.SourceActive, footnote.SourceActive, footnote.SourcePaused, footnote.SourceRevoked)
		w.saveSource(t, s)
	case 8:
		w.clock.advance(time.Duration(1+w.rng.IntN(10)) * time.Hour)
	case 9:
		w.rekey(t)
	default:
		w.edit(t, one(w.rng, w.docs...))
	}
	w.refresh()
}

// rekey revokes a reader's key and gives them another one.
func (w *world) rekey(t *testing.T) {
	t.Helper()
	at := w.rng.IntN(len(w.readers))
	old := w.readers[at]
	if old.key == "" {
		return
	}
	if !old.Dead {
		must(t, w.store.RevokeKey(t.Context(), old.key, event(audit.KindKeyRevoke)))
		old.Dead = true
	}
	if w.chance(70) {
		w.readers[at] = w.newReader(t)
	}
}

// edit does one thing to a document.
func (w *world) edit(t *testing.T, d *doc) {
	t.Helper()
	ctx := t.Context()
	if d.retired {
		if d.serving != nil {
			must(t, w.pipeline.Decide(ctx, w.boss, d.id, d.serving.number, true, ""))
			d.retired = false
		}
		return
	}
	switch n := w.rng.IntN(10); {
	case d.gone || n < 3:
		w.submit(t, d, w.draft(), footnote.StatusPublished)
	case n == 3 && d.pending == nil && d.serving != nil:
		rule := w.anyRule()
		must(t, w.pipeline.SetACL(ctx, w.root, d.id, w.acl(t, rule)))
		d.rules = []oracle.Rule{rule}
		d.serving.rule = rule
	case n == 4 && d.source.State == footnote.SourceActive && !d.source.off:
		must(t, w.pipeline.Delete(ctx, w.root, d.source.ID, d.external))
		d.gone, d.serving, d.pending = true, nil, nil
	case n == 5 && d.serving != nil && d.pending == nil:
		must(t, w.pipeline.Retire(ctx, w.boss, d.id, "old", ""))
		d.retired = true
	case n == 6 && d.serving != nil && d.pending == nil:
		status := one(w.rng, footnote.StatusDraft, footnote.StatusArchived)
		if d.status != footnote.StatusPublished {
			status = footnote.StatusPublished
		}
		w.submit(t, d, *d.serving, status)
	case n > 6 && d.pending != nil && d.status == footnote.StatusPublished:
		w.decide(t, d, w.chance(70))
	}
}

// submit puts a version in. One that says the text that serves again takes its rights and status at once.
func (w *world) submit(t *testing.T, d *doc, v version, status footnote.Status) {
	t.Helper()
	if d.source.State != footnote.SourceActive || d.source.off {
		return
	}
	again := d.serving != nil && v.number == d.serving.number
	if d.pending != nil && d.status != footnote.StatusPublished {
		v, status = *d.pending, footnote.StatusPublished // what was a draft is published
		again = false
	}
	if again {
		v.rule, v.audience = w.anyRule(), d.source.DefaultAudience.String()
		for i := range v.parts {
			v.parts[i].rules, v.parts[i].audiences = nil, nil
		}
	}
	d.status = status
	result := w.put(t, d.source.ID, w.record(t, d, v, status))[0]
	d.source.renewed = w.clock.now()
	d.gone = false
	if again {
		v.number = result.Version
		d.serve(&v)
		return
	}
	d.take(&v, result.Version)
}
