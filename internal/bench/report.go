package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// report prints as the run goes on. Errors of printing and bars that may not be missed are kept.
type report struct {
	out io.Writer
	err error
}

func (r *report) printf(format string, args ...any) {
	_, err := fmt.Fprintf(r.out, format, args...)
	r.err = errors.Join(r.err, err)
}

// machine prints where the figures come from.
func (r *report) machine() {
	r.printf("%s/%s, %s, %d processors: %s; load %s; seed %d\n",
		runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.NumCPU(), processor(), load(), seed)
}

// load is the mean number of processes that wanted a processor in the last minute: above nothing, others were at work.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	minute, _, _ := strings.Cut(string(text), " ")
	return minute
}

// processor is the name of the processor where the system tells.
func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "unnamed"
	}
	defer file.Close() //nolint:errcheck // read only
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, found := strings.CutPrefix(lines.Text(), "model name"); found {
			return strings.TrimLeft(name, "\t :")
		}
	}
	return "unnamed"
}

func (r *report) section(title string) { r.printf("\n%s\n", title) }

// line prints one figure, with its bar where there is one.
func (r *report) line(name string, figure float64, format string, b bar) {
	r.printf("  %-46s %10s%s\n", name, fmt.Sprintf(format, figure), b.beside(figure))
}

// must is line for a bar that fails the command when it is missed.
func (r *report) must(name string, figure float64, format string, b bar) {
	r.line(name, figure, format, b)
	if !b.reached(figure) {
		r.err = errors.Join(r.err, fmt.Errorf("%s: "+format+", to be %s", name, figure, b))
	}
}

// latency prints the percentiles of sorted times in milliseconds, and requests a second.
func (r *report) latency(name string, sorted []time.Duration, rate float64, bars latencyBars) {
	p50, p95 := milliseconds(percentile(sorted, 0.50)), milliseconds(percentile(sorted, 0.95))
	r.printf("  %-26s p50 %6.2f ms%s, p95 %6.2f ms%s, %6.0f/s%s\n", name,
		p50, bars.p50.within(p50), p95, bars.p95.within(p95), rate, bars.rate.within(rate))
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }
