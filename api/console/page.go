package console

import (
	"bytes"
	"embed"
	"html/template"
	"log/slog"
	"net/http"

	"footnote"
)

//go:embed templates
var templates embed.FS

// page is what the templates get. Site says what the whole console offers.
type page struct {
	Title    string
	Visitor  visitor
	Site     *site
	Question string
	Problem  *problem
	Answer   *answerView
	Document *documentView
}

// problem is why there is nothing else, in words.
type problem struct {
	Words     string
	RequestID string
}

// MayAsk reports whether the form for questions is shown.
func (p page) MayAsk() bool { return p.Site.mayAsk(p.Visitor) }

func parsePages(files map[string]file) *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"style": func() string { return "/static/" + named(files, "style") },
		"icon":  func() string { return "/static/" + named(files, "icon") },
		"plus":  func(a, b int) int { return a + b },
	}).ParseFS(templates, "templates/*.html"))
}

// write renders the whole page before anything of it leaves.
func (s *site) write(w http.ResponseWriter, status int, name string, p page) {
	p.Site = s
	var out bytes.Buffer
	if err := s.pages.ExecuteTemplate(&out, name, p); err != nil {
		s.Logger.Error("page not rendered", slog.Any("error", err))
		http.Error(w, "The page could not be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes())
}

// fail shows an error in words.
func (s *site) fail(w http.ResponseWriter, r *http.Request, v visitor, err error) {
	code := footnote.CodeOf(err)
	if code == footnote.CodeNotFound {
		s.missing(w, v)
		return
	}
	status, words := inWords(code)
	p := &problem{Words: words}
	if v.Notice != "" && code == footnote.CodeUnauthenticated {
		p = nil // the notice says it
	}
	if code == footnote.CodeInternal {
		p.RequestID = w.Header().Get("Footnote-Request-Id")
		s.Logger.LogAttrs(r.Context(), slog.LevelError, "page failed", slog.String("request_id", p.RequestID), slog.Any("error", err))
	}
	s.write(w, status, "ask", page{Title: "Ask", Visitor: v, Question: r.URL.Query().Get("q"), Problem: p})
}

// missing is one and the same page for what does not exist and what the visitor may not see.
func (s *site) missing(w http.ResponseWriter, v visitor) {
	s.write(w, http.StatusNotFound, "missing", page{Title: "Not found", Visitor: v})
}

func (s *site) nowhere(w http.ResponseWriter, r *http.Request) {
	v, err := s.visit(w, r)
	if err != nil && v.Notice == "" {
		s.fail(w, r, v, err)
		return
	}
	s.missing(w, v)
}

func inWords(code footnote.Code) (int, string) {
	switch code {
	case footnote.CodeInvalid, footnote.CodeMalformed, footnote.CodeConflict:
		return http.StatusUnprocessableEntity, "That question cannot be asked. It must be plain text of at most 4,000 characters."
	case footnote.CodeTooLarge:
		return http.StatusRequestEntityTooLarge, "That question is too long. It may have at most 4,000 characters."
	case footnote.CodeUnauthenticated:
		return http.StatusUnauthorized, "Please sign in to ask."
	case footnote.CodeForbidden:
		return http.StatusForbidden, "Your key does not allow reading here. Ask whoever gave it to you."
	case footnote.CodeRateLimited:
		return http.StatusTooManyRequests, "Too many questions in a short time. Wait a moment and ask again."
	case footnote.CodeStopped:
		return http.StatusServiceUnavailable, "Answers are switched off at the moment. An administrator has stopped them and can start them again."
	case footnote.CodeUnavailable:
		return http.StatusServiceUnavailable, "Something needed for an answer cannot be reached at the moment. This does not mean that there is no answer; please try again soon."
	case footnote.CodeNotFound, footnote.CodeInternal:
	}
	return http.StatusInternalServerError, "Something went wrong here, and it was not your doing. Please try again."
}
