package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
)

// web3signerMetrics are the metrics that Web3Signer's dashboard and its users' alerts ask for, under its names.
type web3signerMetrics struct {
	signersLoaded     prometheus.Gauge
	signingDuration   prometheus.Summary
	missingIdentifier prometheus.Counter
	malformedRequest  prometheus.Counter
	permitted         prometheus.Counter
	prevented         prometheus.Counter
}

func newWeb3signerMetrics(reg registrar) web3signerMetrics {
	duration := prometheus.NewSummary(prometheus.SummaryOpts{
		Name: "signing_bls_signing_duration",
		Help: "Seconds that a successful sign request took (Web3Signer's name for containment_signing_duration_seconds).",
		// quantile: tolerated error of its rank
		Objectives: map[float64]float64{0.2: 0.02, 0.5: 0.02, 0.8: 0.02, 0.95: 0.005, 0.99: 0.001},
	})
	reg.add(duration)
	return web3signerMetrics{
		signersLoaded: reg.gauge("signing_signers_loaded_count",
			"Keys that are loaded (Web3Signer's name for the sum of containment_keys_active)."),
		signingDuration: duration,
		missingIdentifier: reg.counter("signing_bls_missing_identifier_count_total",
			"Sign requests for a key that is not loaded (Web3Signer's name)."),
		malformedRequest: reg.counter("http_bls_malformed_request_count_total",
			"Sign requests that were answered 400 (Web3Signer's name)."),
		permitted: reg.counter("eth2_slashingprotection_permitted_signings_total",
			"Blocks and attestations that slashing protection let pass and that were signed (Web3Signer's name)."),
		prevented: reg.counter("eth2_slashingprotection_prevented_signings_total",
			"Duties that slashing protection refused for any reason (Web3Signer's name)."),
	}
}

// finished moves the metrics of one sign request.
func (w *web3signerMetrics) finished(e messages.SigningFinished) {
	switch e.Status {
	case messages.StatusSigned:
		w.signingDuration.Observe(e.Took.Seconds())
		if e.Duty.Operation.Protected() {
			w.permitted.Inc()
		}
	case messages.StatusUnknownKey:
		w.missingIdentifier.Inc()
	case messages.StatusInvalid, messages.StatusRootMismatch:
		w.malformedRequest.Inc()
	}
}
