package store

import (
	"reflect"
	"slices"
	"time"

	"footnote"
)

// Current is what is held of a document when a submission or a decision comes.
type Current struct {
	Deleted  bool
	Retired  bool // withdrawn by its owner
	Digest   string
	Order    Order
	Metadata footnote.Metadata // of what serves, or of the newest version while nothing was approved
	Rights   Rights
	Latest   int             // the highest number ever given
	Pending  int             // 0: none
	Serving  *CurrentVersion // nil: nothing is approved
	Newest   *CurrentVersion // the one numbered Latest; nil after a deletion
}

// Order is what submissions of a document are ordered by.
type Order struct {
	ExternalVersion string
	UpdatedAt       time.Time
}

// Rights is who may read a document as a whole.
type Rights struct {
	Audience footnote.Audience
	ACL      footnote.ACL
}

// CurrentVersion is one version that is held.
type CurrentVersion struct {
	Number   int
	State    footnote.VersionState
	Metadata footnote.Metadata
	Rights   Rights
	Parts    []HeldPart
}

// HeldPart is one part of a version. Row names its text in the store: versions with the same text share it.
type HeldPart struct {
	Row       int64 // 0: a text that is not kept yet
	Key, Text string
	Audience  footnote.Audience // its own narrowing; zero inherits
	ACL       *footnote.ACL     // its own narrowing; nil inherits
	Author    footnote.Principal
	CreatedAt time.Time
	ChangedAt time.Time
	Chunks    []SubmittedChunk // to be put in; nil in a Current
	Wait      bool             // the text also serves, so its chunks change only when this version is approved
}

// Effective is who may read the part: the document's rights and its own narrowing.
func (p HeldPart) Effective(document Rights) Rights {
	if p.Audience != 0 {
		document.Audience = document.Audience.Narrower(p.Audience)
	}
	if p.ACL != nil {
		document.ACL = document.ACL.And(*p.ACL)
	}
	return document
}

// Plan is what a submission does to a document. A store loads a Current, and writes what the plan says.
type Plan struct {
	Unchanged    bool // nothing is to be written
	Created      bool
	Version      int // the version that the submission is
	New          bool
	VersionState footnote.VersionState
	Parts        []HeldPart // of that version, rights and chunks as submitted
	Submitted    Rights     // of that version
	Superseded   int        // the version that stops serving; 0: none
	Replaced     int        // the waiting version that is given up; 0: none
	Narrowed     []HeldPart // what serves, under the stricter of its own and the submitted rights; nil: as it was

	State    footnote.State    // of the document, from here on
	Metadata footnote.Metadata // of the document
	Rights   Rights            // of the document
	Approved int
	Pending  int
	Latest   int
}

// NewPlan decides what a submission does. current is nil for a record that was never seen; at is when it came in.
func NewPlan(current *Current, source footnote.Source, s Submission, at time.Time) (Plan, error) {
	if source.State != footnote.SourceActive {
		return Plan{}, footnote.Errorf(footnote.CodeConflict, "the source is paused or revoked and takes nothing in")
	}
	if s.Status == "" {
		s.Status = footnote.StatusPublished
	}
	if current == nil {
		current = &Current{Deleted: true}
	}
	if err := check(s); err != nil {
		return Plan{}, err
	}
	if !current.Deleted && s.Digest != "" && s.Digest == current.Digest {
		return Plan{Unchanged: true}, nil
	}
	if current.Order.After(Order{s.ExternalVersion, s.UpdatedAt}) {
		return Plan{}, footnote.Errorf(footnote.CodeConflict, "older than what is held")
	}
	p := planner{Current: *current, manual: source.Approval == footnote.ApprovalManual, in: s, at: at}
	return p.plan(), nil
}

// check refuses what no store could keep. Callers have checked everything else.
func check(s Submission) error {
	seen := make(map[string]bool, len(s.Parts))
	for _, part := range s.Parts {
		if !footnote.ValidPartKey(part.Key) || seen[part.Key] {
			return footnote.Invalid("parts", "need keys of their own, of 1 to 200 bytes without control characters")
		}
		seen[part.Key] = true
		chunks := make([]footnote.Chunk, len(part.Chunks))
		for i, chunk := range part.Chunks {
			chunks[i] = chunk.Chunk
		}
		if err := footnote.CheckChunks(part.Text, chunks); err != nil {
			return &footnote.Error{Code: footnote.CodeInternal, Message: "the chunks of a part do not fit its text", Err: err}
		}
	}
	return nil
}

type planner struct {
	Current
	manual bool
	in     Submission
	at     time.Time
}

func (p *planner) plan() Plan {
	plan := Plan{
		Created: p.Deleted, Submitted: Rights{p.in.Audience, p.in.ACL},
		Latest: p.Latest, Pending: p.Pending, VersionState: footnote.VersionPending,
	}
	target := p.target()
	if target == nil {
		plan.New = true
		plan.Latest++
		plan.Version = plan.Latest
	} else {
		plan.Version, plan.VersionState = target.Number, target.State
	}
	if plan.VersionState == footnote.VersionPending && !p.manual && !p.Retired && p.in.Status == footnote.StatusPublished {
		plan.VersionState = footnote.VersionApproved
	}
	p.settle(&plan)
	plan.Parts = p.parts(target, plan.VersionState)
	if plan.VersionState == footnote.VersionApproved || p.Serving == nil {
		plan.Metadata, plan.Rights = p.in.Metadata, plan.Submitted
	} else {
		plan.Metadata, plan.Rights = p.Metadata, p.Rights.and(plan.Submitted)
		plan.Metadata.Status = p.in.Status
		plan.Narrowed = narrowed(p.Serving.Parts, p.in.Parts)
	}
	plan.State = StateOf(p.Retired, p.in.Status, plan.Approved)
	return plan
}

