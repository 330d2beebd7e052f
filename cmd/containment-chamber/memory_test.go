package main

import (
	"strings"
	"testing"
)

func TestParseMeminfo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"MemTotal:       24684536 kB\nMemFree:          100 kB\nMemAvailable:   2048 kB\n": 2048 << 10,
		"MemTotal:       24684536 kB\n":   fallbackMemory,
		"MemAvailable:   much of it kB\n": fallbackMemory,
		"":                                fallbackMemory,
	} {
		if got := parseMeminfo(strings.NewReader(text)); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	if got := availableMemory(); got < 1<<20 {
		t.Errorf("this machine has %d bytes", got)
	}
}
