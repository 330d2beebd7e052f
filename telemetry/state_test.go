package telemetry_test

import (
	"testing"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

func TestSignerState(t *testing.T) {
	m, reg := newMetrics()
	for _, current := range append([]telemetry.SignerState{"", "nonsense"}, messages.SealStates()...) {
		if current != "" {
			m.SetSignerState(current)
		}
		got := series(t, reg)
		for _, state := range messages.SealStates() {
			want := "0"
			if state == current {
				want = "1"
			}
			if value := got[`containment_signer_state{state="`+string(state)+`"}`]; value != want {
				t.Errorf("in state %q, the series of %q is %s, want %s", current, state, value, want)
			}
		}
	}
}
