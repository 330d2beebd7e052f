package main

import (
	"math/bits"
	"time"
)

const (
	// subBits makes 64 buckets of each power of two, so that a quantile is at most 1/64 (1.6 %) too high.
	subBits = 6
	// maxBits holds latencies below 2^40 ns, 18 minutes; longer ones fall into the last bucket.
	maxBits = 40
	buckets = (maxBits - subBits + 1) << subBits
)

// histogram counts latencies in buckets whose width grows with the value, as HdrHistogram does. The zero value is empty.
type histogram struct {
	counts  [buckets]uint32
	total   uint64
	longest time.Duration
}

// record counts one latency; a negative one counts as zero.
func (h *histogram) record(d time.Duration) {
	d = max(d, 0)
	h.counts[bucketOf(d)]++
	h.total++
	h.longest = max(h.longest, d)
}

// add counts what other has counted.
func (h *histogram) add(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.total += other.total
	h.longest = max(h.longest, other.longest)
}

// quantile returns a latency that a share q, of 0 to 1, of all did not exceed: the upper end of its bucket, never more than
// the longest. It is zero when nothing was counted.
func (h *histogram) quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := min(uint64(q*float64(h.total)), h.total-1)
	for i, n := range h.counts {
		if rank < uint64(n) {
			return min(upperEnd(i), h.longest)
		}
		rank -= uint64(n)
	}
	return h.longest // unreachable: the counts add up to the total
}

// bucketOf returns the bucket of d: the power of two, and the subBits bits below it.
func bucketOf(d time.Duration) int {
	v := min(uint64(d), 1<<maxBits-1)
	shift := max(bits.Len64(v)-subBits-1, 0)
	return shift<<subBits + int(v>>shift)
}

// upperEnd returns the largest latency of a bucket.
func upperEnd(bucket int) time.Duration {
	shift := max(bucket>>subBits-1, 0)
	return time.Duration((uint64(bucket-shift<<subBits)+1)<<shift - 1)
}
