package main

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestQuantilesAgainstExact compares with the sorted list: never too low, and at most 1/64 too high.
func TestQuantilesAgainstExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(0, int64(10*time.Minute)), 1, 200).Draw(t, "values")
		split := rapid.IntRange(0, len(values)).Draw(t, "split")
		var h, other histogram
		for i, v := range values {
			if i < split {
				h.record(time.Duration(v))
			} else {
				other.record(time.Duration(v))
			}
		}
		h.add(&other)
		slices.Sort(values)
		for _, q := range []float64{0, 0.5, 0.9, 0.99, 0.999, 1} {
			exact := values[min(int(q*float64(len(values))), len(values)-1)]
			got := int64(h.quantile(q))
			if got < exact || float64(got) > float64(exact)*(1+1.0/64)+1 {
				t.Fatalf("quantile %v of %v is %d, want %d and at most 1/64 more", q, values, got, exact)
			}
		}
		if got := int64(h.longest); got != values[len(values)-1] {
			t.Fatalf("longest is %d, want %d", got, values[len(values)-1])
		}
	})
}

func TestHistogramEdges(t *testing.T) {
	var h histogram
	if got := h.quantile(0.5); got != 0 {
		t.Errorf("an empty histogram has a median of %v", got)
	}
	h.record(-time.Second)
	h.record(24 * time.Hour)
	if got := h.quantile(0); got != 0 {
		t.Errorf("a negative latency counts as %v, want 0", got)
	}
	if h.longest != 24*time.Hour {
		t.Errorf("the longest is %v, want 24h", h.longest)
	}
}

// TestBucketsAreOrdered goes over all of them: each ends where the next begins.
func TestBucketsAreOrdered(t *testing.T) {
	for b := range buckets - 1 {
		if bucketOf(upperEnd(b)) != b || bucketOf(upperEnd(b)+1) != b+1 {
			t.Fatalf("bucket %d does not end at %d", b, upperEnd(b))
		}
	}
}
