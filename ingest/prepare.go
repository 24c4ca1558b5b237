package ingest

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"footnote"
	"footnote/connectors"
	"footnote/ingest/text"
	"footnote/store"
)

// warningHidden tells that text was removed which a reader would not have seen.
const warningHidden = "hidden_text"

// prepared is a record made ready for the store; submission is nil when there is nothing to hand over.
type prepared struct {
	result     Result
	submission *store.Submission
	texts      map[string]string // to embed, by hash
}

// prepareAll prepares a batch on all processors, in order.
func (s *Service) prepareAll(ctx context.Context, b batch) []prepared {
	all := make([]prepared, len(b.records))
	repeated := repeats(b.records)
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(b.records)) {
		workers.Go(func() {
			for i := range next {
				all[i] = prepareOne(b, b.records[i], repeated[b.records[i].ExternalID])
			}
		})
	}
	for i := range b.records {
		if ctx.Err() != nil {
			all[i].result = Result{ExternalID: b.records[i].ExternalID, Err: ctx.Err()}
			continue
		}
		next <- i
	}
	close(next)
	workers.Wait()
	return all
}

// repeats tells which external ids stand more than once in a batch: the later ones follow the earlier, so what the
// store held before says nothing of them.
func repeats(records []connectors.Record) map[string]bool {
	seen, repeated := make(map[string]bool, len(records)), map[string]bool{}
	for _, record := range records {
		if seen[record.ExternalID] {
			repeated[record.ExternalID] = true
		}
		seen[record.ExternalID] = true
	}
	return repeated
}

func prepareOne(b batch, record connectors.Record, repeated bool) prepared {
	sum, err := digest(b.source, record)
	if err == nil && !repeated {
		if known, held := b.known[record.ExternalID]; held && known.Digest == sum {
			return unchanged(record.ExternalID, known)
		}
	}
	p := prepared{result: Result{ExternalID: record.ExternalID}, texts: map[string]string{}}
	if err == nil {
		err = p.prepare(b.source, record, sum)
	}
	if err != nil {
		return prepared{result: Result{ExternalID: record.ExternalID, Err: err}}
	}
	return p
}

func unchanged(externalID string, known store.Known) prepared {
	return prepared{result: Result{
		ExternalID: externalID, ID: known.ID, Version: known.Version, State: known.State, Chunks: known.Chunks, Unchanged: true,
	}}
}

func (p *prepared) prepare(source footnote.Source, record connectors.Record, sum string) error {
	if err := validate(record); err != nil {
		return err
	}
	submission := store.Submission{
		ExternalID: record.ExternalID, Digest: sum, Metadata: record.Metadata,
		Audience: audienceOf(source, record.Audience), ACL: record.ACL, Aliases: record.Aliases,
	}
	normaliseMetadata(&submission.Metadata)
	texts := make([]text.Text, len(record.Parts))
	for i, part := range record.Parts {
		read, err := text.Read(text.Format(part.Format), part.Content)
		if err != nil {
			return &footnote.Error{Code: footnote.CodeInvalid, Field: contentField(record, i), Message: err.Error()}
		}
		if submission.Title == "" {
			submission.Title = read.Title
		}
		p.warn(read)
		texts[i] = read
	}
	if submission.Title == "" {
		return footnote.Invalid("title", "is missing, and the text has no heading to take it from")
	}
	for i, part := range record.Parts {
		submission.Parts = append(submission.Parts, p.part(submission.Title, part, texts[i]))
	}
	p.submission = &submission
	return nil
}

func contentField(record connectors.Record, at int) string {
	if len(record.Parts) == 1 && record.Parts[0].Key == connectors.BodyKey {
		return "content"
	}
	return fmt.Sprintf("parts[%d].content", at)
}

func (p *prepared) warn(read text.Text) {
	if len(read.Hidden) > 0 && len(p.result.Warnings) == 0 {
		p.result.Warnings = []string{warningHidden}
	}
}

// part cuts one part's text into chunks and notes what to embed.
func (p *prepared) part(title string, part connectors.Part, read text.Text) store.SubmittedPart {
	submitted := store.SubmittedPart{
		Key: part.Key, Text: read.Body, Audience: part.Audience, ACL: part.ACL, Author: part.Author,
		CreatedAt: footnote.Moment(part.CreatedAt), UpdatedAt: footnote.Moment(part.UpdatedAt),
	}
	for _, chunk := range text.Chunks(read) {
		search := chunk.SearchText(title, read.Body[chunk.Start:chunk.End])
		hash := footnote.SHA256(search)
		p.texts[hash] = search
		submitted.Chunks = append(submitted.Chunks, store.SubmittedChunk{Chunk: chunk, EmbedHash: hash})
	}
	return submitted
}

func audienceOf(source footnote.Source, own footnote.Audience) footnote.Audience {
	switch {
	case own != 0:
		return own
	case source.DefaultAudience != 0:
		return source.DefaultAudience
	}
	return footnote.AudienceInternal
}

// normaliseMetadata brings metadata to the form that is kept.
func normaliseMetadata(m *footnote.Metadata) {
	m.Title = strings.Join(strings.Fields(m.Title), " ")
	if m.Status == "" {
		m.Status = footnote.StatusPublished
	}
	m.UpdatedAt, m.ReviewedAt = footnote.Moment(m.UpdatedAt), footnote.Moment(m.ReviewedAt)
	m.ExpiresAt = footnote.Moment(m.ExpiresAt)
}
