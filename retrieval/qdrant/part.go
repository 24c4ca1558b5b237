package qdrant

import (
	"encoding/base64"
	"encoding/binary"
	"strings"

	"footnote"
	"footnote/retrieval/words"
)

// whole is a part of a version.
type whole struct {
	head     int  // the first chunk that has a vector, or else the first
	vector   bool // the head has one
	mixed    bool // chunks of several rules or audiences
	all      words.Contents
	contents map[int]words.Contents // by chunk
}

func (x *Index) partsOf(v version) map[string]*whole {
	parts := map[string]*whole{}
	title := footnote.Unstuffed(v.Title)
	for i := range v.Chunks {
		c := &v.Chunks[i]
		p := parts[c.Part]
		if p == nil {
			p = &whole{head: i, vector: telling(c.Vector), contents: map[int]words.Contents{}}
			parts[c.Part] = p
		}
		first := &v.Chunks[p.head]
		p.mixed = p.mixed || first.Rule != c.Rule || first.Audience != c.Audience
		if vector := telling(c.Vector); vector && !p.vector || vector == p.vector && c.Start < first.Start {
			p.head, p.vector = i, vector
		}
		heading := []string{footnote.Unstuffed(strings.Join(c.Heading, " > "))}
		p.contents[i] = x.config.Analyzer.Contents(title, heading, footnote.Unstuffed(c.Lead), footnote.Unstuffed(c.Text))
		p.all.Join(p.contents[i])
	}
	return parts
}

// pack writes what a chunk of a mixed part adds to it, for those who may see it.
func pack(c words.Contents, vector bool) string {
	sizes := []uint16{uint16(c.Size.Title), uint16(c.Size.Headings), uint16(c.Size.Body), 0} //nolint:gosec // G115: Contents keeps them below
	if vector {
		sizes[3] = 1
	}
	var out []byte
	for _, n := range sizes {
		out = binary.LittleEndian.AppendUint16(out, n)
	}
	for id, counts := range c.Terms {
		out = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint32(out, id), uint16(counts.Pack()))
	}
	return base64.StdEncoding.EncodeToString(out)
}

// unpack reads what pack wrote; what is damaged holds nothing.
func unpack(text string) (c words.Contents, vector bool) {
	c.Terms = map[uint32]words.Fields{}
	in, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(in) < 8 {
		return c, false
	}
	size := func(i int) int { return int(binary.LittleEndian.Uint16(in[2*i:])) }
	c.Size = words.Fields{Title: size(0), Headings: size(1), Body: size(2)}
	vector = size(3) == 1
	for in = in[8:]; len(in) >= 6; in = in[6:] {
		c.Terms[binary.LittleEndian.Uint32(in)] = words.Counts(binary.LittleEndian.Uint16(in[4:])).Fields()
	}
	return c, vector
}
