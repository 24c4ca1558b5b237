package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestBarsSayWhatBecameOfThem(t *testing.T) {
	for _, c := range []struct {
		bar    bar
		figure float64
		want   string
	}{
		{bar{}, 1, ""},
		{atMost(3), 3, "   bar: <= 3 ok"},
		{atMost(3), 3.01, "   bar: <= 3 MISSED"},
		{atLeast(600), 600, "   bar: >= 600 ok"},
		{atLeast(600), 599, "   bar: >= 600 MISSED"},
		{noted("<= 10 at 1M chunks"), 99, "   bar: <= 10 at 1M chunks"},
	} {
		if got := c.bar.beside(c.figure); got != c.want {
			t.Errorf("%v beside %v: %q, want %q", c.bar, c.figure, got, c.want)
		}
	}
}

func TestOnlyBarsOfSizeFailTheCommand(t *testing.T) {
	var out bytes.Buffer
	r := report{out: &out}
	r.line("slow, ms", 9, "%.0f", atMost(3))
	r.must("small, MB", 90, "%.1f", atMost(90))
	if r.err != nil {
		t.Errorf("it fails for %v", r.err)
	}
	r.must("large, MB", 90.1, "%.1f", atMost(90))
	if r.err == nil || !strings.Contains(r.err.Error(), "large, MB: 90.1, to be <= 90") {
		t.Errorf("it fails for %v", r.err)
	}
	if text := out.String(); strings.Count(text, "MISSED") != 2 || strings.Count(text, "ok") != 1 {
		t.Errorf("it prints\n%s", text)
	}
}

func TestRatesAreOfTwoClients(t *testing.T) {
	all := latencyBars{p50: atMost(1), p95: atMost(2), rate: atLeast(3)}
	if got := all.by(1); got != (latencyBars{p50: atMost(1), p95: atMost(2)}) {
		t.Errorf("one client: %v", got)
	}
	if got := all.by(2); got != (latencyBars{rate: atLeast(3)}) {
		t.Errorf("two clients: %v", got)
	}
}
