package retrieval

import (
	"context"
	"slices"

	"footnote"
	"footnote/access"
	"footnote/audit"
	"footnote/identity"
)

// Explain says to administrators why a principal may or may not read a document as a whole, without its text or title.
// Parts may be narrower than their document.
func (s *Service) Explain(ctx context.Context, caller footnote.Caller, principal footnote.Principal, id footnote.DocumentID) (Explanation, error) {
	event := audit.By(caller, audit.KindAdministration, string(id))
	event.Details = map[string]string{"explain": principal.String()}
	var result Explanation
	err := s.reading(ctx, caller, event, func(v *view) (err error) {
		result, err = v.explain(ctx, principal, id)
		return err
	}, footnote.ScopeAdmin)
	if err != nil {
		return Explanation{}, err
	}
	return result, nil
}

func (v *view) explain(ctx context.Context, principal footnote.Principal, id footnote.DocumentID) (Explanation, error) {
	document, err := v.Document(ctx, id)
	if err != nil {
		return Explanation{}, err
	}
	if document.State == footnote.StateDeleted {
		return Explanation{}, footnote.NotFound()
	}
	subject := footnote.Caller{Principal: principal}
	if principal == footnote.Public() {
		subject = footnote.Caller{}
	}
	missing, err := v.Missing(ctx, document.ACL.Deny())
	if err != nil {
		return Explanation{}, err
	}
	reader, err := identity.Reader(ctx, v, subject, missing)
	disabled := footnote.CodeOf(err) == footnote.CodeForbidden && err != nil
	if err != nil && !disabled {
		return Explanation{}, err
	}
	why := access.Explain(document.ACL, reader.Held(), func(p footnote.Principal) bool { return slices.Contains(missing, p) })
	result := explained(why, document.Audience)
	_, visible := v.sources[document.Source]
	switch {
	case disabled:
		result.deny("the principal is disabled")
	case !visible:
		result.deny("the source is revoked, switched off, or its permissions are older than its lease")
	case document.State != footnote.StateApproved:
		result.deny("no approved version serves: the document is " + string(document.State))
	case !reader.Audience().Covers(document.Audience):
		result.deny("the audience of the document does not include this reader")
	}
	return result, nil
}

func (e *Explanation) deny(reason string) { e.Allowed, e.Reason = false, reason }

func explained(why access.Explanation, audience footnote.Audience) Explanation {
	e := Explanation{Allowed: why.Allowed, Clauses: []ClauseResult{}, Audience: audience.String(), Reason: why.Reason}
	if why.DeniedBy != "" {
		e.DeniedBy = &why.DeniedBy
	}
	for _, clause := range why.Clauses {
		result := ClauseResult{AnyOf: []string{}, MatchedBy: list(clause.MatchedBy)}
		for _, p := range clause.AnyOf {
			result.AnyOf = append(result.AnyOf, p.String())
		}
		e.Clauses = append(e.Clauses, result)
	}
	return e
}
