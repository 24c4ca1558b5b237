package main

import (
	"fmt"
	"net/http"
	"net/url"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"footnote"
)

// key is an API key as the API tells of it.
type key struct {
	ID        string   `json:"id"`
	Key       string   `json:"key,omitempty"`
	Name      string   `json:"name"`
	Principal string   `json:"principal"`
	Scopes    []string `json:"scopes"`
	Sources   []string `json:"sources,omitempty"`
	Ceiling   any      `json:"ceiling,omitempty"`
	CreatedAt string   `json:"created_at,omitempty"`
	ExpiresAt string   `json:"expires_at,omitempty"`
	RevokedAt string   `json:"revoked_at,omitempty"`
}

func keyCommand(o *options) *cobra.Command {
	return group("key", "Make, list and revoke API keys", keyCreateCommand(o), keyListCommand(o), keyRevokeCommand(o))
}

// newKey is the body of POST /v1/keys.
type newKey struct {
	Name      string            `json:"name"`
	Principal string            `json:"principal"`
	Scopes    []string          `json:"scopes"`
	Sources   []string          `json:"sources,omitempty"`
	Ceiling   *footnote.Ceiling `json:"ceiling,omitempty"`
	ExpiresIn string            `json:"expires_in,omitempty"`
}

func keyCreateCommand(o *options) *cobra.Command {
	var k newKey
	var ceilingSources []string
	var ceilingAudience string
	cmd := &cobra.Command{
		Use: "create --name NAME --principal user:ana", Short: "Make a key and print it once", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if ceilingAudience != "" {
				audience, err := footnote.ParseAudience(ceilingAudience)
				if err != nil {
					return usageError{cmd.CommandPath(), err}
				}
				k.Ceiling = &footnote.Ceiling{Sources: ceilingSources, Audience: audience}
			}
			return o.with(cmd.Context(), operator(), func(c *client) error {
				var made key
				if err := c.do(cmd.Context(), call{method: http.MethodPost, path: "/v1/keys", body: k}, &made); err != nil {
					return err
				}
				return o.print(cmd.OutOrStdout(), made, func(w *tabwriter.Writer) {
					row(w, made.Key)
					row(w, "id "+made.ID+", for "+made.Principal+"; it is not shown again")
				})
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&k.Name, "name", "", "what the key is for")
	flags.StringVar(&k.Principal, "principal", "", "whose key it is: user:..., customer:... or app:...")
	flags.StringSliceVar(&k.Scopes, "scopes", []string{"read"}, "read, ingest, admin, audit, act_for")
	flags.StringSliceVar(&k.Sources, "sources", nil, "sources the key reaches (default all)")
	flags.StringVar(&k.ExpiresIn, "expires", "", "how long it works, such as P90D (default for ever)")
	flags.StringSliceVar(&ceilingSources, "ceiling-sources", []string{"*"}, "with act_for: sources that may be read")
	flags.StringVar(&ceilingAudience, "ceiling-audience", "", "with act_for: internal, customer or public")
	require(cmd, "name", "principal")
	return cmd
}

// require makes flags mandatory.
func require(cmd *cobra.Command, names ...string) {
	cmd.PreRunE = func(c *cobra.Command, _ []string) error {
		for _, name := range names {
			if !c.Flags().Changed(name) {
				return usageError{c.CommandPath(), fmt.Errorf("--%s is needed", name)}
			}
		}
		return nil
	}
}

func keyListCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the keys, without their secrets", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.with(cmd.Context(), operator(), func(c *client) error {
				all := struct {
					Keys []key  `json:"keys"`
					Next string `json:"next_cursor,omitempty"`
				}{Keys: []key{}}
				for cursor := ""; ; cursor = all.Next {
					page := all
					page.Keys, page.Next = nil, ""
					path := "/v1/keys?limit=100&cursor=" + url.QueryEscape(cursor)
					if err := c.do(cmd.Context(), call{method: http.MethodGet, path: path}, &page); err != nil {
						return err
					}
					all.Keys, all.Next = append(all.Keys, page.Keys...), page.Next
					if all.Next == "" {
						break
					}
				}
				return o.print(cmd.OutOrStdout(), all, func(w *tabwriter.Writer) {
					row(w, "ID", "NAME", "PRINCIPAL", "SCOPES", "EXPIRES", "REVOKED")
					for _, k := range all.Keys {
						row(w, k.ID, k.Name, k.Principal, fmt.Sprint(k.Scopes), k.ExpiresAt, k.RevokedAt)
					}
				})
			})
		},
	}
}

func keyRevokeCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: "End a key, from the next request on", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.with(cmd.Context(), operator(), func(c *client) error {
				path := "/v1/keys/" + url.PathEscape(args[0])
				if err := c.do(cmd.Context(), call{method: http.MethodDelete, path: path}, nil); err != nil {
					return err
				}
				return o.print(cmd.OutOrStdout(), map[string]any{"id": args[0], "revoked": true}, func(w *tabwriter.Writer) {
					row(w, "revoked "+args[0])
				})
			})
		},
	}
}
