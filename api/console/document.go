package console

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"footnote"
	"footnote/retrieval"
)

// documentView is a document in the words of the page.
type documentView struct {
	retrieval.DocumentView
	Owned    string
	Source   string
	Audience string
	Updated  string
	Expires  string
	Reviewed string
	Due      string
	Address  string // where its source has it; only web addresses
	Verdict  verdict
	Parts    []partView
	Cited    *status // nil: opened without a citation
	Marked   bool    // the quote is on the page
	Moved    string  // where the quote stands now, when that is another document
}

type partView struct {
	Heading  string // empty: the document's only text
	Author   string
	Created  string
	Audience string
	Text     prose
}

// document shows one document, at the quote of a citation when one is given.
func (s *site) document(w http.ResponseWriter, r *http.Request) {
	v, err := s.visit(w, r)
	if err == nil && !s.mayAsk(v) {
		err = footnote.Errorf(footnote.CodeUnauthenticated, "no key")
	}
	if err != nil {
		s.fail(w, r, v, err)
		return
	}
	id, err := footnote.ParseDocumentID(r.PathValue("id"))
	if err != nil {
		s.missing(w, v)
		return
	}
	view, err := s.openDocument(r, v, id)
	if err != nil {
		s.fail(w, r, v, err)
		return
	}
	s.write(w, http.StatusOK, "document", page{Title: view.Title, Visitor: v, Document: view})
}

func (s *site) openDocument(r *http.Request, v visitor, id footnote.DocumentID) (*documentView, error) {
	document, err := s.Retrieval.Document(r.Context(), v.caller, id, 0)
	if err != nil {
		return nil, err
	}
	citation := r.URL.Query().Get("citation")
	if citation == "" {
		return viewDocument(document, nil), nil
	}
	checked, err := s.verify(r, v, id, citation)
	if err != nil {
		return nil, err
	}
	return viewDocument(document, &checked), nil
}

// verify checks one citation. One that neither was taken from this document nor stands in it is as good as unknown.
func (s *site) verify(r *http.Request, v visitor, id footnote.DocumentID, citation string) (retrieval.Verification, error) {
	unavailable := retrieval.Verification{ID: citation, Status: footnote.CitationUnavailable}
	checked, err := s.Retrieval.Verify(r.Context(), v.caller, []string{citation})
	if err != nil || len(checked) != 1 {
		return unavailable, err
	}
	place, err := footnote.ParsePlace(citation)
	here := checked[0].Current != nil && checked[0].Current.DocumentID == id
	if err != nil || (place.Document != id && !here) {
		return unavailable, nil //nolint:nilerr // what cannot be a citation is unavailable like any unknown one
	}
	return checked[0], nil
}

func viewDocument(d retrieval.DocumentView, cited *retrieval.Verification) *documentView {
	view := &documentView{
		DocumentView: d, Owned: d.Owner, Source: sourceName(d.Source), Audience: audienceWords(d.Audience),
		Updated: day(d.UpdatedAt), Expires: day(d.ExpiresAt), Verdict: viewVerdict(d.Freshness),
		Reviewed: day(d.Freshness.ReviewedAt), Due: day(d.Freshness.DueAt),
	}
	if size, _ := addressLength(d.URL); size == len(d.URL) {
		view.Address = d.URL
	}
	var current *retrieval.CurrentPlace
	if cited != nil {
		words := statusWords(cited.Status)
		view.Cited, current = &words, cited.Current
	}
	if current != nil && current.DocumentID != d.ID {
		view.Moved = citationLink(current.DocumentID, cited.ID)
		current = nil
	}
	for _, part := range d.Parts {
		shown := viewPart(part, d, current)
		view.Marked = view.Marked || shown.Text.Marked
		view.Parts = append(view.Parts, shown)
	}
	return view
}

func viewPart(part retrieval.PartView, d retrieval.DocumentView, current *retrieval.CurrentPlace) partView {
	view := partView{Author: part.Author, Created: day(part.CreatedAt), Text: readProse(part.Text, marked(part, current))}
	if len(d.Parts) > 1 || part.Key != "body" {
		view.Heading = partName(part.Key)
	}
	if part.Audience != d.Audience {
		view.Audience = audienceWords(part.Audience)
	}
	view.Text.dropTitle(d.Title)
	return view
}

// marked is the cited range, if it lies in this very text of this part.
func marked(part retrieval.PartView, current *retrieval.CurrentPlace) span {
	if current == nil || current.Part != part.Key || current.Version != part.Version {
		return span{}
	}
	s := span{current.Start, current.End}
	if s.start < 0 || s.end > len(part.Text) || s.start >= s.end || !wholeRunes(part.Text, s) {
		return span{}
	}
	return s
}

func wholeRunes(text string, s span) bool {
	return utf8.RuneStart(text[s.start]) && (s.end == len(text) || utf8.RuneStart(text[s.end]))
}

// partName is a part's key as a heading: "comment-17" becomes "Comment 17".
func partName(key string) string {
	name := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' {
			return ' '
		}
		return r
	}, key)
	if name != "" && name[0] >= 'a' && name[0] <= 'z' {
		return strings.ToUpper(name[:1]) + name[1:]
	}
	return name
}
