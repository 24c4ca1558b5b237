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

const noTimeout = time.Duration(-1)

// middleware is what every request passes, in order.
func (s *Server) middleware() {
	s.router.Use(s.open, s.logged, s.recovered, guarded, s.rightHost, s.sameOrigin)
	s.router.NotFound(s.unknownRoute)
	s.router.MethodNotAllowed(s.wrongMethod)
}

// rules are the kinds of routes.
type rules struct {
	read, ask, evidence, check, feed, document, lines, sync, rights, decide, retire, look, change, remove, rebuild, reason, log rule
}

func newRules() rules {
	read, evidence := []footnote.Scope{footnote.ScopeRead}, []footnote.Scope{footnote.ScopeRead, footnote.ScopeAudit}
	feed, steer := []footnote.Scope{footnote.ScopeIngest}, []footnote.Scope{footnote.ScopeIngest, footnote.ScopeAdmin}
	admin, auditor := []footnote.Scope{footnote.ScopeAdmin}, []footnote.Scope{footnote.ScopeAudit}
	return rules{
		read:     rule{scopes: read},
		ask:      rule{scopes: read, limit: maxBody},
		evidence: rule{scopes: evidence},
		check:    rule{scopes: evidence, limit: maxBody},
		feed:     rule{scopes: feed},
		document: rule{scopes: feed, limit: maxDocument, lenient: true},
		lines:    rule{scopes: feed, consumes: ndjson, produces: ndjson, timeout: noTimeout},
		sync:     rule{scopes: steer, limit: maxBody, optional: true, produces: ndjson, timeout: noTimeout},
		rights:   rule{scopes: feed, limit: maxBody, lenient: true},
		decide:   rule{limit: maxBody},
		retire:   rule{limit: maxBody, optional: true},
		look:     rule{scopes: admin, recorded: byRoute},
		change:   rule{scopes: admin, recorded: byStore, limit: maxBody},
		remove:   rule{scopes: admin, recorded: byStore},
		rebuild:  rule{scopes: admin, recorded: byRoute, timeout: noTimeout},
		reason:   rule{scopes: admin},
		log:      rule{scopes: auditor, recorded: byRoute},
	}
}

// routes lists every route. Each passes admission by scope, then its parameters and its body are checked.
func (s *Server) routes() {
	r := newRules()
	handle(s, "POST /v1/search", r.ask, "Find passages", s.search)
	handle(s, "POST /v1/answer", r.ask, "Answer with quotes", s.answer)
	handle(s, "POST /v1/citations/verify", r.check, "Check citations against what stands now", s.verify)
	handle(s, "GET /v1/receipts/{id}", r.evidence, "Show the record of a retrieval", s.receipt)

	handle(s, "GET /v1/documents", r.read, "List documents", s.listDocuments)
	handle(s, "GET /v1/documents/{id}", r.read, "Show a document", s.showDocument)
	handle(s, "GET /v1/documents/{id}/versions", r.read, "List a document's versions", s.listVersions)
	handle(s, "PUT /v1/sources/{source}/documents/{external_id}", r.document, "Put a document", s.putDocument)
	handleEmpty(s, "DELETE /v1/sources/{source}/documents/{external_id}", r.feed, "Delete a document", s.deleteDocument)
	handleStream(s, "POST /v1/sources/{source}/documents", r.lines, "Put documents, one a line", s.putLines)
	handleEmpty(s, "PUT /v1/documents/{id}/acl", r.rights, "Replace a document's ACL", s.setACL)
	handleEmpty(s, "POST /v1/documents/{id}/approve", r.decide, "Approve a version", s.approve)
	handleEmpty(s, "POST /v1/documents/{id}/reject", r.decide, "Reject a version", s.reject)
	handleEmpty(s, "POST /v1/documents/{id}/retire", r.retire, "Withdraw a document", s.retire)
	handleEmpty(s, "POST /v1/documents/{id}/reviews", r.decide, "Confirm that a document holds", s.review)

	handle(s, "GET /v1/sources", r.look, "List sources", s.listSources)
	handle(s, "GET /v1/sources/{source}", r.look, "Show a source", s.showSource)
	handle(s, "PUT /v1/sources/{source}", r.change, "Add or change a source", s.putSource)
	handleEmpty(s, "DELETE /v1/sources/{source}", r.remove, "Remove a source and its documents", s.deleteSource)
	handleStream(s, "POST /v1/sources/{source}/sync", r.sync, "Sync a source", s.syncSource)

	handle(s, "GET /v1/keys", r.look, "List keys", s.listKeys)
	handle(s, "POST /v1/keys", r.change, "Make a key", s.createKey)
	handleEmpty(s, "DELETE /v1/keys/{id}", r.remove, "Revoke a key", s.revokeKey)
	handle(s, "GET /v1/groups/{principal}/members", r.look, "List a group's direct members", s.showGroup)
	handle(s, "PUT /v1/groups/{principal}/members", r.change, "Replace a group's direct members", s.putGroup)
	handleEmpty(s, "DELETE /v1/groups/{principal}", r.remove, "Make a group unknown", s.deleteGroup)
	handle(s, "PUT /v1/principals/{principal}", r.change, "Change what is known of a person", s.putPrincipal)
	handle(s, "GET /v1/access/explain", r.reason, "Say why somebody may or may not read a document", s.explainAccess)

	handle(s, "GET /v1/switches", r.look, "List switches", s.listSwitches)
	handle(s, "PUT /v1/switches/{name}", r.change, "Stop or start something", s.putSwitch)
	handle(s, "GET /v1/index", r.look, "Say where the index stands", s.showIndex)
	handle(s, "POST /v1/index/rebuild", r.rebuild, "Build the index anew", s.rebuildIndex)
	handle(s, "GET /v1/audit/events", r.log, "List audit events", s.listEvents)
	handle(s, "GET /v1/audit/head", r.log, "Show the head of the audit log", s.auditHead)
	handleStream(s, "GET /metrics", r.look, "Metrics in Prometheus' text form", s.showMetrics)

	s.router.Get("/healthz", s.healthy)
	s.router.Get("/readyz", s.ready)
}

// pages are the documentation, for programs and for people.
func (s *Server) pages() error {
	description, page, err := s.documentation()
	if err != nil {
		return err
	}
	s.router.Get("/openapi.json", serve("application/openapi+json", "", description))
	s.router.Get("/docs", serve("text/html; charset=utf-8", docsPolicy(), page))
	return nil
}

var _ http.Handler = (*Server)(nil)
