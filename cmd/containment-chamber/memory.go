package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync/atomic"
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

// collector has the garbage collector come after what leaves secrets behind: loading keys, a ceremony, another state of
// the chamber. It erases what computations with secrets have left (see secmem.Do), wipes the keys that nobody refers to any
// more, and gives memory back. Left alone it might not come for two minutes.
type collector struct{ waiting atomic.Int64 }

// observe waits a second, until whoever used the secrets has let go of them. However much happens, it is once a second.
func (c *collector) observe(e messages.Event) {
	switch e.(type) {
	case messages.KeysLoaded, messages.GuardReleased, messages.SealChanged:
		if c.waiting.Add(1) == 1 {
			time.AfterFunc(time.Second, c.collect)
		}
	}
}

// collect comes again for those that had less than their second.
func (c *collector) collect() {
	debug.FreeOSMemory()
	if c.waiting.Swap(0) > 1 && c.waiting.Add(1) == 1 {
		time.AfterFunc(time.Second, c.collect)
	}
}
