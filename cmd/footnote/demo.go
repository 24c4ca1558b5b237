package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"footnote"
	"footnote/api"
	"footnote/api/console"
	"footnote/examples"
	"footnote/internal/config"
)

func demoCommand(o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use: "demo", Short: "Start a sample company to try things on", Args: cobra.NoArgs,
		Long: "Loads a sample company into a temporary folder that goes when the demo ends, starts a server, and\n" +
			"prints the address of its page, keys of three people, and questions to ask.",
		RunE: func(cmd *cobra.Command, _ []string) error { return o.demo(cmd) },
	}
	o.serving(cmd)
	return cmd
}

func (o *options) demo(cmd *cobra.Command) (err error) {
	settings, err := o.load()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "footnote-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	settings.Data = filepath.Join(dir, "data")
	settings.Store, settings.Index, settings.IndexKeyEnv = "", config.IndexEmbedded, "" // the company goes with its folder
	settings.LogLevel = quiet(settings.LogLevel)
	company, err := examples.Load(footnote.Now())
	if err != nil {
		return err
	}
	made, err := fill(cmd.Context(), settings, company, filepath.Join(dir, "company"))
	if err != nil {
		return fmt.Errorf("load the sample company: %w", err)
	}
	a, err := openApp(cmd.Context(), settings, people(company, made)...)
	if err != nil {
		return err
	}
	listener, err := a.listen(cmd.Context())
	if err != nil && o.settings["listen"] == nil {
		a.config.Listen = "127.0.0.1:0" // the default is taken; any free port will do
		listener, err = a.listen(cmd.Context())
	}
	if err != nil {
		return errors.Join(err, a.Close())
	}
	address := "http://" + listener.Addr().String()
	if err := o.print(cmd.OutOrStdout(), tour(address, company, made), func(w *tabwriter.Writer) {
		printTour(w, address, company, made)
	}); err != nil {
		return errors.Join(err, listener.Close(), a.Close())
	}
	return errors.Join(a.serve(cmd.Context(), listener), a.Close())
}

// fill loads the company through the same API that everybody uses, and returns the keys it made, by name.
func fill(ctx context.Context, settings config.Config, company examples.Company, content string) (keys map[string]string, err error) {
	a, err := openApp(ctx, settings)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	c := &client{base: "http://localhost", transport: api.Local(a.handler, operator())}
	if err := os.MkdirAll(content, 0o700); err != nil {
		return nil, err
	}
	if err := examples.Write(content, footnote.Now()); err != nil {
		return nil, err
	}
	if err := c.directory(ctx, company); err != nil {
		return nil, err
	}
	if err := c.content(ctx, company, content); err != nil {
		return nil, err
	}
	return c.keys(ctx, company)
}

// directory makes the people and the groups.
func (c *client) directory(ctx context.Context, company examples.Company) error {
	for _, p := range company.Principals {
		request := call{
			method: http.MethodPut, path: "/v1/principals/" + url.PathEscape(p.Principal),
			body: map[string]any{"display_name": p.DisplayName},
		}
		if err := c.do(ctx, request, nil); err != nil {
			return fmt.Errorf("%s: %w", p.Principal, err)
		}
	}
	for _, g := range company.Groups {
		request := call{
			method: http.MethodPut, path: "/v1/groups/" + url.PathEscape(g.Principal) + "/members",
			body: map[string]any{"members": g.Members},
		}
		if err := c.do(ctx, request, nil); err != nil {
			return fmt.Errorf("%s: %w", g.Principal, err)
		}
	}
	return nil
}

