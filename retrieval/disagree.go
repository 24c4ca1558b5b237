package retrieval

import (
	"context"
	"slices"
	"strings"

	"footnote/retrieval/conflicts"
)

// maxCompared is how many hits are compared with each other: those further down say little about what was asked.
const maxCompared = 20

// disagreements names the hits that contradict each other about the question. It looks at what the hits show and at
// nothing else, so that what a reader may not see takes no side.
func (s *Service) disagreements(ctx context.Context, question string, hits []Hit) ([]Conflict, error) {
	compared := hits[:min(len(hits), maxCompared)]
	passages := make([]conflicts.Passage, len(compared))
	for i, hit := range compared {
		passages[i] = passageOf(hit)
	}
	found, err := s.conflicts.Find(ctx, question, passages)
	if err != nil {
		return nil, err
	}
	all := make([]Conflict, 0, len(found))
	for _, c := range found {
		conflict := Conflict{About: c.About, Kind: string(c.Kind)}
		for _, side := range c.Sides {
			hit := hits[side.Passage]
			conflict.Hits = append(conflict.Hits, hit.Rank)
			conflict.Sides = append(conflict.Sides, Side{
				Hit: hit.Rank, Text: passages[side.Passage].Sentences[side.Sentence],
				Owner: hit.Document.Owner, UpdatedAt: hit.Document.UpdatedAt,
			})
		}
		all = append(all, conflict)
	}
	return all, nil
}

// passageOf is what of a hit is compared: sentences and items of lists. A row of a table says what its column means.
func passageOf(hit Hit) conflicts.Passage {
	p := conflicts.Passage{
		Part: string(hit.Document.ID) + "#" + hit.Part.Key, Names: named(hit),
		Products: hit.Document.Products, Versions: hit.Document.Versions,
	}
	for _, u := range units(hit.Citation.Quote) {
		if u.kind <= step && !u.toModels {
			p.Sentences = append(p.Sentences, u.text)
		}
	}
	if len(p.Versions) == 0 {
		p.Versions = pathVersions(hit.Document.ExternalID)
	}
	return p
}

// pathVersions reads the versions in a path of which a manual has several: "reference/7.2/get-item.md".
func pathVersions(path string) []string {
	var all []string
	for part := range strings.SplitSeq(path, "/") {
		number := strings.TrimPrefix(part[strings.LastIndexByte(part, '-')+1:], "v")
		if strings.Contains(number, ".") && strings.Trim(number, "0123456789.") == "" && number[0] != '.' {
			all = append(all, number)
		}
	}
	slices.Sort(all)
	return all
}
