package api

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"footnote"
)

const requestIDHeader = "Footnote-Request-Id"

// open begins an exchange: a request id of our own, never the client's, on whatever is answered.
func (s *Server) open(c *gin.Context) {
	id, err := uuid.NewV7()
	if err != nil {
		panic(err) // the system's random source has failed
	}
	x := &exchange{id: id.String(), address: c.ClientIP(), writer: c.Writer}
	if caller, ok := localCaller(c.Request.Context()); ok {
		x.local, x.caller = true, caller
	}
	c.Header(requestIDHeader, x.id)
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), exchangeKey{}, x))
	c.Request.Header.Del("Accept") // answers have one form each
	x.request = c.Request
	c.Next()
}

// logged writes one line a request, by the route's pattern: paths and queries may hold what people asked.
func (s *Server) logged(c *gin.Context) {
	started := s.config.Now()
	defer func() {
		took := s.config.Now().Sub(started)
		route := c.FullPath()
		if route == "" {
			route = "none"
		}
		s.metrics.Request(route, c.Writer.Status(), took)
		x := exchangeOf(c.Request.Context())
		s.logger.LogAttrs(c.Request.Context(), slog.LevelInfo, "request",
			slog.String("request_id", x.id), slog.String("method", method(c.Request.Method)), slog.String("route", route),
			slog.Int("status", c.Writer.Status()), slog.Int("bytes", max(c.Writer.Size(), 0)),
			slog.Duration("took", took), slog.String("key_id", x.caller.Key.ID))
	}()
	c.Next()
}

// method keeps invented methods out of the log.
func method(name string) string {
	known := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodConnect, http.MethodOptions, http.MethodTrace,
	}
	if slices.Contains(known, name) {
		return name
	}
	return "other"
}

// recovered answers for a handler that panicked. A half-written answer is cut off, so that nobody takes it for whole.
func (s *Server) recovered(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(cause)
		}
		s.logger.LogAttrs(c.Request.Context(), slog.LevelError, "panic",
			slog.String("request_id", exchangeOf(c.Request.Context()).id), slog.Any("cause", cause), slog.String("stack", string(debug.Stack())))
		if c.Writer.Written() {
			panic(http.ErrAbortHandler)
		}
		c.Abort()
		writeProblem(c.Writer, newProblem(http.StatusInternalServerError, footnote.CodeInternal, internalDetail))
	}()
	c.Next()
}

// guarded sets the headers that hold for every answer; pages set their own policy over the default.
func (s *Server) guarded(c *gin.Context) {
	header := c.Writer.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if strings.HasPrefix(c.Request.URL.Path, "/v1/") {
		header.Set("Cache-Control", "no-store")
	}
	c.Next()
}

// rightHost refuses requests for names that are not this server's: the way by which a page elsewhere reaches a server
// on localhost.
func (s *Server) rightHost(c *gin.Context) {
	if !exchangeOf(c.Request.Context()).local && !slices.Contains(s.hosts, hostOf(c.Request.Host)) {
		c.Abort()
		writeProblem(c.Writer, newProblem(http.StatusMisdirectedRequest, footnote.CodeForbidden, "this host name is not served here; add it to the hosts setting"))
		return
	}
	c.Next()
}

// hostOf is a host without its port, in one spelling.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	host = strings.Trim(host, "[]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// sameOrigin refuses changes that a browser sends on behalf of another site's page.
func (s *Server) sameOrigin(c *gin.Context) {
	if err := s.origins.Check(c.Request); err != nil {
		c.Abort()
		writeProblem(c.Writer, newProblem(http.StatusForbidden, footnote.CodeForbidden, "requests from other sites' pages are refused"))
		return
	}
	c.Next()
}

// unknownRoute answers for every path that is no route; outside /v1/ the console may know it.
func (s *Server) unknownRoute(c *gin.Context) {
	if s.config.Console != nil && c.Request.URL.Path != "/v1" && !strings.HasPrefix(c.Request.URL.Path, "/v1/") {
		c.Status(http.StatusOK)
		s.config.Console.ServeHTTP(c.Writer, c.Request)
		return
	}
	writeProblem(c.Writer, newProblem(http.StatusNotFound, footnote.CodeNotFound, "not found"))
}

func (s *Server) wrongMethod(c *gin.Context) {
	writeProblem(c.Writer, newProblem(http.StatusMethodNotAllowed, footnote.CodeInvalid, "this path does not know the method"))
}
