package storetest

import (
	"errors"
	"fmt"

	"footnote"
	"footnote/store"
)

// dump is all that can be read of a store, a line for each thing, in the order in which the store gives it.
func (s *script) dump(in store.Store) []string {
	s.Helper()
	snapshot, err := in.Snapshot(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	d := &dump{script: s, Snapshot: snapshot}
	d.logs()
	d.directory()
	d.sources()
	d.documents()
	d.queue()
	if err := errors.Join(d.err, snapshot.Close()); err != nil {
		s.Fatal(err)
	}
	return d.said
}

type dump struct {
	*script
	store.Snapshot
	said []string
	err  error
}

// say keeps what was read, or the error of reading it.
func say[T any](d *dump, what string) func(values []T, err error) {
	return func(values []T, err error) {
		d.err = errors.Join(d.err, err)
		for _, value := range values {
			d.said = append(d.said, fmt.Sprintf("%s %+v", what, value))
		}
	}
}

func (d *dump) note(what string, value any, err error) {
	d.said = append(d.said, what+" "+tell(outcome{value, err}))
}

func (d *dump) logs() {
	ctx := d.Context()
	d.note("position", d.Position(), nil)
	say[store.Change](d, "change")(d.Changes(ctx, 0, 100_000))
	events, err := d.Events(ctx, 0, 100_000)
	d.err = errors.Join(d.err, err)
	for _, e := range events {
		d.said = append(d.said, fmt.Sprintf("event %+v", e))
	}
	sequence, hash, err := d.LastEvent(ctx)
	d.note("last event", fmt.Sprint(sequence, hash), err)
	for id := range 1000 {
		if receipt, failure := d.Receipt(ctx, fmt.Sprint(id)); failure == nil {
			d.note("receipt", receipt, nil)
		}
	}
	_, err = d.Receipt(ctx, "none \x00")
	d.note("no receipt", nil, err)
}

func (d *dump) directory() {
	ctx := d.Context()
	var all []footnote.Principal
	for _, name := range anybody {
		p, err := footnote.ParsePrincipal(name)
		if err != nil {
			continue
		}
		all = append(all, p)
		person, err := d.Person(ctx, p)
		d.note("person", person, err)
		members, err := d.Members(ctx, p)
		d.note("members of "+name, members, err)
	}
	missing, err := d.Missing(ctx, all)
	d.note("missing", missing, err)
	memberships, err := d.Memberships(ctx, all)
	d.note("memberships", memberships, err)
	say[footnote.Key](d, "key")(d.Keys(ctx, "", 1000))
	say[footnote.Key](d, "key after")(d.Keys(ctx, "one\x00", 1000))
	for _, name := range append([]string{"none"}, lines...) {
		key, err := d.Key(ctx, name)
		d.note("key by id", key, err)
		key, err = d.KeyBySecret(ctx, name)
		d.note("key by secret", key, err)
	}
}

func (d *dump) sources() {
	ctx := d.Context()
	say[store.SourceRecord](d, "source")(d.Sources(ctx))
	_, err := d.Source(ctx, "none \xff")
	d.note("no source", nil, err)
	say[store.Switch](d, "switch")(d.Switches(ctx))
	say[store.Rule](d, "rule")(d.Rules(ctx, 0))
}

func (d *dump) documents() {
	ctx := d.Context()
	for _, state := range []footnote.State{"", footnote.StateDeleted, "none \x00"} {
		all, err := d.List(ctx, store.ListFilter{State: state, Limit: 1000})
		say[store.Served](d, "listed")(all, err)
		for _, one := range all {
			d.document(one.ID)
		}
	}
	say[store.Served](d, "listed after")(d.List(ctx, store.ListFilter{AfterSource: "kb", AfterID: "a\x00", Limit: 5}))
	d.document("doc_none")
	d.document("doc_none \x00")
	for _, source := range []string{"kb", "slow", "none"} {
		say[string](d, "external id")(d.ExternalIDs(ctx, source, "", 1000))
		digests, err := d.Digests(ctx, source, append([]string{"none \xff"}, externals...))
		d.note("digests of "+source, digests, err)
	}
	d.passages()
}

func (d *dump) document(id footnote.DocumentID) {
	ctx := d.Context()
	document, err := d.Document(ctx, id)
	d.note("document", document, err)
	next, err := d.Successor(ctx, id)
	d.note("successor", next, err)
	versions, err := d.Versions(ctx, id)
	d.note("versions", versions, err)
	for _, version := range versions {
		parts, failure := d.Parts(ctx, id, version.Number)
		d.note("parts", parts, failure)
	}
	_, err = d.Parts(ctx, id, 999)
	d.note("parts of no version", nil, err)
	for _, key := range []string{"body", "note", "note 2", "none \x00"} {
		for version := 1; version <= 3; version++ {
			part, err := d.ApprovedPart(ctx, id, key, version)
			d.note("approved part", part, err)
		}
	}
}

func (d *dump) passages() {
	ctx := d.Context()
	var chunks []int64
	for _, model := range models {
		d.err = errors.Join(d.err, d.AllIndexed(ctx, model, func(document store.IndexedDocument) error {
			d.note("indexed", document, nil)
			for _, chunk := range document.Chunks {
				chunks = append(chunks, chunk.ID)
				d.served++
			}
			again, err := d.Indexed(ctx, model, []footnote.DocumentID{document.ID, "doc_none"})
			d.note("indexed alone", again, err)
			return nil
		}))
		counts, err := d.Counts(ctx, model)
		d.note("counts", counts, err)
	}
	for _, id := range chunks {
		passages, documents, err := d.Passages(ctx, []int64{id}, 5)
		d.note("passages", fmt.Sprintf("%+v %+v", passages, documents), err)
	}
}

func (d *dump) queue() {
	ctx := d.Context()
	say[store.Generation](d, "generation")(d.Generations(ctx))
	for _, model := range models {
		say[store.Waiting](d, "waiting")(d.Unembedded(ctx, model, 1000))
		waiting, refused, err := d.Backlog(ctx, model)
		d.note("backlog", fmt.Sprint(waiting, refused), err)
		var hashes []string
		for _, line := range lines {
			hashes = append(hashes, d.hash(line))
		}
		there, err := d.Embedded(ctx, model, hashes)
		d.note("embedded", there, err)
	}
}
