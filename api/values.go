package api

import (
	"errors"
	"fmt"
	"time"

	"footnote"
)

// placed gives an error of a single value the field it was in.
func placed(field string, err error) error {
	if own, ok := errors.AsType[*footnote.Error](err); ok {
		return &footnote.Error{Code: own.Code, Field: field, Message: own.Message, Err: own.Err}
	}
	return err
}

// principal reads a principal that must be there.
func principal(field, name string) (footnote.Principal, error) {
	p, err := footnote.ParsePrincipal(name)
	if err != nil {
		return p, placed(field, err)
	}
	return p, nil
}

// principals reads a list of them.
func principals(field string, names []string) ([]footnote.Principal, error) {
	out := make([]footnote.Principal, len(names))
	for i, name := range names {
		var err error
		if out[i], err = principal(fmt.Sprintf("%s[%d]", field, i), name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// optional reads a principal that may be left out.
func optional(field, name string) (footnote.Principal, error) {
	if name == "" {
		return footnote.Principal{}, nil
	}
	return principal(field, name)
}

func period(field, text string) (footnote.Period, error) {
	if text == "" {
		return footnote.Period{}, nil
	}
	p, err := footnote.ParsePeriod(text)
	if err != nil {
		return p, placed(field, err)
	}
	return p, nil
}

func audience(field, name string) (footnote.Audience, error) {
	if name == "" {
		return 0, nil
	}
	a, err := footnote.ParseAudience(name)
	if err != nil {
		return a, placed(field, err)
	}
	return a, nil
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return footnote.Moment(*t)
}

// shown is the outward form of a moment: nothing where there is none.
func shown(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = footnote.Moment(t)
	return &t
}

func names(principals []footnote.Principal) []string {
	out := make([]string, len(principals))
	for i, p := range principals {
		out[i] = p.String()
	}
	return out
}
