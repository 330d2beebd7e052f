package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Ready says that the program was ready to serve at the given time. It is called once.
func (m *Metrics) Ready(at time.Time) { m.startup.Set(at.Sub(m.started).Seconds()) }

// addSampled creates the gauges that are computed at scrape, and those that are set once.
func (m *Metrics) addSampled(reg registrar, cfg Config) {
	permits := float64(cfg.SigningPermits)
	reg.gauge("containment_signing_concurrency_limit", "Sign requests that may be under way at the same time.").Set(permits)
	reg.sampled("containment_signing_semaphore_available", "Free signing permits.", func() float64 {
		if cfg.PermitsAvailable == nil {
			return permits
		}
		return float64(cfg.PermitsAvailable())
	})
	reg.sampled("containment_healthy", "1 when the health check answers healthy, otherwise 0.", func() float64 {
		return truth(cfg.Healthy != nil && cfg.Healthy())
	})
	m.startup = reg.gauge("containment_startup_duration_seconds", "Time from the start of the process until it was ready.")
	reg.sampled("containment_uptime_seconds", "Time since the process started.", func() float64 {
		return cfg.Now().Sub(m.started).Seconds()
	})
	reg.add(&sampler{
		desc: prometheus.NewDesc("containment_signer_state", "1 for the state that the signer is in, 0 for the others.", []string{"state"}, nil),
		kind: prometheus.GaugeValue,
		read: m.showState,
	})
	reg.add(&sampler{
		desc: prometheus.NewDesc("containment_actor_mailbox_depth", "Messages that wait in the mailboxes of actors, by class.", []string{"actor"}, nil),
		kind: prometheus.GaugeValue,
		read: func(show showSeries) { showMailboxes(cfg, show) },
	})
	reg.add(&sampler{
		desc: prometheus.NewDesc("containment_anti_slashing_pg_pool", "Connections of the slashing-protection store to PostgreSQL, by status.", []string{"status"}, nil),
		kind: prometheus.GaugeValue,
		read: func(show showSeries) { showPool(cfg, show) },
	})
	addProcess(reg, "/proc/self")
}

// showPool shows every status, 0 for all of them where the store is no database.
func showPool(cfg Config, show showSeries) {
	var counts map[string]int
	if cfg.StorePool != nil {
		counts = cfg.StorePool()
	}
	for _, status := range []string{"idle", "in_use", "max"} {
		show(float64(counts[status]), status)
	}
}

// showMailboxes shows every class of actor that is known, 0 for those that nobody reports.
func showMailboxes(cfg Config, show showSeries) {
	depths := make(map[string]int)
	for _, actor := range cfg.Actors {
		depths[valid(actor)] = 0
	}
	if cfg.Mailboxes != nil {
		for actor, depth := range cfg.Mailboxes() {
			depths[valid(actor)] += depth
		}
	}
	for actor, depth := range depths {
		show(float64(depth), actor)
	}
}

// showSeries adds one series to a scrape.
type showSeries func(value float64, labels ...string)

// sampler is a metric that is read at scrape. The library turns a panic while it is read into an error of this metric
// alone, which it does not for its own GaugeFunc.
type sampler struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	read func(showSeries)
}

var _ prometheus.Collector = (*sampler)(nil)

// Describe implements [prometheus.Collector].
func (s *sampler) Describe(out chan<- *prometheus.Desc) { out <- s.desc }

// Collect implements [prometheus.Collector].
func (s *sampler) Collect(out chan<- prometheus.Metric) {
	s.read(func(value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(s.desc, s.kind, value, labels...)
	})
}

// sampled creates a gauge without labels that is read at scrape.
func (r registrar) sampled(name, help string, read func() float64) {
	r.add(newSampler(prometheus.NewDesc(name, help, nil, nil), prometheus.GaugeValue, read))
}

// sampledCounter creates a counter without labels that somebody else keeps, and that is read at scrape.
func (r registrar) sampledCounter(name, help string, read func() float64) {
	r.add(newSampler(prometheus.NewDesc(name, help, nil, nil), prometheus.CounterValue, read))
}

func newSampler(desc *prometheus.Desc, kind prometheus.ValueType, read func() float64) *sampler {
	return &sampler{desc, kind, func(show showSeries) { show(read()) }}
}

// truth is 1 for true and 0 for false.
func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
