package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"footnote"
)

const maxFormBytes = 64 << 10

// signIn takes a key, or the number of one of the demo's people, and shows the page as its holder.
func (s *site) signIn(w http.ResponseWriter, r *http.Request) {
	if !s.readForm(w, r) {
		return
	}
	key := strings.TrimSpace(r.PostForm.Get("key"))
	if at, err := strconv.Atoi(r.PostForm.Get("person")); err == nil && at >= 0 && at < len(s.Demo) {
		key = s.Demo[at].Key
	}
	_, err := s.Authenticate(r.Context(), "Bearer "+key)
	if footnote.CodeOf(err) == footnote.CodeUnauthenticated {
		s.refuse(w, r, http.StatusUnauthorized, "That key is not valid. Check that you copied all of it; it may also have expired or been revoked.")
		return
	}
	if err == nil {
		err = s.writeSession(w, r, s.newSession(key))
	}
	if err != nil {
		s.fail(w, r, s.bare(r), err)
		return
	}
	s.backToPage(w, r)
}

// signOut puts a session without a key in the place of the visitor's.
func (s *site) signOut(w http.ResponseWriter, r *http.Request) {
	if !s.readForm(w, r) {
		return
	}
	if err := s.writeSession(w, r, s.newSession("")); err != nil {
		s.fail(w, r, s.bare(r), err)
		return
	}
	s.backToPage(w, r)
}

// readForm accepts a form of our own page for this very session, and answers in place of the caller otherwise.
func (s *site) readForm(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxFormBytes)
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, http.StatusBadRequest, "The form could not be read. Please try again.")
		return false
	}
	found, _, ok := s.readSession(r)
	if s.origins.Check(r) != nil || !ok || !s.rightToken(found, r.PostForm.Get("token")) {
		s.refuse(w, r, http.StatusForbidden, "The form did not come from this page, or the page had been open for too long. Please try again.")
		return false
	}
	return true
}

// backToPage asks the question again that stood on the page.
func (s *site) backToPage(w http.ResponseWriter, r *http.Request) {
	target := "/"
	if q := r.PostForm.Get("q"); q != "" {
		target = "/?" + url.Values{"q": {q}}.Encode()
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// refuse shows the page with what was wrong, and a form that works.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, status int, words string) {
	v, err := s.visit(w, r)
	if err != nil && v.Notice == "" {
		s.fail(w, r, v, err)
		return
	}
	s.write(w, status, "ask", page{Title: "Ask", Visitor: v, Problem: &problem{Words: words}})
}

// bare is a visitor of whom only the session is known.
func (s *site) bare(r *http.Request) visitor {
	found, _, _ := s.readSession(r)
	return visitor{session: found, Token: s.formToken(found), Person: -1}
}
