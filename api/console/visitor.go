package console

import (
	"net/http"
	"slices"

	"footnote"
)

// visitor is who makes a request, and how the page addresses them.
type visitor struct {
	session session
	caller  footnote.Caller
	Notice  string // why they are no longer who they were
	Token   string
	Person  int // which of the demo's people; -1: none
}

// SignedIn reports whether a key was given and holds.
func (v visitor) SignedIn() bool { return !v.caller.Principal.IsZero() }

// Principal is who asks.
func (v visitor) Principal() string { return v.caller.Principal.String() }

// KeyName is the name of the key they ask with.
func (v visitor) KeyName() string { return v.caller.Key.Name }

// Standing says as what they ask.
func (v visitor) Standing() string {
	switch v.caller.Principal.Kind() {
	case footnote.KindUser:
		return "staff"
	case footnote.KindCustomer:
		return "customer"
	case footnote.KindApp:
		return "application"
	default:
		return "anybody"
	}
}

const (
	noticeEnded   = "Your session has ended. Please sign in again."
	noticeRevoked = "Your key is no longer valid, so you have been signed out."
)

// visit establishes the caller with the session's key as it stands now. Who has no session gets one, because forms are
// bound to it.
func (s *site) visit(w http.ResponseWriter, r *http.Request) (visitor, error) {
	found, had, ok := s.readSession(r)
	v := visitor{session: found, Person: -1}
	if !ok {
		if had {
			v.Notice = noticeEnded
		}
		if err := s.renew(w, r, &v); err != nil {
			return v, err
		}
	}
	v.Token = s.formToken(v.session)
	if v.session.Key == "" {
		return v, s.visitAnonymously(r, &v)
	}
	caller, err := s.Authenticate(r.Context(), "Bearer "+v.session.Key)
	if footnote.CodeOf(err) == footnote.CodeUnauthenticated {
		v.Notice = noticeRevoked
		if renewErr := s.renew(w, r, &v); renewErr != nil {
			return v, renewErr
		}
		return v, err
	}
	if err != nil {
		return v, err
	}
	v.caller = caller
	v.Person = slices.IndexFunc(s.Demo, func(p DemoPerson) bool { return p.Key == v.session.Key })
	return v, nil
}

func (s *site) visitAnonymously(r *http.Request, v *visitor) error {
	caller, err := s.Authenticate(r.Context(), "")
	v.caller = caller
	return err
}

// renew puts a session without a key in place of what the browser holds.
func (s *site) renew(w http.ResponseWriter, r *http.Request, v *visitor) error {
	v.session = s.newSession("")
	v.Token = s.formToken(v.session)
	return s.writeSession(w, r, v.session)
}

// mayAsk reports whether a visitor may use the page at all.
func (s *site) mayAsk(v visitor) bool {
	return v.SignedIn() || (s.Anonymous && v.Notice != noticeRevoked)
}
