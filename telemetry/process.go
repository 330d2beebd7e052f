package telemetry

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
)

// addProcess creates the gauges of memory and files, which are read below the given directory of Linux's proc file
// system. Elsewhere there are none, and so they are not shown.
func addProcess(reg registrar, proc string) {
	if _, err := os.Stat(filepath.Join(proc, "statm")); err != nil {
		return
	}
	reg.sampled("containment_process_resident_memory_bytes", "Memory of the process that is resident.", func() float64 {
		return residentBytes(proc)
	})
	reg.sampled("containment_process_open_fds", "File descriptors that the process holds open.", func() float64 {
		return openFiles(proc)
	})
}

// residentBytes reads the second field of statm, which counts pages (proc_pid_statm(5)); NaN when it cannot.
func residentBytes(proc string) float64 {
	text, err := os.ReadFile(filepath.Join(proc, "statm"))
	if err != nil {
		return math.NaN()
	}
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return math.NaN()
	}
	pages, err := strconv.ParseUint(string(fields[1]), 10, 64)
	if err != nil {
		return math.NaN()
	}
	return float64(pages) * float64(os.Getpagesize())
}

// openFiles counts the entries of fd, less the one that the counting opens; NaN when it cannot.
func openFiles(proc string) float64 {
	entries, err := os.ReadDir(filepath.Join(proc, "fd"))
	if err != nil {
		return math.NaN()
	}
	return float64(len(entries) - 1)
}
