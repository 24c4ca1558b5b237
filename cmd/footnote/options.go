package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"footnote"
	"footnote/api"
	"footnote/internal/config"
	"footnote/internal/folder"
)

// options are the flags that every command has.
type options struct {
	data, config, server string
	store, indexAt       string
	json                 bool
	create               bool           // the command may make the data folder
	settings             map[string]any // flags of serve and demo that are settings, by name
}

func (o *options) register(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVar(&o.data, "data", "", "data folder (default ./footnote-data)")
	flags.StringVar(&o.store, "store", "", "address of a Postgres that keeps the records (default: a file in the data folder)")
	flags.StringVar(&o.indexAt, "index", "", "embedded, pgvector or qdrant://host:port (default embedded)")
	flags.StringVar(&o.config, "config", "", "settings in a YAML file")
	flags.StringVar(&o.server, "server", "", "address of a running server, asked with the key in FOOTNOTE_KEY")
	flags.BoolVar(&o.json, "json", false, "print JSON with the field names of the API")
}

// load reads the settings.
func (o *options) load() (config.Config, error) {
	set := map[string]any{}
	maps.Copy(set, o.settings)
	for setting, value := range map[string]string{"data": o.data, "store": o.store, "index": o.indexAt} {
		if value != "" {
			set[setting] = value
		}
	}
	return config.Load(o.config, set)
}

// quiet leaves warnings on the screen and what is merely told of away from it, unless more was asked for.
func quiet(level string) string {
	if level == "info" {
		return "warn"
	}
	return level
}

// operator is who acts when the command line works on the data folder itself.
func operator() footnote.Caller {
	principal, _ := footnote.ParsePrincipal("app:command-line") // a constant that parses
	return footnote.Caller{Principal: principal, Key: footnote.Key{
		Name: "command line",
		Scopes: []footnote.Scope{
			footnote.ScopeRead, footnote.ScopeIngest, footnote.ScopeAdmin, footnote.ScopeAudit, footnote.ScopeActFor,
		},
		Ceiling: &footnote.Ceiling{Sources: []string{"*"}, Audience: footnote.AudienceInternal},
	}}
}

// reader is who asks when the command line reads for somebody; without a name it is the public.
func reader(as string) (footnote.Caller, error) {
	if as == "" {
		return footnote.Caller{}, nil
	}
	principal, err := footnote.ParsePrincipal(as)
	if err != nil || !principal.IsPerson() {
		return footnote.Caller{}, errors.New("--as must name a user:, customer: or app: principal")
	}
	return footnote.Caller{Principal: principal, Key: footnote.Key{Scopes: []footnote.Scope{footnote.ScopeRead}}}, nil
}

// connect returns a client of the server that was named, else of the data folder as caller. Close it.
func (o *options) connect(ctx context.Context, caller footnote.Caller) (*client, error) {
	if o.server != "" {
		return &client{
			base: strings.TrimSuffix(o.server, "/"), key: config.ServerKey(),
			transport: http.DefaultTransport, close: func() error { return nil },
		}, nil
	}
	settings, err := o.load()
	if err != nil {
		return nil, err
	}
	if !o.create {
		if err = there(settings); err != nil {
			return nil, err
		}
	}
	settings.LogLevel = quiet(settings.LogLevel)
	a, err := openApp(ctx, settings)
	if errors.Is(err, folder.ErrHeld) {
		return nil, errors.New("a server holds the data folder: name it with --server and put an admin key into FOOTNOTE_KEY")
	}
	if err != nil {
		return nil, err
	}
	return &client{base: "http://localhost", transport: api.Local(a.handler, caller), close: a.Close, embed: a.generations.Load().Drain}, nil
}

// there refuses a data folder without data, so that a mistyped one is not made and found sound.
func there(settings config.Config) error {
	if settings.OnServer() {
		return nil // it says itself what is wrong
	}
	if _, err := os.Stat(folder.Database(settings.Data)); err != nil {
		return fmt.Errorf("there is no data in %s: name the folder with --data; serve, key create and source add make one", settings.Data)
	}
	return nil
}

// with runs fn on a client and closes it.
func (o *options) with(ctx context.Context, caller footnote.Caller, fn func(*client) error) error {
	c, err := o.connect(ctx, caller)
	if err != nil {
		return err
	}
	return errors.Join(fn(c), c.close())
}

// print writes a value as JSON, or as rows of text.
func (o *options) print(out io.Writer, value any, rows func(*tabwriter.Writer)) error {
	if o.json {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(value)
	}
	const padding = 2
	table := tabwriter.NewWriter(out, 0, 0, padding, ' ', 0)
	rows(table)
	return table.Flush()
}
