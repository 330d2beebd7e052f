package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestText compares a report with a golden file.
func TestText(t *testing.T) {
	commits := 0.0125
	full := &report{
		Machine: machine{"Some CPU", 2, "6.1", "go1.26", "linux/amd64"},
		Load:    loadReport{Mix: "batch", Keys: 3000, Connections: 64, BatchSize: 500, Rate: 12.5, ServerFlags: []string{"--signing-workers", "8"}},
		Result: resultReport{Seconds: 20, Requests: 100, Signatures: 50_000, SignaturesPerSecond: 2500,
			Latency: latencyReport{1, 2.25, 3, 4, 5},
			Errors:  []errorReport{{503, "overloaded", 7}, {0, "timeout", 1}}, Verified: 250},
		Bursts: &burstReport{3000, []float64{400, 390.4, 410}, 400},
		Server: &serverReport{350.25, 1.75, 50 << 20, 60 << 20, &commits},
		Client: clientReport{40},
		Raw:    rawReport{376.8, 400, 5000, 410},
		Speed:  &speedReport{1.14, 1.08, 1.17},
	}
	bare := &report{Machine: full.Machine, Load: loadReport{Mix: "burst", Keys: 1, Connections: 1}}
	var got bytes.Buffer
	for _, r := range []*report{full, bare} {
		if err := r.write(&got, "text"); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(filepath.Join("testdata", "report.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the report differs from testdata/report.txt; if that is meant, write there:\n%s", &got)
	}
}
