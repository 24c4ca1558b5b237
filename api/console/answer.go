package console

import (
	"net/url"
	"slices"
	"strings"

	"footnote"
	"footnote/retrieval"
)

// answerView is an answer in the words of the page.
type answerView struct {
	Sentences []sentenceView
	Hits      []hitView
	Freshness verdict
	NoAnswer  noAnswer
	Conflicts []conflictView
	Sources   []sourceView
}

// sentenceView is a sentence in running text, or a table or code as blocks.
type sentenceView struct {
	Text   string
	Blocks []block
	Marks  []int
}

// noAnswer says why there is nothing; its words depend on the reason alone, never on what is hidden.
type noAnswer struct {
	Title string
	Words string
}

type conflictView struct {
	About string
	Words string
	Sides []sideView
}

// sideView is what one passage says in a conflict.
type sideView struct {
	Hit       int
	Text      string
	Title     string
	Owner     string
	UpdatedAt string
}

type hitView struct {
	retrieval.Hit
	Link      string // opens the document at the quote
	Path      string
	Quote     prose
	Source    string
	Verdict   verdict
	Status    status
	UpdatedAt string
}

type sourceView struct {
	Name  string
	State string
	Lags  []string
	Warn  bool
}

func viewAnswer(answer retrieval.Answer, checked []retrieval.Verification) *answerView {
	view := &answerView{Freshness: wholeVerdict(answer.Freshness)}
	if answer.NoAnswer != nil {
		view.NoAnswer = whyNot(answer.NoAnswer.Reason)
	}
	if answer.Answer != nil {
		view.Sentences = viewSentences(answer.Answer.Sentences)
	}
	became := map[string]footnote.CitationStatus{}
	for _, c := range checked {
		became[c.ID] = c.Status
	}
	for _, hit := range answer.Hits {
		view.Hits = append(view.Hits, viewHit(hit, became[hit.Citation.ID]))
	}
	for _, c := range answer.Conflicts {
		view.Conflicts = append(view.Conflicts, viewConflict(c, answer.Hits))
	}
	for _, source := range answer.Sources {
		view.Sources = append(view.Sources, viewSource(source))
	}
	return view
}

// viewSentences joins the rows of a table below their header.
func viewSentences(sentences []retrieval.Sentence) []sentenceView {
	var all []sentenceView
	for len(sentences) > 0 {
		text, marks, used := sentences[0].Text, sentences[0].Citations, 1
		for isTable(text) && used < len(sentences) && isTable(sentences[used].Text) && slices.Equal(marks, sentences[used].Citations) {
			text += "\n" + sentences[used].Text
			used++
		}
		sentences = sentences[used:]
		view := sentenceView{Text: spoken(text), Marks: marks}
		if first, _, _ := strings.Cut(text, "\n"); isTable(first) || fence(first) != "" {
			view.Blocks = readProse(text, span{}).Blocks
		}
		all = append(all, view)
	}
	return all
}

func isTable(text string) bool { return strings.HasPrefix(text, "|") }

func viewConflict(c retrieval.Conflict, hits []retrieval.Hit) conflictView {
	view := conflictView{About: c.About, Words: disagreement(c.Kind)}
	for _, side := range c.Sides {
		said := sideView{Hit: side.Hit, Text: spoken(side.Text), Owner: side.Owner, UpdatedAt: day(side.UpdatedAt)}
		if at := slices.IndexFunc(hits, func(h retrieval.Hit) bool { return h.Rank == side.Hit }); at >= 0 {
			said.Title = hits[at].Document.Title
		}
		view.Sides = append(view.Sides, said)
	}
	return view
}

func viewHit(hit retrieval.Hit, became footnote.CitationStatus) hitView {
	return hitView{
		Hit:       hit,
		Link:      citationLink(hit.Citation.DocumentID, hit.Citation.ID),
		Path:      headingPath(hit.Document.Title, hit.Heading),
		Quote:     readProse(hit.Citation.Quote, span{}),
		Source:    sourceName(hit.Document.Source),
		Verdict:   viewVerdict(hit.Freshness),
		Status:    statusWords(became),
		UpdatedAt: day(hit.Document.UpdatedAt),
	}
}

func citationLink(id footnote.DocumentID, citation string) string {
	return "/documents/" + url.PathEscape(string(id)) + "?" + url.Values{"citation": {citation}}.Encode() + "#quote"
}

// headingPath leaves out a first heading that only repeats the title.
func headingPath(title string, headings []string) string {
	if len(headings) > 0 && headings[0] == title {
		headings = headings[1:]
	}
	return strings.Join(headings, " › ")
}

func sourceName(source retrieval.HitSource) string {
	if source.Name != "" {
		return source.Name
	}
	return source.ID
}

func viewSource(source retrieval.SourceState) sourceView {
	view := sourceView{Name: source.ID, State: sourceStateWords(source.State), Warn: source.State != footnote.SourceActive}
	for _, lag := range []struct{ what, length string }{{"texts", source.ContentLag}, {"permissions", source.PermissionLag}} {
		if lag.length == "" {
			view.Lags = append(view.Lags, lag.what+" never complete")
			continue
		}
		view.Lags = append(view.Lags, lag.what+" complete "+lagWords(lag.length))
	}
	return view
}

// spoken is a sentence without the signs that made it an item, a quotation or a table's row. A step keeps its number.
func spoken(text string) string {
	var said []string
	number := ""
	if size := itemMarker(text); size > 1 {
		number = text[:size] + " "
	}
	for _, b := range readProse(text, span{}).Blocks {
		said = append(said, b.plain()...)
	}
	return number + strings.Join(said, " · ")
}
