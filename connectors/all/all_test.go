package all_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"footnote"
	"footnote/connectors/all"
)

func TestOpenKnowsEveryKind(t *testing.T) {
	config, err := json.Marshal(map[string]string{"path": t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range all.Kinds() {
		source, err := all.Open(footnote.Source{Kind: kind, Config: config}, slog.New(slog.DiscardHandler))
		switch {
		case kind == all.KindPush:
			if !errors.Is(err, all.ErrPush) {
				t.Errorf("push: %v", err)
			}
		case err != nil:
			t.Errorf("%s: %v", kind, err)
		default:
			if err = source.Check(t.Context()); err != nil {
				t.Errorf("%s: check: %v", kind, err)
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct{ kind, config, field string }{
		{"wiki", `{}`, "kind"},
		{"", `{}`, "kind"},
		{"files", `{"path":"x","paths":"y"}`, "config.paths"},
		{"files", `{"path":7}`, "config"},
		{"files", ``, "config"},
		{"files", `{}`, "config.path"},
		{"files", `{"path":"x","map":"not-there.yaml"}`, "config.map"},
	} {
		source, err := all.Open(footnote.Source{Kind: c.kind, Config: json.RawMessage(c.config)}, slog.New(slog.DiscardHandler))
		own, ok := errors.AsType[*footnote.Error](err)
		if source != nil || !ok || own.Code != footnote.CodeInvalid || own.Field != c.field {
			t.Errorf("%s %s: got %v, want a fault of %s", c.kind, c.config, err, c.field)
		}
		if err != nil && strings.TrimSpace(own.Message) == "" {
			t.Errorf("%s %s: no message", c.kind, c.config)
		}
	}
}
