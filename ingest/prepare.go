package ingest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"footnote"
	"footnote/connectors"
	"footnote/ingest/text"
	"footnote/store"
)

// warningHidden tells that text was removed which a reader would not have seen.
const warningHidden = "hidden_text"

// The bounds of what a record may become: a little input must not make much work.
const (
	maxBodyBytes    = 2 * MaxDocumentBytes
	maxChunks       = 20_000
	maxHeadingBytes = 512 // of a heading where it is repeated before every chunk below it
)

// prepared is a record made ready for the store; submission is nil when there is nothing to hand over.
type prepared struct {
	result     Result
	submission *store.Submission
	texts      map[string]string // to embed, by hash
}

// prepareAll prepares a batch on all processors, in order.
func prepareAll(ctx context.Context, b batch) []prepared {
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
			break // the caller gives the batch up
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

// prepareOne prepares one record. Whatever is wrong with it, a fault of the program in reading it included, is its alone.
func prepareOne(b batch, record connectors.Record, repeated bool) (p prepared) {
	defer func() {
		if fault := recover(); fault != nil {
			p = refused(record, &footnote.Error{
				Code: footnote.CodeInternal, Field: "content", Message: "could not be read",
				Err: fmt.Errorf("%v\n%s", fault, debug.Stack()),
			})
		}
	}()
	if err := validate(record); err != nil {
		return refused(record, err)
	}
	sum, err := digest(b.source, record)
	if err != nil {
		return refused(record, err)
	}
	if known, held := b.known[record.ExternalID]; held && !repeated && known.Digest == sum {
		return unchanged(record.ExternalID, known)
	}
	p = prepared{result: Result{ExternalID: record.ExternalID}, texts: map[string]string{}}
	if err := p.prepare(b.source, record, sum); err != nil {
		return refused(record, err)
	}
	return p
}

func refused(record connectors.Record, err error) prepared {
	return prepared{result: Result{ExternalID: record.ExternalID, Err: err}}
}

func unchanged(externalID string, known store.Known) prepared {
	return prepared{result: Result{
		ExternalID: externalID, ID: known.ID, Version: known.Version, State: known.State, Chunks: known.Chunks, Unchanged: true,
	}}
}

func (p *prepared) prepare(source footnote.Source, record connectors.Record, sum string) error {
	submission := store.Submission{
		ExternalID: record.ExternalID, Digest: sum, Metadata: record.Metadata,
		Audience: audienceOf(source, record.Audience), ACL: record.ACL, Aliases: record.Aliases,
	}
	normaliseMetadata(&submission.Metadata)
	texts := make([]text.Text, len(record.Parts))
	titles, size := []string{record.Title}, 0
	for i, part := range record.Parts {
		read, err := text.Read(text.Format(part.Format), part.Content)
		if errors.Is(err, text.ErrFull) {
			return tooLarge(contentField(record.Parts, i), err.Error())
		}
		if err != nil {
			return footnote.Invalid(contentField(record.Parts, i), err.Error())
		}
		if size += len(read.Body); size > maxBodyBytes {
			return tooLarge(contentField(record.Parts, i), "grows too large when its quotes and lists are written out")
		}
		p.warn(read)
		titles = append(titles, read.Title)
		texts[i] = read
	}
	if submission.Title = p.title(titles); submission.Title == "" {
		return footnote.Invalid("title", "is missing, and the text has no heading to take it from")
	}
	chunks := 0
	for i, part := range record.Parts {
		passages := text.Chunks(texts[i])
		if chunks += len(passages); chunks > maxChunks {
			return tooLarge(contentField(record.Parts, i), "has more than 20,000 passages; split the document")
		}
		submission.Parts = append(submission.Parts, p.part(submission.Title, part, texts[i].Body, passages))
	}
	p.submission = &submission
	return nil
}

func (p *prepared) warn(read text.Text) {
	if len(read.Hidden) > 0 && len(p.result.Warnings) == 0 {
		p.result.Warnings = []string{warningHidden}
	}
}

// title is the first of the titles that says something, on one line and without what a reader would not see. A heading
// in its place may be of any length and is cut.
func (p *prepared) title(titles []string) string {
	for _, title := range titles {
		read, err := text.Read(text.Plain, title)
		if err != nil {
			continue // a heading is never faulty, and a title was checked
		}
		if line := strings.Join(strings.Fields(read.Body), " "); line != "" {
			p.warn(read)
			return cut(line, MaxTitleBytes)
		}
	}
	return ""
}

// part puts one part together and notes what to embed.
func (p *prepared) part(title string, part connectors.Part, body string, chunks []footnote.Chunk) store.SubmittedPart {
	submitted := store.SubmittedPart{
		Key: part.Key, Text: body, Audience: part.Audience, ACL: part.ACL, Author: part.Author,
		CreatedAt: footnote.Moment(part.CreatedAt), UpdatedAt: footnote.Moment(part.UpdatedAt),
	}
	for _, chunk := range chunks {
		for i, heading := range chunk.Heading {
			chunk.Heading[i] = cut(heading, maxHeadingBytes)
		}
		search := chunk.SearchText(title, body[chunk.Start:chunk.End])
		hash := footnote.SHA256(search)
		p.texts[hash] = search
		submitted.Chunks = append(submitted.Chunks, store.SubmittedChunk{Chunk: chunk, EmbedHash: hash})
	}
	return submitted
}

// cut shortens a text to at most so many bytes of whole characters.
func cut(s string, longest int) string {
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "")
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
	if m.Status == "" {
		m.Status = footnote.StatusPublished
	}
	m.UpdatedAt, m.ReviewedAt = footnote.Moment(m.UpdatedAt), footnote.Moment(m.ReviewedAt)
	m.ExpiresAt = footnote.Moment(m.ExpiresAt)
}
