package api

import (
	"bytes"
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"footnote"
	"footnote/audit"
)

// recording says who writes the audit event of a route.
type recording int

const (
	byService recording = iota // the service that does the work
	byStore                    // the store, with the change; refusals are recorded here
	byRoute                    // this package, before the answer leaves
)

// rule is what holds for a route beside its method and path.
type rule struct {
	scopes   []footnote.Scope // one of them is needed; none: any key will do
	recorded recording
	limit    int64         // bytes of body; 0: no body
	optional bool          // no body stands for an empty one
	lenient  bool          // the body is checked by decoding alone, not also by its schema
	timeout  time.Duration // 0: the server's; negative: none
	success  int           // status; 0: 200, or 204 without a body
	produces string        // media type of a streamed answer
	consumes string        // media type of a streamed body
}

// request is what a handler works from.
type request[P, B any] struct {
	caller footnote.Caller
	params P
	body   B
}

// reply is what a handler answers with; status 0 is the route's own.
type reply[T any] struct {
	Status int
	Body   T
}

func replied[T any](body T) *reply[T] { return &reply[T]{Body: body} }

// none stands for no parameters, no body and no content.
type none struct{}

// handle adds a route whose answer is JSON: target is "METHOD /path", summary one line for the documentation.
func handle[P, B, T any](s *Server, target string, r rule, summary string, do func(context.Context, request[P, B]) (*reply[T], error)) {
	op := operation(target, r, summary)
	register(s, op, r, func(ctx context.Context, in request[P, B]) (*reply[T], error) {
		out, err := do(ctx, in)
		if err == nil && out.Status == 0 {
			out.Status = op.DefaultStatus
		}
		return out, err
	})
}

// handleEmpty adds a route whose answer has no content.
func handleEmpty[P, B any](s *Server, target string, r rule, summary string, do func(context.Context, request[P, B]) error) {
	r.success = http.StatusNoContent
	register(s, operation(target, r, summary), r, func(ctx context.Context, in request[P, B]) (*none, error) {
		return &none{}, do(ctx, in)
	})
}

// stream is an answer that is written while the work goes on.
type stream struct {
	Body func(huma.Context)
}

// streamed is the answer that write gives, in the context of the request itself: it outlives the handler.
func streamed(write func(context.Context)) *stream {
	return &stream{Body: func(open huma.Context) { write(open.Context()) }}
}

// handleStream adds a route that writes its own answer.
func handleStream[P, B any](s *Server, target string, r rule, summary string, do func(context.Context, request[P, B]) (*stream, error)) {
	register(s, operation(target, r, summary), r, do)
}

func operation(target string, r rule, summary string) huma.Operation {
	method, path, _ := strings.Cut(target, " ")
	op := huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: path, Summary: summary, DefaultStatus: r.success,
		Tags: []string{subject(path)}, Security: []map[string][]string{{"key": {}}},
	}
	if op.DefaultStatus == 0 {
		op.DefaultStatus = http.StatusOK
	}
	for _, scope := range r.scopes {
		if scope == footnote.ScopeRead {
			op.Security = append(op.Security, map[string][]string{})
		}
	}
	if len(r.scopes) > 0 {
		op.Description = "Scope: " + scopeNames(r.scopes) + "."
	}
	if r.produces != "" {
		op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{r.produces: {}}}}
	}
	return op
}

func scopeNames(scopes []footnote.Scope) string {
	names := make([]string, len(scopes))
	for i, scope := range scopes {
		names[i] = string(scope)
	}
	return strings.Join(names, " or ")
}

// operationID reads "post-sources-source-sync".
func operationID(method, path string) string {
	path = strings.NewReplacer("/v1/", "", "{", "", "}", "", "/", "-", "_", "-").Replace(path)
	return strings.ToLower(method) + "-" + strings.Trim(path, "-")
}

func subject(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "/v1/"), "/")
	return strings.Trim(name, "/")
}

