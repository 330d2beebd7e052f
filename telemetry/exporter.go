package telemetry

import (
	"context"
	"log/slog"
	"sync"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// complainEvery is how much time passes between two complaints about one collector.
const complainEvery = time.Minute

// exporter is a SpanExporter whose failures end in the log, rarely. Without it the SDK would write each to the process'
// standard error, past the logger.
type exporter struct {
	sdk.SpanExporter
	log *slog.Logger

	mu         sync.Mutex
	complained bool      // since then nothing was sent
	complaint  time.Time // when that was, the last time
	lost       int       // spans that nobody was told of
	over       bool      // nothing more is told
}

// ExportSpans implements [sdk.SpanExporter]. What cannot be sent is dropped.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.over:
	case err != nil:
		e.lost += len(spans)
		if now := time.Now(); now.Sub(e.complaint) >= complainEvery {
			e.log.Warn("traces do not reach the collector; signing goes on", "spans_lost", e.lost, "cause", err)
			e.complained, e.complaint, e.lost = true, now, 0
		}
	case e.complained:
		e.log.Info("traces reach the collector again", "spans_lost", e.lost)
		e.complained, e.lost = false, 0
	}
	return nil
}

// giveUp ends what is under way after the last spans could not be sent.
func (e *exporter) giveUp(ctx context.Context, err error) {
	e.mu.Lock()
	e.log.Warn("the last traces did not reach the collector", "cause", err)
	e.over = true
	e.mu.Unlock()
	_ = e.Shutdown(ctx) // that it took too long is told
}
