package store

import "footnote"

// DecisionPlan is what an owner's word on a version does to its document.
type DecisionPlan struct {
	VersionState footnote.VersionState
	Superseded   int // the version that stops serving; 0: none
	Takes        bool
	State        footnote.State
	Metadata     footnote.Metadata // of the document, when Takes
	Rights       Rights            // of the document, when Takes
	Approved     int
	Pending      int
	Retired      bool
}

// NewDecision decides what approving or rejecting a version does. Versions that wait can be decided; a retired document
// comes back when the version that it served last is approved again.
func NewDecision(current *Current, version CurrentVersion, approve bool) (DecisionPlan, error) {
	returns := approve && current.Retired && version.State == footnote.VersionApproved
	if version.State != footnote.VersionPending && !returns {
		return DecisionPlan{}, footnote.Errorf(footnote.CodeConflict, "the version does not wait for a decision")
	}
	p := DecisionPlan{Pending: current.Pending, Retired: current.Retired, VersionState: footnote.VersionRejected}
	if current.Serving != nil {
		p.Approved = current.Serving.Number
	}
	if p.Pending == version.Number {
		p.Pending = 0
	}
	status := current.Metadata.Status
	if !approve {
		p.State = StateOf(p.Retired, status, p.Approved)
		return p, nil
	}
	p.VersionState, p.Retired, p.Takes = footnote.VersionApproved, false, true
	if p.Approved != version.Number {
		p.Superseded = p.Approved
	}
	p.Approved = version.Number
	p.Metadata, p.Rights = version.Metadata, version.Rights
	if returns {
		p.Metadata, p.Rights = current.Metadata, current.Rights
	}
	p.Metadata.Status = status
	p.State = StateOf(false, status, p.Approved)
	return p, nil
}
