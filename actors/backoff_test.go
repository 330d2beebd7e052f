package actors

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBackoffDoublesUpToTheCap(t *testing.T) {
	r := Restart{Base: 100 * time.Millisecond, Cap: time.Second}
	for attempt, want := range []time.Duration{100, 200, 400, 800, 1000, 1000} {
		want *= time.Millisecond
		var least, most time.Duration = math.MaxInt64, 0
		for range 2000 {
			d := backoff(r, attempt+1)
			least, most = min(least, d), max(most, d)
		}
		// Half is jitter: over 2000 draws it fills its range but for a hundredth.
		if least < want/2 || most > want || most-least < want*49/100 {
			t.Errorf("attempt %d: between %v and %v, want %v and %v", attempt+1, least, most, want/2, want)
		}
	}
}

func TestBackoffStaysWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Restart{
			Base: time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "base")),
			Cap:  time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "cap")),
		}
		attempt := rapid.IntRange(1, 200).Draw(t, "attempt")
		// Without a cap it would be this, in floating point, where nothing overflows.
		full := min(float64(r.Base)*math.Pow(2, float64(attempt-1)), float64(r.Cap))
		d := float64(backoff(r, attempt))
		if d < full/2-1 || d > full*(1+1e-9) {
			t.Fatalf("backoff(%+v, %d) = %v, want between %v and %v", r, attempt, d, full/2, full)
		}
	})
}
