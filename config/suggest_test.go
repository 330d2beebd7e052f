package config

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"port", "port", 0}, {"prot", "port", 1}, {"pot", "port", 1}, {"ports", "port", 1}, {"sort", "port", 1},
		{"", "abc", 3}, {"kitten", "sitting", 3}, {"ca", "abc", 3}, {"a", strings.Repeat("b", 30), 29},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("%q to %q: got %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestDistanceIsSymmetric(t *testing.T) {
	word := rapid.StringMatching(`[abc]{0,14}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := distance(a, b)
		if d != distance(b, a) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("%q and %q: %d and %d", a, b, d, distance(b, a))
		}
	})
}

// One slip in any key leads back to it.
func TestOneSlipIsUnderstood(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SampledFrom(keys()).Draw(t, "key")
		i := rapid.IntRange(0, len(key)-1).Draw(t, "at")
		slip := key[:i] + rapid.SampledFrom([]string{"", "x", key[i:i+1] + key[i:i+1]}).Draw(t, "slip") + key[i+1:]
		if got := nearest(slip, keys()); got != key {
			t.Fatalf("%q: got %q, want %q", slip, got, key)
		}
	})
}
