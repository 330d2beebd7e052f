package telemetry_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"containment-chamber/telemetry"
)

// newLogger makes a logger that writes JSON.
func newLogger(t *testing.T, to io.Writer, level string) *slog.Logger {
	t.Helper()
	logger, err := telemetry.NewLogger(telemetry.LogConfig{Writer: to, Format: telemetry.FormatJSON, Level: level})
	if err != nil {
		t.Fatal(err)
	}
	return logger
}

// lines decodes what was logged as JSON. A key that a line has twice fails the test.
func lines(t *testing.T, log *bytes.Buffer) []map[string]any {
	t.Helper()
	var all []map[string]any
	for text := range strings.Lines(log.String()) {
		line := make(map[string]any)
		decoder := json.NewDecoder(strings.NewReader(text))
		token(t, decoder) // the brace
		for decoder.More() {
			key := token(t, decoder).(string)
			var value any
			if err := decoder.Decode(&value); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if _, twice := line[key]; twice {
				t.Errorf("key %s is there twice: %s", key, text)
			}
			line[key] = value
		}
		all = append(all, line)
	}
	return all
}

func token(t *testing.T, decoder *json.Decoder) json.Token {
	t.Helper()
	token, err := decoder.Token()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestJSON(t *testing.T) {
	var log bytes.Buffer
	newLogger(t, &log, "").With("request_id", "r1").Info("key loaded", "count", 3)
	got := lines(t, &log)[0]
	stamp, _ := got["timestamp"].(string)
	if !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(stamp) {
		t.Errorf("timestamp %q is not RFC 3339 in UTC with milliseconds", stamp)
	}
	if at, err := time.Parse(time.RFC3339, stamp); err != nil || time.Since(at) > time.Minute {
		t.Errorf("timestamp %q is not now: %v", stamp, err)
	}
	delete(got, "timestamp")
	want := map[string]any{
		"level": "INFO", "target": "containment_chamber", "message": "key loaded", "request_id": "r1", "count": 3.0,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFormats(t *testing.T) {
	yes, no := true, false
	for name, test := range map[string]struct {
		cfg           telemetry.LogConfig
		json, colored bool
	}{
		"text on a terminal":         {telemetry.LogConfig{Format: "text", Terminal: true}, false, true},
		"text elsewhere":             {telemetry.LogConfig{Format: "text"}, false, false},
		"text, colour wanted":        {telemetry.LogConfig{Format: "text", Color: &yes}, false, true},
		"text, colour not wanted":    {telemetry.LogConfig{Format: "text", Color: &no, Terminal: true}, false, false},
		"json on a terminal":         {telemetry.LogConfig{Format: "json", Terminal: true}, true, false},
		"json never has colour":      {telemetry.LogConfig{Format: "json", Color: &yes}, true, false},
		"auto on a terminal":         {telemetry.LogConfig{Format: "auto", Terminal: true}, false, true},
		"auto elsewhere":             {telemetry.LogConfig{Format: "auto"}, true, false},
		"nothing said, no terminal":  {telemetry.LogConfig{}, true, false},
		"nothing said on a terminal": {telemetry.LogConfig{Terminal: true}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			test.cfg.Writer = &log
			logger, err := telemetry.NewLogger(test.cfg)
			if err != nil {
				t.Fatal(err)
			}
			logger.Error("store down", "cause", "disk\nfull")
			if got := json.Valid(log.Bytes()); got != test.json {
				t.Errorf("JSON is %t, want %t: %s", got, test.json, &log)
			}
			if got := strings.Contains(log.String(), "\x1b["); got != test.colored {
				t.Errorf("colour is %t, want %t: %q", got, test.colored, &log)
			}
			if strings.Count(log.String(), "\n") != 1 {
				t.Errorf("not one line: %q", &log)
			}
		})
	}
}

func TestText(t *testing.T) {
	var log bytes.Buffer
	logger, err := telemetry.NewLogger(telemetry.LogConfig{Writer: &log, Format: telemetry.FormatText})
	if err != nil {
		t.Fatal(err)
	}
	logger.Warn("key not loaded", "name", "a b.json", "password", "hunter2")
	want := regexp.MustCompile(`^\S+\.\d{3}Z WRN key not loaded target=containment_chamber name="a b.json" password=\[redacted\]\n$`)
	if !want.MatchString(log.String()) {
		t.Errorf("got %q", &log)
	}
}

func TestBadLogConfig(t *testing.T) {
	for _, cfg := range []telemetry.LogConfig{{Format: "xml"}, {Format: "JSON"}, {Level: "inof"}} {
		cfg.Writer = io.Discard
		if logger, err := telemetry.NewLogger(cfg); err == nil || logger != nil {
			t.Errorf("%+v: got %v, %v, want an error", cfg, logger, err)
		}
	}
}
