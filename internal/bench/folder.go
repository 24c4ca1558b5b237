package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"footnote"
	"footnote/audit"
	"footnote/connectors"
	"footnote/ingest"
	"footnote/internal/embedding"
	"footnote/internal/realdata/testbed"
)

// folder is a data folder in which every document is for one group of a hundred, with readers by share.
type folder struct {
	path      string
	bed       *testbed.Bed // while it is open in this process
	documents int
	chunks    int
}

func (f *folder) open(ctx context.Context, model embedding.Embedder) (err error) {
	f.bed, err = testbed.OpenWith(ctx, f.path, model)
	return err
}

func (f *folder) close() error {
	if f.bed == nil {
		return nil
	}
	err := f.bed.Close()
	f.bed = nil
	return err
}

// groups is the number of groups over which documents are spread by a hash of their names.
const groups = 100

func group(name string) footnote.Principal {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name))
	return testbed.Principal(fmt.Sprintf("group:share-%02d", sum.Sum32()%groups))
}

// reader is who may read a share of the documents, in percent: they are in a group that is in so many of the groups.
func reader(share int) footnote.Principal {
	return testbed.Principal(fmt.Sprintf("user:reader-%d", share))
}

var shares = [...]int{100, 10, 1}

// fill takes records in, by the name of their source.
func (f *folder) fill(ctx context.Context, all map[string][]connectors.Record) error {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := f.load(ctx, name, all[name]); err != nil {
			return fmt.Errorf("load %s: %w", name, err)
		}
	}
	return nil
}

// load takes records into a source of their own, each for one group of a hundred.
func (f *folder) load(ctx context.Context, name string, records []connectors.Record) error {
	if err := f.bed.AddSource(ctx, footnote.Source{ID: name, Name: name, Kind: "push"}); err != nil {
		return err
	}
	for i := range records {
		records[i].Audience = footnote.AudienceInternal
		records[i].ACL = footnote.AnyOf(group(name + "/" + records[i].ExternalID))
	}
	results, err := f.bed.Put(ctx, name, records)
	f.documents += len(results)
	chunks, refused := sum(results)
	f.chunks += chunks
	return errors.Join(err, refused)
}

func sum(results []ingest.Result) (chunks int, err error) {
	for _, result := range results {
		chunks += result.Chunks
		if result.Err != nil && err == nil {
			err = fmt.Errorf("%s: %w", result.ExternalID, result.Err)
		}
	}
	return chunks, err
}

// people makes the readers and puts them, through a group of their own, into the groups they may read for.
func (f *folder) people(ctx context.Context) error {
	event := func(subject footnote.Principal) audit.Event {
		return audit.By(testbed.Feeder(), audit.KindGroup, subject.String())
	}
	team := func(share int) footnote.Principal {
		return testbed.Principal(fmt.Sprintf("group:readers-of-%d", share))
	}
	for _, share := range shares {
		if err := f.bed.Store.PutGroup(ctx, team(share), []footnote.Principal{reader(share)}, event(team(share))); err != nil {
			return err
		}
	}
	for i := range groups {
		var members []footnote.Principal
		for _, share := range shares {
			if i < share {
				members = append(members, team(share))
			}
		}
		of := testbed.Principal(fmt.Sprintf("group:share-%02d", i))
		if err := f.bed.Store.PutGroup(ctx, of, members, event(of)); err != nil {
			return err
		}
	}
	return nil
}
