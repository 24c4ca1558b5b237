package main

import (
	"encoding/json"
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
			o.create = true
			return o.with(cmd.Context(), operator(), func(c *client) error {
				var raw json.RawMessage
				if err := c.do(cmd.Context(), call{method: http.MethodPost, path: "/v1/keys", body: k}, &raw); err != nil {
					return err
				}
				var made key
				if err := json.Unmarshal(raw, &made); err != nil {
					return err
				}
				return o.print(cmd.OutOrStdout(), raw, func(w *tabwriter.Writer) {
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
				raw, err := c.pages(cmd.Context(), "/v1/keys?limit=100", "keys")
				if err != nil {
					return err
				}
				keys := make([]key, len(raw))
				for i := range raw {
					if err := json.Unmarshal(raw[i], &keys[i]); err != nil {
						return err
					}
				}
				return o.print(cmd.OutOrStdout(), map[string]any{"keys": raw}, func(w *tabwriter.Writer) {
					row(w, "ID", "NAME", "PRINCIPAL", "SCOPES", "EXPIRES", "REVOKED")
					for _, k := range keys {
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
