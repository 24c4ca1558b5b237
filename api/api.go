// Package api is the HTTP surface of the read program: it names the routes, lets callers in, reads and checks what they
// send, calls the services, and turns results and errors into the forms of the contract.
//
// It promises that every answer carries a request id, that every failure is a problem that repeats no value of the
// request, that scopes are checked before anything is looked up, and that what must be recorded is recorded before the
// answer leaves. Who may read or change which document is decided by retrieval and ingest.
package api

import (
	"net/http"
	"time"

	"footnote"
)

const syncTimeout = time.Duration(-1)

// middleware is what every request passes, in order.
func (s *Server) middleware() {
	s.engine.Use(s.open, s.logged, s.recovered, s.guarded, s.rightHost, s.sameOrigin)
	s.engine.NoRoute(s.unknownRoute)
	s.engine.NoMethod(s.wrongMethod)
}

// routes lists every route. Each passes admission by scope, then its parameters and its body are checked.
func (s *Server) routes() {
	scopes := func(names ...footnote.Scope) []footnote.Scope { return names }
	read := rule{scopes: scopes(footnote.ScopeRead)}
	ask := rule{scopes: read.scopes, limit: maxBody}
	evidence := rule{scopes: scopes(footnote.ScopeRead, footnote.ScopeAudit)}
	check := rule{scopes: evidence.scopes, limit: maxBody}
	feed := rule{scopes: scopes(footnote.ScopeIngest)}
	document := rule{scopes: feed.scopes, limit: maxDocument, lenient: true}
	lines := rule{scopes: feed.scopes, consumes: ndjson, produces: ndjson, timeout: syncTimeout}
	sync := rule{scopes: scopes(footnote.ScopeIngest, footnote.ScopeAdmin), limit: maxBody, produces: ndjson, timeout: syncTimeout}
	rights := rule{scopes: feed.scopes, limit: maxBody, lenient: true}
	decide := rule{scopes: scopes(), limit: maxBody}
	look := rule{scopes: scopes(footnote.ScopeAdmin), recorded: byRoute}
	change := rule{scopes: look.scopes, recorded: byStore, limit: maxBody}
	remove := rule{scopes: look.scopes, recorded: byStore}
	rebuild := rule{scopes: look.scopes, recorded: byRoute, timeout: syncTimeout}
	reason := rule{scopes: look.scopes}
	log := rule{scopes: scopes(footnote.ScopeAudit), recorded: byRoute}

	handle(s, "POST /v1/search", ask, "Find passages", s.search)
	handle(s, "POST /v1/answer", ask, "Answer with quotes", s.answer)
	handle(s, "POST /v1/citations/verify", check, "Check citations against what stands now", s.verify)
	handle(s, "GET /v1/receipts/{id}", evidence, "Show the record of a retrieval", s.receipt)

	handle(s, "GET /v1/documents", read, "List documents", s.listDocuments)
	handle(s, "GET /v1/documents/{id}", read, "Show a document", s.showDocument)
	handle(s, "GET /v1/documents/{id}/versions", read, "List a document's versions", s.listVersions)
	handle(s, "PUT /v1/sources/{source}/documents/{external_id}", document, "Put a document", s.putDocument)
	handleEmpty(s, "DELETE /v1/sources/{source}/documents/{external_id}", feed, "Delete a document", s.deleteDocument)
	handleStream(s, "POST /v1/sources/{source}/documents", lines, "Put documents, one a line", s.putLines)
	handleEmpty(s, "PUT /v1/documents/{id}/acl", rights, "Replace a document's ACL", s.setACL)
	handleEmpty(s, "POST /v1/documents/{id}/approve", decide, "Approve a version", s.approve)
	handleEmpty(s, "POST /v1/documents/{id}/reject", decide, "Reject a version", s.reject)
	handleEmpty(s, "POST /v1/documents/{id}/retire", decide, "Withdraw a document", s.retire)
	handleEmpty(s, "POST /v1/documents/{id}/reviews", decide, "Confirm that a document holds", s.review)

	handle(s, "GET /v1/sources", look, "List sources", s.listSources)
	handle(s, "GET /v1/sources/{source}", look, "Show a source", s.showSource)
	handle(s, "PUT /v1/sources/{source}", change, "Add or change a source", s.putSource)
	handleEmpty(s, "DELETE /v1/sources/{source}", remove, "Remove a source and its documents", s.deleteSource)
	handleStream(s, "POST /v1/sources/{source}/sync", sync, "Sync a source", s.syncSource)

	handle(s, "GET /v1/keys", look, "List keys", s.listKeys)
	handle(s, "POST /v1/keys", change, "Make a key", s.createKey)
	handleEmpty(s, "DELETE /v1/keys/{id}", remove, "Revoke a key", s.revokeKey)
	handle(s, "GET /v1/groups/{principal}/members", look, "List a group's direct members", s.showGroup)
	handle(s, "PUT /v1/groups/{principal}/members", change, "Replace a group's direct members", s.putGroup)
	handleEmpty(s, "DELETE /v1/groups/{principal}", remove, "Make a group unknown", s.deleteGroup)
	handle(s, "PUT /v1/principals/{principal}", change, "Change what is known of a person", s.putPrincipal)
	handle(s, "GET /v1/access/explain", reason, "Say why somebody may or may not read a document", s.explainAccess)

	handle(s, "GET /v1/switches", look, "List switches", s.listSwitches)
	handle(s, "PUT /v1/switches/{name}", change, "Stop or start something", s.putSwitch)
	handle(s, "GET /v1/index", look, "Say where the index stands", s.showIndex)
	handle(s, "POST /v1/index/rebuild", rebuild, "Build the index anew", s.rebuildIndex)
	handle(s, "GET /v1/audit/events", log, "List audit events", s.listEvents)
	handle(s, "GET /v1/audit/head", log, "Show the head of the audit log", s.auditHead)
	handleStream(s, "GET /metrics", look, "Metrics in Prometheus' text form", s.showMetrics)

	s.engine.GET("/healthz", s.healthy)
	s.engine.GET("/readyz", s.ready)
}

// pages are the documentation, for programs and for people.
func (s *Server) pages() error {
	description, page, err := s.documentation()
	if err != nil {
		return err
	}
	s.engine.GET("/openapi.json", serve("application/openapi+json", "", description))
	s.engine.GET("/docs", serve("text/html; charset=utf-8", docsPolicy(), page))
	return nil
}

var _ http.Handler = (*Server)(nil)
