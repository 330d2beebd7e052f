package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"containment-chamber/messages"
)

// fallbackMemory is assumed where the system does not tell: four scrypt keystores at once.
const fallbackMemory = 2 << 30

// availableMemory is how many bytes can be used without swapping (Linux: MemAvailable of proc(5)).
func availableMemory() int64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return fallbackMemory
	}
	defer f.Close()
	return parseMeminfo(f)
}

func parseMeminfo(r io.Reader) int64 {
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var kib int64
		if _, err := fmt.Sscanf(lines.Text(), "MemAvailable: %d kB", &kib); err == nil {
			return kib << 10
		}
	}
	return fallbackMemory
}

// collectAfterLoading gives back what loading has left behind. It also wipes the keys that a reload removed: the garbage
// collector does, once the signing actor has let go of the old ring, for which it is given a second.
func collectAfterLoading(e messages.Event) {
	if _, ok := e.(messages.KeysLoaded); ok {
		time.AfterFunc(time.Second, debug.FreeOSMemory)
	}
}
