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

// What loading has left is collected a second after its end.
func TestCollectAfterLoading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		collectAfterLoading(messages.KeysLoaded{})
		time.Sleep(2 * time.Second)
		runtime.ReadMemStats(&after)
		if after.NumForcedGC == before.NumForcedGC {
			t.Error("nothing was collected")
		}
	})
}
