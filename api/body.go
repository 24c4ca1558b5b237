package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"footnote"
	"footnote/ingest"
)

// The bounds of bodies.
const (
	maxBody     = 64 << 10
	maxDocument = ingest.MaxDocumentBytes
	bodyTimeout = 30 * time.Second
)

// readJSON reads a whole JSON body of at most limit bytes.
func readJSON(x *exchange, limit int64) ([]byte, error) {
	if err := checkType(x.request, "application/json"); err != nil {
		return nil, err
	}
	if x.request.ContentLength > limit {
		x.discard()
		return nil, tooLarge(limit)
	}
	x.allowReading(bodyTimeout)
	defer x.allowReading(0)
	data, err := io.ReadAll(io.LimitReader(x.request.Body, limit+1))
	if err != nil {
		return nil, &footnote.Error{Code: footnote.CodeMalformed, Message: "the body could not be read to its end", Err: err}
	}
	if int64(len(data)) > limit {
		x.discard()
		return nil, tooLarge(limit)
	}
	return data, nil
}

// maxDiscard bounds what is read of a body that is refused, so that a client hears the refusal instead of a broken
// connection.
const maxDiscard = 64 << 20

// discard reads on without keeping anything.
func (x *exchange) discard() {
	x.allowReading(bodyTimeout)
	defer x.allowReading(0)
	_, _ = io.CopyN(io.Discard, x.request.Body, maxDiscard) // the refusal is what matters
}

func tooLarge(limit int64) error {
	return footnote.Errorf(footnote.CodeTooLarge, "the body is larger than %d bytes", limit)
}

// checkType lets a body pass that is declared as one of the types, or not declared at all. Browsers cannot send these
// types to another site without asking first.
func checkType(r *http.Request, types ...string) error {
	declared := r.Header.Get("Content-Type")
	if declared == "" {
		return nil
	}
	media, _, err := mime.ParseMediaType(declared)
	for _, known := range types {
		if err == nil && media == known {
			return nil
		}
	}
	return newProblem(http.StatusUnsupportedMediaType, footnote.CodeInvalid, "send the body as "+types[0])
}

// decode reads one JSON value into a struct: names once each and exactly as written here, no unknown ones. What is not
// JSON in UTF-8 is malformed, what does not fit is invalid.
func decode(data []byte, into any) error {
	if err := wellFormed(data); err != nil {
		return &footnote.Error{Code: footnote.CodeMalformed, Message: "the body must be one JSON value in UTF-8, not nested too deeply", Err: err}
	}
	err := json.Unmarshal(data, into, json.RejectUnknownMembers(true))
	if err == nil {
		return nil
	}
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return footnote.Invalid("body", "names a field twice")
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		return misfit(semantic)
	}
	return &footnote.Error{Code: footnote.CodeMalformed, Message: "the body must be JSON in UTF-8", Err: err}
}

// parse reads one JSON value of any form. Its errors name no place: nothing in it is known yet.
func parse(data []byte) (any, error) {
	var value any
	err := decode(data, &value)
	if own, ok := errors.AsType[*footnote.Error](err); ok && own.Code == footnote.CodeInvalid && own.Field != "body" {
		return nil, footnote.Invalid("body", "holds a number that is out of range")
	}
	return value, err
}

// wellFormed looks at all of a text before anything in it is judged: one value in UTF-8, of bounded depth.
func wellFormed(data []byte) error {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true))
	if err := decoder.SkipValue(); err != nil {
		return err
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the value")
	}
	return nil
}

// misfit names the field that does not fit. The pointer consists of names known here, but for the last step to a field
// that is not known, which is left out.
func misfit(err *json.SemanticError) error {
	if errors.Is(err, json.ErrUnknownName) {
		return footnote.Invalid(location(err.JSONPointer.Parent()), "holds a field that is not known here")
	}
	if own, ok := errors.AsType[*footnote.Error](err.Err); ok {
		return own
	}
	message := "has the wrong type"
	if err.GoType != nil {
		message = "has the wrong type or form; expected " + expected(err.GoType.String())
	}
	return footnote.Invalid(location(err.JSONPointer), message)
}

func expected(goType string) string {
	switch name := strings.TrimLeft(goType, "*"); {
	case name == "string":
		return "a string"
	case name == "bool":
		return "true or false"
	case strings.HasPrefix(name, "int"), strings.HasPrefix(name, "uint"):
		return "a whole number"
	case strings.HasPrefix(name, "float"):
		return "a number"
	case name == "time.Time":
		return "a time such as 2026-01-31T09:00:00Z"
	case strings.HasPrefix(name, "[]"):
		return "a list"
	}
	return "an object"
}

func location(pointer jsontext.Pointer) string {
	var out strings.Builder
	out.WriteString("body")
	for token := range pointer.Tokens() {
		if token != "" && strings.Trim(token, "0123456789") == "" {
			fmt.Fprintf(&out, "[%s]", token)
			continue
		}
		out.WriteString("." + token)
	}
	return out.String()
}
