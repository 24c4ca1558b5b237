package api

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

var (
	//go:embed docs.html
	docsPage string
	//go:embed docs.css
	docsStyle string
)

type docsGroup struct {
	Name   string
	Routes []docsRoute
}

type docsRoute struct{ Method, Path, Summary, Needs string }

// documentation renders the description of all routes: OpenAPI for programs, a page for people.
func (s *Server) documentation() (description, page []byte, err error) {
	describeProblems(s.api.OpenAPI())
	if description, err = json.Marshal(s.api.OpenAPI()); err != nil {
		return nil, nil, fmt.Errorf("describe the routes: %w", err)
	}
	parsed, err := template.New("docs").Parse(docsPage)
	if err != nil {
		return nil, nil, fmt.Errorf("read the page of routes: %w", err)
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, struct {
		Style  template.CSS
		Groups []docsGroup
	}{template.CSS(docsStyle), docsGroups(s.api.OpenAPI())}) //nolint:gosec // G203: the style is our own file
	if err != nil {
		return nil, nil, fmt.Errorf("write the page of routes: %w", err)
	}
	return description, out.Bytes(), nil
}

// describeProblems documents failures in the form that they have here.
func describeProblems(api *huma.OpenAPI) {
	problem := api.Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, item := range api.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Delete} {
			if op == nil {
				continue
			}
			for _, response := range op.Responses {
				if media := response.Content[problemType]; media != nil {
					media.Schema = problem
				}
			}
		}
	}
	for _, unused := range []string{"ErrorModel", "ErrorDetail"} {
		delete(api.Components.Schemas.Map(), unused)
	}
}

func docsGroups(api *huma.OpenAPI) []docsGroup {
	byName := map[string][]docsRoute{}
	for path, item := range api.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "DELETE": item.Delete} {
			if op != nil {
				route := docsRoute{Method: method, Path: path, Summary: op.Summary, Needs: needs(op)}
				byName[op.Tags[0]] = append(byName[op.Tags[0]], route)
			}
		}
	}
	groups := make([]docsGroup, 0, len(byName))
	for name, routes := range byName {
		slices.SortFunc(routes, func(a, b docsRoute) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method)) })
		groups = append(groups, docsGroup{Name: name, Routes: routes})
	}
	slices.SortFunc(groups, func(a, b docsGroup) int { return cmp.Compare(a.Name, b.Name) })
	return groups
}

func needs(op *huma.Operation) string {
	scope := strings.TrimSuffix(strings.TrimPrefix(op.Description, "Scope: "), ".")
	if scope == "" {
		return "a key"
	}
	if len(op.Security) > 1 {
		return scope + ", or open"
	}
	return scope
}

// docsPolicy lets the page show its one style and nothing else.
func docsPolicy() string {
	sum := sha256.Sum256([]byte(docsStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}

func serve(media, policy string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if policy != "" {
			w.Header().Set("Content-Security-Policy", policy)
		}
		w.Header().Set("Content-Type", media)
		_, _ = w.Write(body)
	}
}
