package api

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"footnote"
)

// router joins huma's routes to chi's. Paths are matched as they were sent: nothing is cleaned, nobody is redirected.
type router struct{ *chi.Mux }

// ServeHTTP routes by the escaped path, so that an escaped slash divides nothing.
func (m router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent := *r.URL
	sent.RawPath = r.URL.EscapedPath()
	routed := *r
	routed.URL = &sent
	m.Mux.ServeHTTP(w, &routed)
}

// Handle is part of huma's contract for routers. The last parameter of a path that ends in {external_id} takes the
// whole rest, whatever slashes it holds.
func (m router) Handle(op *huma.Operation, handler func(huma.Context)) {
	m.MethodFunc(op.Method, strings.Replace(op.Path, "/{external_id}", "/*", 1), func(w http.ResponseWriter, r *http.Request) {
		if !textual(r) {
			writeProblem(w, newProblem(http.StatusBadRequest, footnote.CodeInvalid, "the address must be percent-encoded UTF-8"))
			return
		}
		r.SetPathValue("external_id", r.PathValue("*"))
		handler(humachi.NewContext(op, r, w))
	})
}

// textual says whether the path's parameters and the query are text.
func textual(r *http.Request) bool {
	for _, param := range chi.RouteContext(r.Context()).URLParams.Values {
		if value, err := url.PathUnescape(param); err != nil || !utf8.ValidString(value) {
			return false
		}
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || !utf8.ValidString(r.URL.RawQuery) {
		return false
	}
	for name, all := range values {
		if !utf8.ValidString(name) || !utf8.ValidString(strings.Join(all, "")) {
			return false
		}
	}
	return true
}

// unknownRoute answers for every path that is no route; outside /v1/ the console may know it.
func (s *Server) unknownRoute(w http.ResponseWriter, r *http.Request) {
	if s.config.Console != nil && r.URL.Path != "/v1" && !strings.HasPrefix(r.URL.Path, "/v1/") {
		ctx, cancel := s.bounded(r.Context(), 0)
		defer cancel()
		s.config.Console.ServeHTTP(w, r.WithContext(ctx))
		return
	}
	writeProblem(w, newProblem(http.StatusNotFound, footnote.CodeNotFound, "not found"))
}

// wrongMethod names the methods that the path does know.
func (s *Server) wrongMethod(w http.ResponseWriter, r *http.Request) {
	for _, known := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		if s.router.Match(chi.NewRouteContext(), known, r.URL.EscapedPath()) {
			w.Header().Add("Allow", known)
		}
	}
	writeProblem(w, newProblem(http.StatusMethodNotAllowed, footnote.CodeInvalid, "this path does not know the method"))
}

// forwarded reads the client's address: the connection's own, or what proxies that are trusted say of it.
func forwarded(trusted []string) (func(http.Handler) http.Handler, error) {
	if len(trusted) == 0 {
		return middleware.ClientIPFromRemoteAddr, nil
	}
	for _, network := range trusted {
		if _, err := netip.ParsePrefix(network); err != nil {
			return nil, &footnote.Error{Code: footnote.CodeInvalid, Field: "trusted_proxies", Message: "must be networks such as 10.0.0.0/8", Err: err}
		}
	}
	return middleware.ClientIPFromXFF(trusted...), nil
}

// clientAddress falls back on the connection's address when what proxies said cannot be used.
func clientAddress(r *http.Request) string {
	if address := middleware.GetClientIP(r.Context()); address != "" {
		return address
	}
	return hostOf(r.RemoteAddr)
}
