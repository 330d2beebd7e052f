package dynamodb_test

import (
	"testing"

	"containment-chamber/actors/slashing/eip3076/storetest"
)

// BenchmarkRecord records groups of 64 votes of different keys, as they come at the beginning of an epoch.
func BenchmarkRecord(b *testing.B) {
	const keys = 64
	store := open(b, fresh(b).config())
	votes := storetest.Votes{Validators: keys}
	group := func() {
		for _, verdict := range verdicts(b, store, votes.Group(keys)...) {
			if verdict != nil {
				b.Fatal(verdict)
			}
		}
	}
	group() // which makes the heads
	for b.Loop() {
		group()
	}
	b.ReportMetric(float64(keys*b.N)/b.Elapsed().Seconds(), "signatures/s")
}
