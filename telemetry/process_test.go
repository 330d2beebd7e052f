package telemetry

import (
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// These tests are inside the package: a proc file system that is broken cannot be had from outside.

func TestThisProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has /proc/self")
	}
	if got := residentBytes("/proc/self"); got < 1<<20 || got > 1<<40 {
		t.Errorf("%v bytes are resident, which cannot be", got)
	}
	before := openFiles("/proc/self")
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if after := openFiles("/proc/self"); before < 1 || after != before+1 {
		t.Errorf("%v files were open, %v after one more", before, after)
	}
}

func TestNoProcess(t *testing.T) {
	reg := prometheus.NewRegistry()
	addProcess(registrar{reg}, t.TempDir())
	if families, err := reg.Gather(); err != nil || len(families) != 0 {
		t.Errorf("got %v, %v where there is no proc file system", families, err)
	}
}

func TestBrokenProcess(t *testing.T) {
	proc := t.TempDir()
	if got := openFiles(proc); !math.IsNaN(got) {
		t.Errorf("%v files without a directory, want NaN", got)
	}
	if got := residentBytes(proc); !math.IsNaN(got) {
		t.Errorf("%v bytes without a file, want NaN", got)
	}
	for text, broken := range map[string]bool{"": true, "12": true, "12 x 3": true, "12 -3": true, "12 3 4\n": false} {
		if err := os.WriteFile(filepath.Join(proc, "statm"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := residentBytes(proc); math.IsNaN(got) != broken {
			t.Errorf("%q: %v", text, got)
		}
	}
}