// register joins a handler to huma: admission first, then parameters, then the body, then the work, then the record.
func register[P, B, O any](s *Server, op huma.Operation, r rule, do func(context.Context, request[P, B]) (*O, error)) {
	op.Middlewares = huma.Middlewares{s.admit(op.OperationID, r.scopes)}
	schema := bodySchema[B](s.api.OpenAPI().Components.Schemas, r)
	where := "query"
	if schema != nil {
		where = "body"
	}
	huma.Register(s.api, op, func(ctx context.Context, params *P) (*O, error) {
		ctx, cancel := s.bounded(ctx, r.timeout)
		defer cancel()
		x := exchangeOf(ctx)
		in := request[P, B]{caller: x.caller, params: *params}
		var out *O
		err := s.readBody(x, r, schema, &in.body)
		if err == nil {
			out, err = do(ctx, in)
		}
		if recordErr := s.record(ctx, op.OperationID, r.recorded, err); recordErr != nil {
			err = recordErr
		}
		if err != nil {
			return nil, s.explain(ctx, err, where)
		}
		return out, nil
	})
	document(s.api.OpenAPI().Paths[op.Path], op.Method, r, schema)
}

func (s *Server) bounded(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout < 0 {
		return context.WithCancel(ctx)
	}
	if timeout == 0 {
		timeout = s.config.RequestTimeout
	}
	exchangeOf(ctx).allowWriting(timeout + bodyTimeout)
	return context.WithTimeout(ctx, timeout)
}

func bodySchema[B any](registry huma.Registry, r rule) *huma.Schema {
	if r.limit == 0 || r.consumes != "" {
		return nil
	}
	return registry.Schema(reflect.TypeFor[B](), true, "")
}

// readBody reads, checks and decodes a body, when the route has one.
func (s *Server) readBody(x *exchange, r rule, schema *huma.Schema, into any) error {
	if schema == nil {
		return nil
	}
	data, err := readJSON(x, r.limit)
	if err != nil {
		return err
	}
	if r.optional && len(bytes.TrimSpace(data)) == 0 {
		data = []byte("{}")
	}
	if !r.lenient {
		parsed, err := parse(data)
		if err != nil {
			return err
		}
		if err := s.validate(schema, parsed); err != nil {
			return err
		}
	}
	return decode(data, into)
}

// validate holds a value against the schema that the documentation shows.
func (s *Server) validate(schema *huma.Schema, value any) error {
	path, result := huma.NewPathBuffer([]byte("body"), len("body")), &huma.ValidateResult{}
	huma.Validate(s.api.OpenAPI().Components.Schemas, schema, path, huma.ModeWriteToServer, value, result)
	if len(result.Errors) == 0 {
		return nil
	}
	details := make([]*huma.ErrorDetail, 0, len(result.Errors))
	for _, err := range result.Errors {
		if detailer, ok := err.(huma.ErrorDetailer); ok {
			details = append(details, detailer.ErrorDetail())
		}
	}
	return newProblem(http.StatusUnprocessableEntity, footnote.CodeInvalid, "the request is not valid", faultsOf(details)...)
}

// record writes the event that no service writes. Without it the answer does not leave.
func (s *Server) record(ctx context.Context, operation string, by recording, failure error) error {
	if by == byService || (by == byStore && failure == nil) {
		return nil
	}
	event := audit.By(exchangeOf(ctx).caller, audit.KindAdministration, operation)
	if failure != nil {
		event.Outcome = audit.OutcomeRefused
		if problemOf(failure, "").Status >= http.StatusInternalServerError {
			event.Outcome = audit.OutcomeFailed
		}
	}
	if err := s.services.Store.Append(ctx, event); err != nil {
		return unavailable(err)
	}
	return nil
}

// document adds the body to the documentation; huma does not read it, so it is not told of it.
func document(item *huma.PathItem, method string, r rule, schema *huma.Schema) {
	media := "application/json"
	if r.consumes != "" {
		media = r.consumes
	}
	if item == nil || (schema == nil && r.consumes == "") {
		return
	}
	body := &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{media: {Schema: schema}}}
	switch method {
	case http.MethodPost:
		item.Post.RequestBody = body
	case http.MethodPut:
		item.Put.RequestBody = body
	}
}

// jsonFormat writes answers without escaping what is not HTML.
func jsonFormat() huma.Format {
	return huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: func(data []byte, v any) error { return json.Unmarshal(data, v) }}
}
