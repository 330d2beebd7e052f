package telemetry

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"containment-chamber/messages"
)

func TestProgressBar(t *testing.T) {
	for want, e := range map[string]messages.KeysLoading{
		"loading keys [--------------------] 0/0, 0.0/s":                      {},
		"loading keys [--------------------] 0/10, 0.0/s":                     {Found: 10, Took: time.Second},
		"loading keys [#####---------------] 25/100, 2.5/s, 30s left":         {Done: 25, Found: 100, Took: 10 * time.Second},
		"loading keys [##########----------] 5/10, 1 failed, 0.5/s, 10s left": {Done: 4, Failures: 1, Found: 10, Took: 10 * time.Second},
		"loading keys [####################] 10000/10000, 5000/s":             {Done: 10_000, Found: 10_000, Took: 2 * time.Second},
		"loading keys [--------------------] 1/3600, 1.0/s, 59m59s left":      {Done: 1, Found: 3600, Took: time.Second},
	} {
		if got := progressBar(e, 100); got != want {
			t.Errorf("%+v:\n%s, want\n%s", e, got, want)
		}
	}
	for _, width := range []int{-1, 0, 1, 20, 79} {
		line := progressBar(messages.KeysLoading{Done: 40_000, Failures: 40_000, Found: 90_000, Took: time.Hour}, width)
		if len(line) > max(0, width) {
			t.Errorf("%d columns of %d: %s", len(line), width, line)
		}
	}
}

// logged runs a loading that goes through done, one step each interval, and returns what was logged of it.
func logged(t *testing.T, found int, interval time.Duration, done ...int) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	logger, err := NewLogger(LogConfig{Writer: &out, Format: FormatJSON, Level: "info"})
	if err != nil {
		t.Fatal(err)
	}
	observe := ProgressLog(logger)
	for range 2 { // two loadings are logged alike
		out.Reset()
		observe(messages.KeysLoading{})
		for i, d := range done {
			observe(messages.KeysLoading{Done: d, Found: found, Took: time.Duration(i+1) * interval})
		}
		observe(messages.KeysLoaded{})
	}
	var lines []map[string]any
	for text := range strings.Lines(out.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

func steps(from, to, by int) (out []int) {
	for n := from; n <= to; n += by {
		out = append(out, n)
	}
	return out
}

func TestProgressLog(t *testing.T) {
	tests := map[string]struct {
		lines []map[string]any
		want  []float64
	}{
		"a tenth at a time":    {logged(t, 100, time.Second, steps(1, 100, 1)...), steps64(5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100)},
		"every five seconds":   {logged(t, 10_000, time.Second, steps(1, 11, 1)...), steps64(5, 10)},
		"one a second at most": {logged(t, 100, 200*time.Millisecond, steps(5, 100, 5)...), steps64(25, 50, 75, 100)},
		"less than a second":   {logged(t, 100, 200*time.Millisecond, 30, 60, 90), nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []float64
			for _, line := range test.lines {
				rate, _ := line["keys_per_second"].(float64)
				if line["level"] != "INFO" || line["target"] != messages.TargetKeys || rate < 1 || line["left"] == nil {
					t.Errorf("logged %v", line)
				}
				got = append(got, line["done"].(float64))
			}
			if len(got) != len(test.want) {
				t.Fatalf("logged at %v, want %v", got, test.want)
			}
			for i := range got {
				if got[i] != test.want[i] {
					t.Errorf("logged at %v, want %v", got, test.want)
				}
			}
		})
	}
}

func steps64(n ...float64) []float64 { return n }