// target is the version that the submission says again: the newest one unless it was given up, else the one that
// serves; nil when the text is new. Where versions wait for a decision, a new title is new text.
func (p *planner) target() *CurrentVersion {
	for _, version := range []*CurrentVersion{p.Newest, p.Serving} {
		if version == nil || version.State == footnote.VersionReplaced || (p.manual && version.Metadata.Title != p.in.Title) {
			continue
		}
		same := slices.EqualFunc(version.Parts, p.in.Parts, func(held HeldPart, in SubmittedPart) bool {
			return held.Key == in.Key && held.Text == in.Text
		})
		if same {
			return version
		}
	}
	return nil
}

// settle numbers what serves and what waits once the submitted version has its state.
func (p *planner) settle(plan *Plan) {
	if p.Serving != nil {
		plan.Approved = p.Serving.Number
	}
	if p.Pending != 0 && p.Pending != plan.Version {
		plan.Replaced, plan.Pending = p.Pending, 0
	}
	switch plan.VersionState {
	case footnote.VersionPending:
		plan.Pending = plan.Version
	case footnote.VersionApproved:
		plan.Pending = 0
		if plan.Approved != 0 && plan.Approved != plan.Version {
			plan.Superseded = plan.Approved
		}
		plan.Approved = plan.Version
	default:
	}
}

// parts gives each submitted part the row of the same text, when one of the versions that matter holds it.
func (p *planner) parts(target *CurrentVersion, state footnote.VersionState) []HeldPart {
	parts := make([]HeldPart, 0, len(p.in.Parts))
	told := target != nil && !reflect.DeepEqual(normal(target.Metadata), normal(p.in.Metadata))
	for _, in := range p.in.Parts {
		part := HeldPart{
			Key: in.Key, Text: in.Text, Audience: in.Audience, ACL: in.ACL, Author: in.Author,
			CreatedAt: in.CreatedAt, ChangedAt: in.UpdatedAt, Chunks: in.Chunks,
		}
		held, serves := p.held(target, in)
		if held != nil {
			part.Row = held.Row
			part.Wait = serves && state != footnote.VersionApproved
		}
		if part.ChangedAt.IsZero() {
			part.ChangedAt = p.changed(held, told)
		}
		parts = append(parts, part)
	}
	return parts
}

// changed is when a part without a date of its own changed. A text that stays keeps its date through new versions, so
// that an edit of another part, which a reader may not see, moves nothing that they see; when it is the metadata, which
// all readers see, that changed, the document's date is the part's.
func (p *planner) changed(held *HeldPart, told bool) time.Time {
	switch {
	case held != nil && (!told || p.in.UpdatedAt.IsZero()):
		return held.ChangedAt
	case !p.in.UpdatedAt.IsZero():
		return p.in.UpdatedAt
	default:
		return p.at
	}
}

func (p *planner) held(target *CurrentVersion, in SubmittedPart) (part *HeldPart, serves bool) {
	for _, version := range []*CurrentVersion{target, p.Serving, p.Newest} {
		if version == nil {
			continue
		}
		at := slices.IndexFunc(version.Parts, func(held HeldPart) bool { return held.Key == in.Key && held.Text == in.Text })
		if at < 0 {
			continue
		}
		row := version.Parts[at].Row
		serves = p.Serving != nil && slices.ContainsFunc(p.Serving.Parts, func(held HeldPart) bool { return held.Row == row })
		return &version.Parts[at], serves
	}
	return nil, false
}

// narrowed are the serving parts, each under its own rights and those that the same part was submitted with.
func narrowed(serving []HeldPart, submitted []SubmittedPart) []HeldPart {
	parts := slices.Clone(serving)
	for i := range parts {
		at := slices.IndexFunc(submitted, func(in SubmittedPart) bool { return in.Key == parts[i].Key })
		if at < 0 {
			continue
		}
		own := submitted[at]
		switch {
		case parts[i].Audience == 0:
			parts[i].Audience = own.Audience
		case own.Audience != 0:
			parts[i].Audience = parts[i].Audience.Narrower(own.Audience)
		}
		switch {
		case parts[i].ACL == nil:
			parts[i].ACL = own.ACL
		case own.ACL != nil:
			both := parts[i].ACL.And(*own.ACL)
			parts[i].ACL = &both
		}
	}
	return parts
}

func (r Rights) and(other Rights) Rights {
	return Rights{r.Audience.Narrower(other.Audience), r.ACL.And(other.ACL)}
}

// normal makes metadata comparable that was kept with metadata that comes in.
func normal(m footnote.Metadata) footnote.Metadata {
	m.UpdatedAt, m.ReviewedAt, m.ExpiresAt = footnote.Moment(m.UpdatedAt), footnote.Moment(m.ReviewedAt), footnote.Moment(m.ExpiresAt)
	if len(m.Products) == 0 {
		m.Products = nil
	}
	if len(m.Versions) == 0 {
		m.Versions = nil
	}
	return m
}

// StateOf derives where a document that is not deleted stands.
func StateOf(retired bool, status footnote.Status, approved int) footnote.State {
	switch {
	case retired || status == footnote.StatusArchived:
		return footnote.StateRetired
	case approved == 0 || status != footnote.StatusPublished:
		return footnote.StatePending
	default:
		return footnote.StateApproved
	}
}
