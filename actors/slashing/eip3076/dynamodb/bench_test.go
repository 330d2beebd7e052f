package dynamodb_test

import (
	"context"
	"testing"

	"containment-chamber/messages"
)

// BenchmarkRecord records groups of 64 votes of different keys, as they come at the beginning of an epoch.
func BenchmarkRecord(b *testing.B) {
	const keys = 64
	store := open(b, fresh(b).config())
	epoch := uint64(0)
	group := func() {
		duties := make([]messages.KeyDuty, keys)
		for k := range duties {
			duties[k] = voteOf(keyOf(byte(k)), epoch, epoch+1, 1)
		}
		epoch++
		recorded, err := store.Record(context.Background(), duties)
		if err != nil {
			b.Fatal(err)
		}
		for _, verdict := range recorded.Verdicts {
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
