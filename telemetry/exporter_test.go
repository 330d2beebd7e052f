package telemetry

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// collector fails while err is set.
type collector struct{ err error }

func (c *collector) ExportSpans(context.Context, []sdk.ReadOnlySpan) error { return c.err }
func (c *collector) Shutdown(context.Context) error                        { return nil }

// An outage of an hour is told about once a minute, and its end once.
func TestExporterComplainsRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		logger, err := NewLogger(LogConfig{Writer: &log, Format: FormatJSON})
		if err != nil {
			t.Fatal(err)
		}
		away := &collector{err: errors.New("away")}
		e := &exporter{SpanExporter: away, log: logger}
		send := func(times int) {
			for range times {
				if err := e.ExportSpans(t.Context(), make([]sdk.ReadOnlySpan, 3)); err != nil {
					t.Errorf("the SDK is told %v", err)
				}
				time.Sleep(2 * time.Second)
			}
		}
		expect := func(lines int, last string) {
			t.Helper()
			got := strings.Split(strings.TrimSpace(log.String()), "\n")
			if len(got) != lines || !strings.HasSuffix(got[lines-1], last) {
				t.Fatalf("%d lines, want %d that end with %s:\n%s", len(got), lines, last, log.String())
			}
		}
		send(30)
		expect(1, `"spans_lost":3,"cause":"away"}`)
		send(30)
		expect(2, `"spans_lost":90,"cause":"away"}`)
		away.err = nil
		send(30)
		expect(3, `reach the collector again","target":"containment_chamber","spans_lost":87}`)
		away.err = errors.New("away")
		send(1)
		expect(4, `"spans_lost":3,"cause":"away"}`)
	})
}