// content makes the sources and fills them: the folder by a sync, the others by pushing.
func (c *client) content(ctx context.Context, company examples.Company, dir string) error {
	for _, source := range company.Sources {
		s := maps.Clone(source)
		name, _ := s["id"].(string)
		delete(s, "id")
		if s["kind"] == "files" {
			s["config"] = map[string]string{
				"path": filepath.Join(dir, examples.ArticlesDir), "map": filepath.Join(dir, examples.MapFile),
			}
		}
		if err := c.do(ctx, call{method: http.MethodPut, path: sourcePath(name), body: s}, nil); err != nil {
			return fmt.Errorf("source %s: %w", name, err)
		}
		var err error
		switch name {
		case "tickets":
			err = c.push(ctx, name, company.Tickets)
		case "crm":
			err = c.push(ctx, name, company.CRM)
		default:
			err = c.lines(ctx, call{method: http.MethodPost, path: sourcePath(name) + "/sync", body: map[string]any{}}, accepted)
		}
		if err != nil {
			return fmt.Errorf("source %s: %w", name, err)
		}
	}
	return nil
}

func (c *client) push(ctx context.Context, source string, lines []json.RawMessage) error {
	var body bytes.Buffer
	for _, line := range lines {
		body.Write(bytes.TrimSpace(line))
		body.WriteByte('\n')
	}
	request := call{method: http.MethodPost, path: sourcePath(source) + "/documents", body: io.Reader(&body)}
	return c.lines(ctx, request, accepted)
}

// accepted refuses a line that tells of a failure.
func accepted(line []byte) error {
	var result struct {
		Error *problem `json:"error"`
	}
	if err := json.Unmarshal(line, &result); err != nil {
		return err
	}
	if result.Error != nil {
		return *result.Error
	}
	return nil
}

func (c *client) keys(ctx context.Context, company examples.Company) (map[string]string, error) {
	made := map[string]string{}
	for _, k := range company.Keys {
		var answer key
		body := newKey{Name: k.Name, Principal: k.Principal, Scopes: k.Scopes}
		if err := c.do(ctx, call{method: http.MethodPost, path: "/v1/keys", body: body}, &answer); err != nil {
			return nil, fmt.Errorf("key %s: %w", k.Name, err)
		}
		made[k.Name] = answer.Key
	}
	return made, nil
}

// people are those the page offers to be.
func people(company examples.Company, keys map[string]string) []console.DemoPerson {
	names := map[string]string{}
	for _, p := range company.Principals {
		names[p.Principal] = p.DisplayName
	}
	var all []console.DemoPerson
	for _, k := range company.Keys {
		all = append(all, console.DemoPerson{Name: names[k.Principal], Role: k.Name, Key: keys[k.Name]})
	}
	return all
}

// asked are the people whose answers the printed questions compare.
func asked() []string { return []string{"customer", "agent", "manager"} }

// tour is what the demo prints, in JSON.
func tour(address string, company examples.Company, keys map[string]string) map[string]any {
	questions := []string{}
	for _, q := range company.Questions {
		questions = append(questions, q.Text)
	}
	return map[string]any{"page": address + "/", "api": address, "keys": keys, "questions": questions, "curl": curls(address, company, keys)}
}

// curls are three lines to paste that ask the same question as three people.
func curls(address string, company examples.Company, keys map[string]string) []string {
	question := company.Questions[1].Text
	var lines []string
	for _, name := range asked() {
		lines = append(lines, fmt.Sprintf(`curl -s %s/v1/answer -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' -d '{"query":"%s"}'`,
			address, keys[name], strings.ReplaceAll(question, "'", `'\''`)))
	}
	return lines
}

func printTour(w io.Writer, address string, company examples.Company, keys map[string]string) {
	row(w, "The sample company "+company.Name+" is loaded. It goes when you stop this program (Ctrl+C).")
	row(w)
	row(w, "Ask on the page:  "+address+"/")
	row(w)
	row(w, "Keys:")
	for _, k := range company.Keys {
		row(w, fmt.Sprintf("  %-14s %-14s %s", k.Name, k.Principal, keys[k.Name]))
	}
	row(w)
	row(w, fmt.Sprintf("The same question, %q, asked by a customer, an agent and a manager:", company.Questions[1].Text))
	for _, line := range curls(address, company, keys) {
		row(w)
		row(w, line)
	}
	row(w)
	row(w, "More to ask:")
	for _, q := range company.Questions {
		row(w, "  "+q.Text)
	}
}
