package main

import (
	"testing"
	"time"
)

// TestUsableConnections keeps rounds from overtaking each other.
func TestUsableConnections(t *testing.T) {
	for _, test := range []struct {
		asked int
		round uint64
		once  bool
		want  int
	}{
		{64, 1000, false, 64}, {64, 100, false, 50}, {64, 10, false, 5}, {64, 1, false, 1}, {64, 10, true, 10}, {4, 10, true, 4},
	} {
		c := loadCommand{Connections: test.asked, Once: test.once}
		if got := c.usable(plan{round: test.round}); got != test.want {
			t.Errorf("%+v: %d", test, got)
		}
	}
}

func TestTook(t *testing.T) {
	start := time.Unix(0, 0)
	o := outcome{before: reading{at: start}, after: reading{at: start.Add(time.Minute)}}
	if got := o.took(); got != time.Minute {
		t.Errorf("a stretch took %v, want 1m", got)
	}
	o.bursts = []time.Duration{time.Second, 2 * time.Second}
	if got := o.took(); got != 3*time.Second {
		t.Errorf("bursts took %v, want 3s", got)
	}
}
