package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"containment-chamber/messages"
)

// bench runs the program, and returns its exit code and what it wrote.
func bench(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, complaints bytes.Buffer
	code = run(t.Context(), args, terminal{stdout: &out, stderr: &complaints})
	return code, out.String(), complaints.String()
}

// brief keeps a run short, on a fake of eight keys.
func brief(url string, more ...string) []string {
	return append([]string{"--url", url, "--pid", fmt.Sprint(os.Getpid()), "--keys", "8", "--connections", "2", "--duration", "150ms",
		"--warmup", "20ms", "--raw-spell", "1ms", "--verify-every", "5", "--output", "json"}, more...)
}

// TestEndToEnd puts a fake signer under each mix: every signature is right, and nothing fails.
func TestEndToEnd(t *testing.T) {
	url := newFake(t, 8).serve(t)
	for _, args := range [][]string{
		{"--mix", "burst"}, {"--mix", "unique"}, {"--mix", "epoch"}, {"--mix", "batch", "--batch-size", "3"},
		{"--mix", "burst", "--rate", "200"}, {"--mix", "burst", "--once", "--rounds", "2"}, {"--mix", "batch", "--once", "--rounds", "1"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			code, stdout, stderr := bench(t, brief(url, args...)...)
			if code != exitDone {
				t.Fatalf("exit %d: %s", code, stderr)
			}
			var r report
			if err := json.Unmarshal([]byte(stdout), &r); err != nil {
				t.Fatal(err)
			}
			if r.Result.Signatures == 0 || r.Result.Requests == 0 || len(r.Result.Errors) != 0 || r.Result.Latency.Max <= 0 {
				t.Errorf("result %+v", r.Result)
			}
			if slices.Contains(args, "--once") == (r.Bursts == nil) {
				t.Errorf("bursts %+v", r.Bursts)
			}
			if r.Raw.SingleCPU <= 0 || r.Raw.ParallelPerSecond <= 0 {
				t.Errorf("raw %+v", r.Raw)
			}
		})
	}
}

// TestShapeOfJSON compares the names of the report with a golden file: others read them.
func TestShapeOfJSON(t *testing.T) {
	report := &report{
		Load:   loadReport{BatchSize: 1, Rate: 1, ServerFlags: []string{""}},
		Result: resultReport{Errors: []errorReport{{}}},
		Bursts: &burstReport{Each: []float64{0}},
		Server: &serverReport{CommitsPerSignature: new(float64)},
		Speed:  &speedReport{},
	}
	var got bytes.Buffer
	if err := report.write(&got, "json"); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("testdata", "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the report's shape is not that of testdata/report.json; if that is meant, write there:\n%s", &got)
	}
}

// TestNonsenseIsNotFast runs against signers that deliver something else.
func TestNonsenseIsNotFast(t *testing.T) {
	for name, tamper := range map[string]func(messages.Signature) messages.Signature{
		"wrong":     func(s messages.Signature) messages.Signature { s[95] ^= 1; return s },
		"duplicate": func(messages.Signature) messages.Signature { return messages.Signature{0xc0} },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, 8)
			f.tamper = tamper
			code, _, stderr := bench(t, brief(f.serve(t))...)
			if code != exitFailed || !strings.Contains(stderr, name) {
				t.Errorf("exit %d: %s", code, stderr)
			}
		})
	}
}

// TestForeignKeysAreLeftAlone runs against a signer that has other keys.
func TestForeignKeysAreLeftAlone(t *testing.T) {
	code, _, stderr := bench(t, brief(newFake(t, 7).serve(t))...)
	if code != exitFailed || !strings.Contains(stderr, "lacks 1 of the bench's 8 keys") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestUsage(t *testing.T) {
	const url = "http://127.0.0.1:1"
	for want, args := range map[string][]string{
		"one of --binary and --url":     {},
		"can't be used together":        {"--url", url, "--binary", os.Args[0]},
		"only loopback addresses":       {"--url", "http://192.0.2.1:9000"},
		"want http://HOST:PORT":         {"--url", "https://127.0.0.1:9000"},
		"--keys: want 1 to":             {"--url", url, "--keys", "0"},
		"--connections: want":           {"--url", url, "--connections", "0"},
		"at most 30m":                   {"--url", url, "--duration", "30m"},
		"--rate and --once exclude":     {"--url", url, "--rate", "1", "--once"},
		"--network":                     {"--url", url, "--network", "nowhere"},
		"flags for a server need":       {"--url", url, "--", "--x"},
		"--profiles and --once":         {"--url", url, "--profiles", "x", "--once"},
		"need --metrics-url":            {"--url", url, "--profiles", "x"},
		"want --metrics-url http://":    {"--url", url, "--profiles", "x", "--metrics-url", url},
		"--mix must be one of":          {"--url", url, "--mix", "other"},
		"--keys: want 1 to 100000\n":    {"keys", "--keys", "0", "--file", "x"},
		"missing flags: --file=STRING;": {"keys"},
	} {
		if code, _, stderr := bench(t, args...); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit %d: %s, want exit 2 and %q", args, code, stderr, want)
		}
	}
}

func TestHelp(t *testing.T) {
	if code, stdout, _ := bench(t, "load", "--help"); code != exitDone || !strings.Contains(stdout, "--verify-every") {
		t.Errorf("exit %d: %s", code, stdout)
	}
}
