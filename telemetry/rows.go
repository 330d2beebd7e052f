package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
)

// rowMetrics count what is wrong with rows of the slashing-protection store.
type rowMetrics struct {
	mismatch, malformed *prometheus.CounterVec
	sealed              prometheus.Counter
}

// What the metrics of rows are told apart by.
const (
	malformedKey      = "malformed_pk"
	unsupportedScheme = "unsupported_scheme"
	macMismatch       = "mac_mismatch"
)

func newRowMetrics(reg registrar) rowMetrics {
	m := rowMetrics{
		mismatch: reg.counters("containment_anti_slashing_hmac_mismatch_total",
			"Rows of the slashing-protection store whose MAC is not that of their content, by kind.", "row_kind"),
		malformed: reg.counters("containment_anti_slashing_malformed_row_total",
			"Rows of the slashing-protection store that are not of a form that this version knows.", "reason"),
		sealed: reg.counter("containment_anti_slashing_master_key_sealed_total",
			"Protected duties that were not recorded because the chamber was sealed."),
	}
	startAtZero(m.mismatch, []string{"block", "attestation", "watermark"})
	startAtZero(m.malformed, []string{malformedKey, unsupportedScheme})
	return m
}

// refused counts a row. The contract has two reasons for malformed ones: what is wrong with anything but the public key
// is a form that no scheme has. A store that has gone back in time has no row that is wrong.
func (m rowMetrics) refused(e messages.RowRefused) {
	switch e.Reason {
	case "":
	case macMismatch:
		count(m.mismatch, e.Kind)
	case malformedKey:
		count(m.malformed, malformedKey)
	default:
		count(m.malformed, unsupportedScheme)
	}
}
