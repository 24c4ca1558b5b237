package footnote_test

import (
	"errors"
	"fmt"
	"testing"

	"footnote"
)

func TestCodeOf(t *testing.T) {
	cause := errors.New("disk gone")
	wrapped := &footnote.Error{Code: footnote.CodeUnavailable, Field: "store", Message: "try later", Err: cause}
	for _, c := range []struct {
		err  error
		want footnote.Code
	}{
		{cause, footnote.CodeInternal},
		{nil, footnote.CodeInternal},
		{footnote.NotFound(), footnote.CodeNotFound},
		{fmt.Errorf("read: %w", footnote.Invalid("title", "is empty")), footnote.CodeInvalid},
		{fmt.Errorf("a: %w", fmt.Errorf("b: %w", wrapped)), footnote.CodeUnavailable},
		{&footnote.Error{Code: footnote.CodeConflict, Err: footnote.NotFound()}, footnote.CodeConflict},
		{errors.Join(cause, footnote.Errorf(footnote.CodeStopped, "off")), footnote.CodeStopped},
	} {
		if got := footnote.CodeOf(c.err); got != c.want {
			t.Errorf("%v is %s, want %s", c.err, got, c.want)
		}
	}
	if wrapped.Error() != "store: try later: disk gone" || !errors.Is(fmt.Errorf("x: %w", wrapped), cause) {
		t.Errorf("the error reads %q", wrapped)
	}
	if got := footnote.Errorf(footnote.CodeForbidden, "the key has no %s scope", footnote.ScopeRead); got.Error() != "the key has no read scope" {
		t.Errorf("the error reads %q", got)
	}
}

// TestErrorsDoNotRepeatInput gives every parser something that must not come back.
func TestErrorsDoNotRepeatInput(t *testing.T) {
	const secret = "s3cret"
	_, a := footnote.ParsePrincipal(secret)
	_, b := footnote.ParseAudience(secret)
	_, c := footnote.ParsePeriod(secret)
	_, d := footnote.ParseScope(secret)
	_, e := footnote.ParseDocumentID(secret)
	_, f := footnote.ParsePlace(secret)
	_, g := footnote.ParseKind(secret)
	_, h := footnote.ParseStatus(secret)
	_, i := footnote.ParseACL(`{"all_of":[["` + secret + `"]]}`)
	_, j := footnote.ParseACL(`{"` + secret + `":1}`)
	for n, err := range []error{a, b, c, d, e, f, g, h, i, j} {
		shown, ok := errors.AsType[*footnote.Error](err)
		if !ok || shown.Message == "" || shown.Code == footnote.CodeInternal {
			t.Fatalf("%d: %v", n, err)
		}
		if text := shown.Field + shown.Message; len(text) == 0 || containsFold(text, secret) {
			t.Errorf("%d repeats its input: %s", n, text)
		}
	}
}
