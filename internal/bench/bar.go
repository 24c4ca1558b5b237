package main

import "fmt"

// bar is what a figure is to reach. The zero value is none, and a note is a bar of another scale: it is shown, and nothing
// is said of the figure.
type bar struct {
	sign  string
	limit float64
	note  string
}

func atMost(limit float64) bar  { return bar{sign: "<=", limit: limit} }
func atLeast(limit float64) bar { return bar{sign: ">=", limit: limit} }

// noted is a bar of another scale.
func noted(text string) bar { return bar{note: text} }

func (b bar) String() string {
	if b.sign == "" {
		return b.note
	}
	return fmt.Sprintf("%s %g", b.sign, b.limit)
}

func (b bar) reached(figure float64) bool {
	switch b.sign {
	case "<=":
		return figure <= b.limit
	case ">=":
		return figure >= b.limit
	}
	return true
}

// judged is a bar with what became of it; "" for none.
func (b bar) judged(figure float64) string {
	switch {
	case b.sign == "":
		return b.note
	case b.reached(figure):
		return b.String() + " ok"
	}
	return b.String() + " MISSED"
}

// beside is a judged bar at the end of a line.
func (b bar) beside(figure float64) string {
	if b == (bar{}) {
		return ""
	}
	return "   bar: " + b.judged(figure)
}

// within is one in the middle of a line.
func (b bar) within(figure float64) string {
	if b == (bar{}) {
		return ""
	}
	return " (" + b.judged(figure) + ")"
}

// latencyBars are those of one client's percentiles and of two clients' requests a second.
type latencyBars struct{ p50, p95, rate bar }

// by leaves those that hold for so many clients.
func (b latencyBars) by(clients int) latencyBars {
	if clients == 1 {
		return latencyBars{p50: b.p50, p95: b.p95}
	}
	return latencyBars{rate: b.rate}
}
