package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"footnote"
	"footnote/audit"
	"footnote/identity"
)

const onBehalfOfHeader = "Footnote-On-Behalf-Of"

// admit lets callers pass who are known and hold one of the scopes. Nothing of the path or the body is looked at
// before. No scopes: any key will do.
func (s *Server) admit(operation string, scopes []footnote.Scope) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		x := exchangeIn(ctx)
		err := s.authenticate(ctx.Context(), x)
		if err == nil {
			err = s.authorise(ctx.Context(), x.caller, operation, scopes)
		}
		if err != nil {
			p := s.explain(ctx.Context(), err, "header")
			if p.Status == http.StatusUnauthorized {
				x.writer.Header().Set("WWW-Authenticate", "Bearer")
			}
			writeProblem(x.writer, p)
			return
		}
		next(ctx)
	}
}

// authenticate establishes the caller of an exchange.
func (s *Server) authenticate(ctx context.Context, x *exchange) error {
	if x.local {
		x.caller.RequestID = x.id
		return nil
	}
	authorization, err := single(x.request.Header, "Authorization")
	if err != nil {
		return s.refuse(ctx, x, err)
	}
	onBehalfOf, err := single(x.request.Header, onBehalfOfHeader)
	if err != nil {
		return footnote.Invalid(onBehalfOfHeader, "must be sent once and name a principal")
	}
	return s.establish(ctx, x, authorization, onBehalfOf)
}

// Authenticate establishes the caller of a request that the page answers, under the same limits and with the same
// records as any other. ctx is that of a request which this server handed on.
func (s *Server) Authenticate(ctx context.Context, authorization string) (footnote.Caller, error) {
	x := exchangeOf(ctx)
	err := s.establish(ctx, x, authorization, "")
	if p, ok := errors.AsType[*Problem](err); ok {
		err = footnote.Errorf(p.Code, "%s", p.Detail)
	}
	return x.caller, err
}

// establish sets the caller of an exchange; without an authorization they are anonymous.
func (s *Server) establish(ctx context.Context, x *exchange, authorization, onBehalfOf string) (err error) {
	if authorization == "" {
		if err = s.admitAnonymous(x); err != nil {
			return err
		}
	}
	x.caller, err = s.identify(ctx, authorization, onBehalfOf)
	x.caller.RequestID, x.caller.Address = x.id, x.address
	if footnote.CodeOf(err) == footnote.CodeUnauthenticated {
		return s.refuse(ctx, x, err)
	}
	if err != nil || authorization == "" {
		return err
	}
	if wait := s.perKey.take(x.caller.Key.ID, s.config.Now()); wait > 0 {
		return rateLimited(wait)
	}
	return nil
}

// single returns a header that may be sent once and must then say something; "" when it was not sent.
func single(header http.Header, name string) (string, error) {
	values := header.Values(name)
	if len(values) == 0 {
		return "", nil
	}
	if len(values) > 1 || strings.TrimSpace(values[0]) == "" {
		return "", footnote.Errorf(footnote.CodeUnauthenticated, "the key is not valid")
	}
	return values[0], nil
}

func (s *Server) admitAnonymous(x *exchange) error {
	if s.config.NoAnonymous {
		return footnote.Errorf(footnote.CodeUnauthenticated, "a key is needed")
	}
	if wait := s.perAddress.take(network(x.address), s.config.Now()); wait > 0 {
		s.metrics.Refused("rate_limited")
		return rateLimited(wait)
	}
	return nil
}

// identify reads who calls in one snapshot: the key, whether they or the person they act for are disabled, and the
// switches.
func (s *Server) identify(ctx context.Context, authorization, onBehalfOf string) (footnote.Caller, error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.RequestTimeout)
	defer cancel()
	snapshot, err := s.services.Store.Snapshot(ctx)
	if err != nil {
		return footnote.Caller{}, unavailable(err)
	}
	defer snapshot.Close() //nolint:errcheck // a read transaction has nothing to lose
	caller, err := identity.Authenticate(ctx, snapshot, authorization, onBehalfOf, s.config.Now())
	if err != nil {
		return footnote.Caller{}, err
	}
	for _, principal := range []footnote.Principal{caller.Principal, caller.OnBehalfOf} {
		if principal.IsZero() {
			continue
		}
		person, readErr := snapshot.Person(ctx, principal)
		if readErr != nil {
			return caller, unavailable(readErr)
		}
		if person.Disabled {
			return caller, footnote.Errorf(footnote.CodeForbidden, "this principal is disabled")
		}
	}
	switches, err := identity.ReadSwitches(ctx, snapshot)
	if err != nil {
		return caller, unavailable(err)
	}
	return caller, switches.Admit(caller)
}

// refuse turns away a key that does not work. Every refusal is recorded, but an address that keeps on failing is
// told to wait without one, so that it cannot fill the log. Keys that work are not held up.
func (s *Server) refuse(ctx context.Context, x *exchange, cause error) error {
	s.metrics.Refused("bad_key")
	if wait := s.failures.take(network(x.address), s.config.Now()); wait > 0 {
		return rateLimited(wait)
	}
	event := audit.By(footnote.Caller{RequestID: x.id}, audit.KindAuthentication, "key")
	event.Outcome = audit.OutcomeRefused
	if err := s.services.Store.Append(ctx, event); err != nil {
		return unavailable(err)
	}
	return cause
}

// authorise refuses callers without one of the scopes, and records who tried.
func (s *Server) authorise(ctx context.Context, caller footnote.Caller, operation string, scopes []footnote.Scope) error {
	anonymous := caller.Principal.IsZero()
	if anonymous && !slices.Contains(scopes, footnote.ScopeRead) {
		return footnote.Errorf(footnote.CodeUnauthenticated, "a key is needed")
	}
	if len(scopes) == 0 || slices.ContainsFunc(scopes, caller.Has) {
		if caller.OnBehalfOf.IsZero() || !administrative(scopes) {
			return nil
		}
	}
	s.metrics.Refused("forbidden")
	event := audit.By(caller, audit.KindAuthentication, operation)
	event.Outcome = audit.OutcomeRefused
	if err := s.services.Store.Append(ctx, event); err != nil {
		return unavailable(err)
	}
	return footnote.Errorf(footnote.CodeForbidden, "the key may not do this")
}

// administrative routes are not open to those who act for somebody: the person acted for is no administrator.
func administrative(scopes []footnote.Scope) bool {
	return slices.Equal(scopes, []footnote.Scope{footnote.ScopeAdmin}) || slices.Equal(scopes, []footnote.Scope{footnote.ScopeAudit})
}

func unavailable(err error) error {
	return &footnote.Error{Code: footnote.CodeUnavailable, Message: "the record store cannot be reached", Err: err}
}
