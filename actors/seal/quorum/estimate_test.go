package quorum_test

import (
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/seal/quorum"
)

// The estimator alone would try thousands of readings of these, for ten seconds and more each.
func TestEstimateIsBounded(t *testing.T) {
	for _, block := range []string{"4@8({[<369!1|70$5+%2.", "1!|7k", "({[<4@8", "7+s$1!|q", "p4ssw0rd1$"} {
		for _, tail := range []string{"", "?"} {
			text := strings.Repeat(block, 1+99/len(block))[:99] + tail
			begin := time.Now()
			_ = quorum.CheckPassphrase([]byte(text), "alice", nil)
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("%s took %v", text, took)
			}
		}
	}
}
