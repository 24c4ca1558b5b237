package telemetry

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Index is where an index stands, as far as it is measured.
type Index struct {
	Watermark  uint64
	Head       uint64
	Chunks     int
	Backlog    int
	Building   int // the backlog of a generation that is built
	Generation int // that serves
}

const readTimeout = 2 * time.Second

// WatchIndex measures an index at each reading of the metrics. While it cannot be read, its gauges are missing.
func (m *Metrics) WatchIndex(read func(context.Context) (Index, error)) {
	m.registry.MustRegister(indexCollector{
		read:       read,
		generation: gauge("footnote_index_generation", "The generation of vectors that serves."),
		building:   gauge("footnote_embedding_building_backlog", "Chunks that wait for a vector of the model that is built beside."),
		watermark:  gauge("footnote_index_watermark", "The newest change up to which the index has applied all, vectors too."),
		head:       gauge("footnote_change_log_head", "The newest change of the record store."),
		chunks:     gauge("footnote_index_chunks", "Chunks that the index holds."),
		backlog:    gauge("footnote_embedding_backlog", "Chunks that wait for their vector."),
	})
}

func gauge(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }

type indexCollector struct {
	read                             func(context.Context) (Index, error)
	watermark, head, chunks, backlog *prometheus.Desc
	building, generation             *prometheus.Desc
}

// Describe sends the names of the gauges.
func (c indexCollector) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{c.watermark, c.head, c.chunks, c.backlog, c.building, c.generation} {
		to <- desc
	}
}

// Collect reads the index once and sends what it says.
func (c indexCollector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	index, err := c.read(ctx)
	if err != nil {
		return
	}
	send := func(desc *prometheus.Desc, value float64) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value)
	}
	send(c.watermark, float64(index.Watermark))
	send(c.head, float64(index.Head))
	send(c.chunks, float64(index.Chunks))
	send(c.backlog, float64(index.Backlog))
	send(c.building, float64(index.Building))
	send(c.generation, float64(index.Generation))
}
