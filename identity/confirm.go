package identity

import (
	"context"
	"slices"
	"time"

	"footnote"
	"footnote/access"
	"footnote/store"
)

// Require refuses a caller who has none of the scopes.
func Require(caller footnote.Caller, scopes ...footnote.Scope) error {
	if slices.ContainsFunc(scopes, caller.Has) {
		return nil
	}
	return footnote.Errorf(footnote.CodeForbidden, "the key has no %s scope", scopes[0])
}

// Confirm checks a caller again in the snapshot that is about to be read: the key and its holder as they stand now, and
// the switches. What was revoked since the caller was authenticated is refused.
func Confirm(ctx context.Context, dir store.DirectoryReader, switches Switches, caller footnote.Caller, now time.Time) error {
	if err := switches.Admit(caller); err != nil {
		return err
	}
	if caller.Principal.IsZero() {
		return nil
	}
	holder, err := dir.Person(ctx, caller.Principal)
	if err != nil {
		return err
	}
	if holder.Disabled {
		return footnote.Errorf(footnote.CodeForbidden, "this principal is disabled")
	}
	if caller.Key.ID == "" {
		return nil
	}
	key, err := dir.Key(ctx, caller.Key.ID)
	if err != nil {
		return err
	}
	if !Valid(key, now) {
		return refusal()
	}
	return nil
}

// Reader establishes what a caller may read: the closure of the memberships of the person they read for, cut by the
// ceiling of their key. missing are the denied collections that do not exist in the snapshot.
func Reader(ctx context.Context, dir store.DirectoryReader, caller footnote.Caller, missing []footnote.Principal) (access.Reader, error) {
	var person store.Person
	if subject := caller.Subject(); !subject.IsZero() {
		var err error
		if person, err = dir.Person(ctx, subject); err != nil {
			return access.Reader{}, err
		}
	}
	held, err := access.Closure(ctx, access.Base(caller, person.Known), dir.Memberships)
	if err != nil {
		return access.Reader{}, err
	}
	return access.NewReader(caller, access.Person{Known: person.Known, Disabled: person.Disabled}, held, unknown(missing))
}

func unknown(missing []footnote.Principal) func(footnote.Principal) bool {
	set := make(map[footnote.Principal]bool, len(missing))
	for _, p := range missing {
		set[p] = true
	}
	return func(p footnote.Principal) bool { return set[p] }
}
