package config_test

import "testing"

func TestOnOff(t *testing.T) {
	for text, want := range map[string]bool{"true": true, "false": false} {
		if got := (sources{env: []string{"CONTAINMENT_METRICS__PPROF=" + text}}).mustLoad(t).Metrics.Pprof; got != want {
			t.Errorf("%s: got %t", text, got)
		}
	}
	for _, text := range []string{"yes", "on", "1", "TRUE"} {
		if _, err := (sources{env: []string{"CONTAINMENT_METRICS__PPROF=" + text}}).load(t); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
