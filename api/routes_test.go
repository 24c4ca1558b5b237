package api_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"footnote"
	"footnote/api"
)

const (
	read, feed, admin, auditor, actFor = footnote.ScopeRead, footnote.ScopeIngest, footnote.ScopeAdmin, footnote.ScopeAudit, footnote.ScopeActFor

	question = `{"query":"how do I reset a password"}`
	article  = `{"kind":"article","title":"T","content":"text","acl":{"all_of":[["everyone"]]}}`
)

// route is a request that goes well and the scopes that may make it; anonymous is "".
type route struct {
	target, body string
	status       int
	scopes       []footnote.Scope
}

func routes() []route {
	reading, ingesting := []footnote.Scope{"", read, actFor}, []footnote.Scope{feed}
	administration, auditing := []footnote.Scope{admin}, []footnote.Scope{auditor}
	evidence, any := []footnote.Scope{"", read, actFor, auditor}, []footnote.Scope{read, actFor, feed, admin, auditor}
	return []route{
		{"POST /v1/search", question, 200, reading},
		{"POST /v1/answer", question, 200, reading},
		{"POST /v1/citations/verify", `{"citations":[{"id":"cit_x"}]}`, 200, evidence},
		{"GET /v1/receipts/r1", "", 200, evidence},
		{"GET /v1/documents?source=kb&limit=5", "", 200, reading},
		{"GET /v1/documents/" + seen, "", 200, reading},
		{"GET /v1/documents/" + seen + "?version=1", "", 200, reading},
		{"GET /v1/documents/" + seen + "/versions", "", 200, reading},
		{"PUT /v1/sources/kb/documents/a", article, 201, ingesting},
		{"DELETE /v1/sources/kb/documents/a", "", 204, ingesting},
		{"PUT /v1/documents/" + seen + "/acl", `{"all_of":[["user:ana"]]}`, 204, ingesting},
		{"POST /v1/documents/" + seen + "/approve", `{"version":1}`, 204, any},
		{"POST /v1/documents/" + seen + "/reject", `{"version":1,"reason":"no"}`, 204, any},
		{"POST /v1/documents/" + seen + "/retire", `{}`, 204, any},
		{"POST /v1/documents/" + seen + "/reviews", `{"outcome":"confirm"}`, 204, any},
		{"PUT /v1/sources/kb", `{"kind":"push"}`, 200, administration},
		{"GET /v1/sources", "", 200, administration},
		{"GET /v1/sources/kb", "", 200, administration},
		{"POST /v1/keys", `{"name":"n","principal":"user:ana","scopes":["read"]}`, 201, administration},
		{"GET /v1/keys", "", 200, administration},
		{"PUT /v1/groups/group:a/members", `{"members":["user:ana","group:b"]}`, 200, administration},
		{"GET /v1/groups/group:a/members", "", 200, administration},
		{"PUT /v1/principals/user:ana", `{"display_name":"Ana"}`, 200, administration},
		{"GET /v1/access/explain?principal=user:ana&document=" + seen, "", 200, administration},
		{"GET /v1/switches", "", 200, administration},
		{"PUT /v1/switches/answers", `{"on":true}`, 200, administration},
		{"GET /v1/index", "", 200, administration},
		{"POST /v1/index/rebuild", "", 200, administration},
		{"GET /metrics", "", 200, administration},
		{"GET /v1/audit/events", "", 200, auditing},
		{"GET /v1/audit/head", "", 200, auditing},
		{"POST /v1/sources/kb/sync", `{}`, 200, []footnote.Scope{feed, admin}},
	}
}

func TestEveryRouteAsksForItsScopes(t *testing.T) {
	d := newDesk(t, api.Config{})
	d.want(d.as(admin, "PUT /v1/sources/kb", `{"kind":"push"}`), 201, "")
	d.want(d.as(admin, "PUT /v1/groups/group:a/members", `{"members":[]}`), 200, "")
	for _, r := range routes() {
		for _, scope := range []footnote.Scope{"", read, feed, admin, auditor, actFor} {
			got := d.as(scope, r.target, r.body)
			switch {
			case slices.Contains(r.scopes, scope):
				if got.Code != r.status {
					t.Errorf("%s as %q: %d, want %d: %s", r.target, scope, got.Code, r.status, got.Body)
				}
			case scope == "":
				d.want(got, 401, footnote.CodeUnauthenticated)
			default:
				d.want(got, 403, footnote.CodeForbidden)
			}
		}
	}
}

