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

// report prints as the run goes on; its first error is kept.
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
func (r *report) line(name string, figure float64, format, bar string) {
	r.printf("  %-42s %10s%s\n", name, fmt.Sprintf(format, figure), beside(bar))
}

func beside(bar string) string {
	if bar == "" {
		return ""
	}
	return "   bar: " + bar
}

// latency prints the percentiles of sorted times in milliseconds, and requests a second.
func (r *report) latency(name string, sorted []time.Duration, rate float64, bar string) {
	r.printf("  %-42s p50 %6.2f ms, p95 %6.2f ms, %6.0f/s%s\n", name,
		milliseconds(percentile(sorted, 0.50)), milliseconds(percentile(sorted, 0.95)), rate, beside(bar))
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }
