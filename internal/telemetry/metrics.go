package telemetry

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what happens. All methods are safe for concurrent use. Labels take their values from small fixed
// sets, so that nobody outside can make them grow.
type Metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	latency   *prometheus.HistogramVec
	searches  *prometheus.CounterVec
	noAnswers *prometheus.CounterVec
	ingested  *prometheus.CounterVec
	refused   *prometheus.CounterVec
	embedded  prometheus.Counter
	embedding prometheus.Counter
}

// NewMetrics makes a set of metrics with its own registry, beside those of the Go runtime and the process.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		requests:  counter("footnote_http_requests_total", "Requests by route and status.", "route", "status"),
		searches:  counter("footnote_searches_total", "Searches and answers.", "kind"),
		noAnswers: counter("footnote_no_answer_total", "Searches and answers without a hit, by reason.", "reason"),
		ingested:  counter("footnote_ingested_documents_total", "Pushed documents by what became of them.", "result"),
		refused:   counter("footnote_authentication_failures_total", "Refused authentications by reason.", "reason"),
		embedded:  prometheus.NewCounter(prometheus.CounterOpts{Name: "footnote_embedded_texts_total", Help: "Texts that the queue embedded."}),
		embedding: prometheus.NewCounter(prometheus.CounterOpts{Name: "footnote_embedding_seconds_total", Help: "Time that the queue spent on them."}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "footnote_http_request_seconds", Help: "Time from a request's first byte to its last.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 60},
		}, []string{"route"}),
	}
	m.registry.MustRegister(m.requests, m.latency, m.searches, m.noAnswers, m.ingested, m.refused, m.embedded, m.embedding,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

// Request tells of a finished request by its route's pattern, never its path.
func (m *Metrics) Request(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(route).Observe(took.Seconds())
}

// Search tells of a retrieval: its kind is search or answer, reason is empty when it found something.
func (m *Metrics) Search(kind, reason string) {
	m.searches.WithLabelValues(kind).Inc()
	if reason != "" {
		m.noAnswers.WithLabelValues(reason).Inc()
	}
}

// Ingested tells what became of one pushed document: created, updated, unchanged or the code of its refusal.
func (m *Metrics) Ingested(result string) { m.ingested.WithLabelValues(result).Inc() }

// Refused tells of a caller who was not let in.
func (m *Metrics) Refused(reason string) { m.refused.WithLabelValues(reason).Inc() }

// Embedded tells of a slice of texts that the queue embedded.
func (m *Metrics) Embedded(texts int, took time.Duration) {
	m.embedded.Add(float64(texts))
	m.embedding.Add(took.Seconds())
}

// Handler serves the metrics in the text form that Prometheus reads.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
