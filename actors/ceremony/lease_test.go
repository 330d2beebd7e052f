package ceremony_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"containment-chamber/actors/ceremony"
	"containment-chamber/messages"
)

// TestLease lets a lease live: it has one holder at a time, its fences grow whatever the clock does, and only the holder
// gives it back.
func TestLease(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l ceremony.Lease
		var fences []uint64
		now := time.Unix(1_700_000_000, 0)
		t.Repeat(map[string]func(*rapid.T){
			"clock": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.Int64Range(-1e12, 1e12).Draw(t, "jump")))
			},
			"acquire": func(t *rapid.T) {
				next, err := l.Acquire("init", "alice", now)
				if (err == nil) == l.Holder.Held {
					t.Fatalf("held: %t, and acquiring says %v", l.Holder.Held, err)
				}
				if err != nil && (!errors.Is(err, messages.ErrGuardBusy) || next != l) {
					t.Fatal("a refusal changed something, or has no name")
				}
				if err == nil {
					if len(fences) > 0 && next.Holder.Fence <= fences[len(fences)-1] {
						t.Fatal("a fence did not grow")
					}
					fences = append(fences, next.Holder.Fence)
				}
				l = next
			},
			"release": func(t *rapid.T) {
				fence := rapid.SampledFrom(append(fences, 0)).Draw(t, "fence")
				next, err := l.Release(fence)
				if own := l.Holder.Held && fence == l.Holder.Fence; own != (err == nil) {
					t.Fatalf("released by its holder: %t, error: %v", own, err)
				}
				if err == nil && next.Holder.Held || err != nil && next != l {
					t.Fatal("released and still held, or refused and changed")
				}
				l = next
			},
		})
	})
}

func TestFencesGrowOverRestarts(t *testing.T) {
	before, _ := ceremony.Lease{}.Acquire("init", "", time.Unix(1_700_000_000, 5))
	after, _ := ceremony.Lease{}.Acquire("init", "", time.Unix(1_700_000_001, 0))
	if after.Last <= before.Last {
		t.Errorf("%d after %d", after.Last, before.Last)
	}
}