// TestScopesComeBeforeEverything: whoever lacks the scope learns nothing of paths, bodies or types.
func TestScopesComeBeforeEverything(t *testing.T) {
	d := newDesk(t, api.Config{})
	first := d.as(read, "PUT /v1/sources/missing/documents/x", "{").Body.String()
	for _, body := range []string{article, "", `{"kind":3}`, strings.Repeat("a", 9<<20)} {
		for _, source := range []string{"kb", "missing", "NOT A SOURCE"} {
			got := d.as(read, "PUT /v1/sources/"+strings.ReplaceAll(source, " ", "%20")+"/documents/x", body)
			if got.Code != 403 || got.Body.String() != first {
				t.Errorf("%q: %d %s", source, got.Code, got.Body)
			}
		}
	}
}

func TestRoutesAreDocumented(t *testing.T) {
	d := newDesk(t, api.Config{})
	description := d.do(call{target: "GET /openapi.json"})
	paths, _ := fields(t, description.Body)["paths"].(map[string]any)
	page := d.do(call{target: "GET /docs"}).Body.String()
	for _, r := range routes() {
		method, path, _ := strings.Cut(r.target, " ")
		found := false
		for pattern, item := range paths {
			if fits(pattern, strings.Split(path, "?")[0]) && item.(map[string]any)[strings.ToLower(method)] != nil {
				found = strings.Contains(page, "<code>"+method+" "+pattern+"</code>")
			}
		}
		if !found {
			t.Errorf("%s is not in both documents", r.target)
		}
	}
	if len(paths) < 20 {
		t.Fatalf("%d paths", len(paths))
	}
	for _, external := range []string{"http://", "https://", "<script"} {
		if strings.Contains(page, external) {
			t.Errorf("the page holds %q", external)
		}
	}
}

// TestFailuresAreDocumentedAsTheyAre: every reference of the description leads somewhere, and failures have our form.
func TestFailuresAreDocumentedAsTheyAre(t *testing.T) {
	d := newDesk(t, api.Config{})
	var description struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	text := d.do(call{target: "GET /openapi.json"}).Body.Bytes()
	if err := json.Unmarshal(text, &description); err != nil {
		t.Fatal(err)
	}
	references := regexp.MustCompile(`"#/components/schemas/([^"]+)"`).FindAllSubmatch(text, -1)
	problems := 0
	for _, reference := range references {
		if _, there := description.Components.Schemas[string(reference[1])]; !there {
			t.Errorf("%s is referred to and not there", reference[1])
		}
		if string(reference[1]) == "Problem" {
			problems++
		}
	}
	if _, there := description.Components.Schemas["Problem"].Properties["code"]; !there || problems < 20 {
		t.Errorf("%d failures are documented as problems", problems)
	}
}

func fits(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}

// TestNotFoundIsOneAnswer: what does not exist, what may not be seen and what no id can name are byte-equal.
func TestNotFoundIsOneAnswer(t *testing.T) {
	d := newDesk(t, api.Config{})
	want := d.as(read, "GET /v1/documents/"+unseen, "").Body.String()
	cases := map[string]footnote.Scope{
		"GET /v1/documents/doc_aebagbafaydqqcikaebagbafay": read, "GET /v1/documents/nonsense": read, "GET /v1/receipts/r2": read,
		"GET /v1/documents/" + unseen + "/versions": read, "GET /v1/sources/none": admin, "GET /v1/sources/NONE": admin,
		"DELETE /v1/sources/kb/documents/missing": feed, "DELETE /v1/sources/missing/documents/x": feed,
		"DELETE /v1/keys/x": admin, "DELETE /v1/groups/group:x": admin, "GET /v1/groups/x/members": admin, "GET /v1/nothing": "",
	}
	for target, scope := range cases {
		got := d.as(scope, target, "")
		if got.Code != http.StatusNotFound || got.Body.String() != want {
			t.Errorf("%s: %d %s", target, got.Code, got.Body)
		}
	}
	put := d.as(feed, "PUT /v1/sources/missing/documents/x", article)
	if put.Body.String() != want {
		t.Errorf("PUT: %s", put.Body)
	}
}
