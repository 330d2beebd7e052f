package telemetry

import (
	"slices"

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
	// commitOfBlocks and commitOfAttestations are one metric, by label.
	commitOfBlocks, commitOfAttestations prometheus.Observer
}

func newWeb3signerMetrics(reg registrar) web3signerMetrics {
	duration := prometheus.NewSummary(prometheus.SummaryOpts{
		Name:       "signing_bls_signing_duration",
		Help:       "Seconds that a successful sign request took (Web3Signer's name for containment_signing_duration_seconds).",
		Objectives: web3signerQuantiles(),
	})
	reg.add(duration)
	commit := prometheus.NewSummaryVec(prometheus.SummaryOpts{
		Name:       "eth2_slashingprotection_database_duration",
		Help:       "Seconds that a commit to the slashing-protection store took; one with a block in it is a block's (Web3Signer's name).",
		Objectives: web3signerQuantiles(),
	}, []string{"signingOperation"})
	reg.add(commit)
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
		commitOfBlocks:       commit.WithLabelValues("block"),
		commitOfAttestations: commit.WithLabelValues("attestation"),
	}
}

// web3signerQuantiles are those that Web3Signer exports, each with the error of its rank that is tolerated.
func web3signerQuantiles() map[float64]float64 {
	return map[float64]float64{0.2: 0.02, 0.5: 0.02, 0.8: 0.02, 0.95: 0.005, 0.99: 0.001}
}

// committed observes one commit to the store, whatever the number of duties in it.
func (w *web3signerMetrics) committed(e messages.DutiesChecked) {
	isBlock := func(d messages.KeyDuty) bool {
		return d.Duty.Operation == messages.Block || d.Duty.Operation == messages.BlockV2
	}
	if slices.ContainsFunc(e.Duties, isBlock) {
		w.commitOfBlocks.Observe(e.Took.Seconds())
		return
	}
	w.commitOfAttestations.Observe(e.Took.Seconds())
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
	default: // Web3Signer has no metric for it
	}
}
