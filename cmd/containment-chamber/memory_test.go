package main

import (
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"containment-chamber/messages"
)

func TestParseMeminfo(t *testing.T) {
	for text, want := range map[string]int64{
		"MemTotal:       16384 kB\nMemAvailable:    8192 kB\n": 8 << 20,
		"MemTotal:       16384 kB\n":                           fallbackMemory,
		"MemAvailable:   much\n":                               fallbackMemory,
		"":                                                     fallbackMemory,
	} {
		if got := parseMeminfo(strings.NewReader(text)); got != want {
			t.Errorf("%q: %d bytes, want %d", text, got, want)
		}
	}
}

// What computations with secrets have left is collected a second after their end, and once for all that end together.
func TestCollector(t *testing.T) {
	for _, event := range []messages.Event{messages.KeysLoaded{}, messages.GuardReleased{}, messages.SealChanged{}} {
		synctest.Test(t, func(t *testing.T) {
			var c collector
			for range 2 {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for range 100 {
					c.observe(event)
				}
				time.Sleep(2 * time.Second)
				runtime.ReadMemStats(&after)
				if n := after.NumForcedGC - before.NumForcedGC; n < 1 || n > 50 { // other tests may force some
					t.Errorf("%T: collected %d times", event, n)
				}
			}
		})
	}
}
