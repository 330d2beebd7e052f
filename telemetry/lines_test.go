package telemetry_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

func TestObserverWritesLines(t *testing.T) {
	var log bytes.Buffer
	observe := telemetry.Observer(newLogger(t, &log, "debug"))
	observe(nil)
	for _, event := range oneOfEach() {
		observe(event)
	}
	got := lines(t, &log)
	if len(got) != len(oneOfEach()) {
		t.Fatalf("%d lines for %d events", len(got), len(oneOfEach()))
	}
	for i, event := range oneOfEach() {
		line := event.Line()
		want := map[string]any{"level": line.Level.String(), "target": line.Target, "message": line.Message}
		for key := range want {
			if got[i][key] != want[key] {
				t.Errorf("%T: %s is %v, want %v", event, key, got[i][key], want[key])
			}
		}
	}
}

func TestObserverFilters(t *testing.T) {
	signed := messages.SigningFinished{Status: messages.StatusSigned}
	failed := messages.SigningFinished{Status: messages.StatusError, Err: errors.New("x")}
	checked := messages.DutiesChecked{}
	for level, want := range map[string][]any{
		"":                        {"INFO", "WARN"},
		"warn":                    {"WARN"},
		"off,audit=info":          {"INFO", "WARN"},
		"audit=error":             nil,
		"off,slashing=debug":      {"DEBUG"},
		"audit=off,slashing=info": nil,
	} {
		var log bytes.Buffer
		observe := telemetry.Observer(newLogger(t, &log, level))
		for _, event := range []messages.Event{signed, failed, checked} {
			observe(event)
		}
		var got []any
		for _, line := range lines(t, &log) {
			got = append(got, line["level"])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", level, diff)
		}
	}
}

// TestUnwantedLinesAreNotBuilt counts allocations: a line has a dozen.
func TestUnwantedLinesAreNotBuilt(t *testing.T) {
	observe := telemetry.Observer(newLogger(t, io.Discard, "off"))
	for _, event := range []messages.Event{
		messages.SigningFinished{}, messages.DutiesChecked{}, messages.StepFinished{}, messages.RequestFinished{}, messages.QueueRefused{}, messages.RequestRefused{},
		messages.AuditWritten{},
	} {
		if got := allocations(func() { observe(event) }); got != 0 {
			t.Errorf("%T costs %v allocations while its line is off", event, got)
		}
	}
}
