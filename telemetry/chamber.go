package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
)

// chamberMetrics are the metrics of the master key, of ceremonies and of what they need.
type chamberMetrics struct {
	stuck, inits, seals, unseals prometheus.Counter
	rotations, shares            *prometheus.CounterVec
	kmsCalls                     *prometheus.CounterVec
	kmsTook                      *prometheus.HistogramVec
	passphrases                  *prometheus.CounterVec
	estimate                     prometheus.Histogram
	controlUp, controlSuccess    *prometheus.GaugeVec
	controlRefreshes             *prometheus.CounterVec
}

// addChamber creates the metrics of the chamber.
func (m *Metrics) addChamber(reg registrar, cfg Config) {
	reg.sampled("containment_chamber_ceremony_lock_held_seconds", "How long the ceremony that is under way has taken; 0 without one.", func() float64 {
		if cfg.CeremonyHeld == nil {
			return 0
		}
		return cfg.CeremonyHeld().Seconds()
	})
	c := &m.chamber
	c.stuck = reg.counter("containment_chamber_ceremony_lock_stuck_total", "Times that a ceremony took too long, or the guard did not answer.")
	c.inits = reg.counter("containment_chamber_init_total", "Initialisations of the chamber.")
	c.seals = reg.counter("containment_chamber_seal_total", "Times that the chamber was sealed on somebody's request.")
	c.unseals = reg.counter("containment_chamber_unseal_total", "Times that the chamber became unsealed, by operators or by itself.")
	c.rotations = reg.counters("containment_chamber_rotation_total", "Rotations by type: kms, unseal (the quorum), mode.", "type")
	c.shares = reg.counters("containment_chamber_unseal_shares_total", "Unseal shares that were submitted, by operator.", "operator")
	c.kmsCalls = reg.counters("containment_kms_operations_total", "Calls of key-encryption keys by action and outcome.", "action", "status")
	c.kmsTook = reg.histograms("containment_kms_operation_duration_seconds", "Time that a call of a key-encryption key took.", callBuckets(), "action")
	c.passphrases = reg.counters("containment_passphrase_validation_rejections_total", "Passphrases that broke a rule, by rule and ceremony.", "reason", "endpoint")
	c.estimate = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "containment_zxcvbn_estimate_duration_seconds", Help: "Time that it took to estimate the strength of a passphrase.", Buckets: checkBuckets(),
	})
	reg.add(c.estimate)
	c.addControl(reg)
	c.start()
}

func (c *chamberMetrics) addControl(reg registrar) {
	c.controlUp = reg.gauges("containment_control_plane_component_up", "1 when the last refresh of this part of the signer state succeeded.", "component")
	c.controlSuccess = reg.gauges("containment_control_plane_last_success_unix_seconds", "When this part of the signer state was last refreshed.", "component")
	c.controlRefreshes = reg.counters("containment_control_plane_refresh_total", "Refreshes of parts of the signer state by outcome.", "component", "status")
}

// start has the series exist that are known beforehand.
func (c *chamberMetrics) start() {
	startAtZero(c.rotations, []string{"kms", "unseal", "mode"})
	for _, action := range []string{"encrypt", "decrypt", "describe_key", "generate_data_key"} { // the last is of the contract, no ceremony needs it
		c.kmsTook.WithLabelValues(action)
		c.kmsCalls.WithLabelValues(action, statusSuccess)
		c.kmsCalls.WithLabelValues(action, statusError)
	}
	for _, component := range messages.Components() {
		c.controlRefreshes.WithLabelValues(component, statusSuccess)
		c.controlRefreshes.WithLabelValues(component, statusError)
	}
	for _, reason := range []string{"too_short", "too_long", "too_weak", "contains_operator_name"} {
		c.passphrases.WithLabelValues(reason, "register")
		c.passphrases.WithLabelValues(reason, "rotate")
	}
}

const (
	statusSuccess = "success"
	statusError   = "error"
)

func statusOf(err error) string {
	if err != nil {
		return statusError
	}
	return statusSuccess
}

// observe moves the metrics of the chamber that the event concerns.
func (c *chamberMetrics) observe(event messages.Event) {
	switch e := event.(type) {
	case messages.SealChanged:
		if e.To.Signs() && !e.From.Signs() {
			c.unseals.Inc()
		}
	case messages.ChamberInitialized:
		c.inits.Inc()
	case messages.ChamberSealed:
		c.seals.Inc()
	case messages.ShareSubmitted:
		if e.Index > 0 { // a name that is made up is not to make a series
			count(c.shares, e.Operator)
		}
	case messages.RotationFinished:
		count(c.rotations, e.Kind)
	case messages.GuardStuck:
		c.stuck.Inc()
	case messages.KMSCalled:
		c.kmsCalls.WithLabelValues(valid(e.Action), statusOf(e.Err)).Inc()
		c.kmsTook.WithLabelValues(valid(e.Action)).Observe(e.Took.Seconds())
	case messages.PassphraseRefused:
		c.passphrases.WithLabelValues(valid(e.Reason), valid(e.Endpoint)).Inc()
	case messages.PassphraseEstimated:
		c.estimate.Observe(e.Took.Seconds())
	case messages.ControlRefreshed:
		c.refreshed(e)
	}
}

func (c *chamberMetrics) refreshed(e messages.ControlRefreshed) {
	component := valid(e.Component)
	c.controlUp.WithLabelValues(component).Set(truth(e.Err == nil))
	c.controlRefreshes.WithLabelValues(component, statusOf(e.Err)).Inc()
	if e.Err == nil {
		c.controlSuccess.WithLabelValues(component).Set(float64(e.At.UnixMilli()) / float64(time.Second/time.Millisecond))
	}
}

// callBuckets are seconds from 1 ms, a key in a file, to 30 s, a call across the world that was tried again.
func callBuckets() []float64 {
	return []float64{0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}
}
