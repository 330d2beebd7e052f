package telemetry

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// registrar creates metrics and registers each at once.
type registrar struct{ registerer prometheus.Registerer }

func (r registrar) add(c prometheus.Collector) {
	if err := r.registerer.Register(c); err != nil {
		panic("telemetry: a metric of this name is already registered")
	}
}

func (r registrar) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	r.add(c)
	return c
}

func (r registrar) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	r.add(c)
	return c
}

func (r registrar) gauge(name, help string) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	r.add(g)
	return g
}

func (r registrar) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	r.add(g)
	return g
}

func (r registrar) histograms(name, help string, buckets []float64, label string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, []string{label})
	r.add(h)
	return h
}

// startAtZero creates the series of the values that are known beforehand.
func startAtZero(c *prometheus.CounterVec, values []string) {
	for _, value := range values {
		c.WithLabelValues(valid(value))
	}
}

// valid makes a label value of s. Prometheus refuses what is not UTF-8, and its library panics on it.
func valid(s string) string { return strings.ToValidUTF8(s, "�") }
