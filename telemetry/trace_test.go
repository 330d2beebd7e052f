package telemetry_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
	"containment-chamber/telemetry/collectortest"
)

const (
	callersTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	callersSpan  = "00f067aa0ba902b7"
	traceparent  = "00-" + callersTrace + "-" + callersSpan + "-01"
)

func newTracing(t testing.TB, cfg telemetry.TraceConfig) *telemetry.Tracing {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	tracing, err := telemetry.NewTracing(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return tracing
}

// traceTo traces everything to a collector.
func traceTo(t testing.TB, c *collectortest.Collector) *telemetry.Tracing {
	t.Helper()
	return newTracing(t, telemetry.TraceConfig{Endpoint: c.Endpoint, ServiceName: "signer", Version: "1.2.3", SampleRatio: 1})
}

func TestBeginGoesOnWithTheCallersTrace(t *testing.T) {
	tracing := newTracing(t, telemetry.TraceConfig{Endpoint: "http://127.0.0.1:1", SampleRatio: 0.5})
	defer tracing.Stop(t.Context())
	for header, sampled := range map[string]bool{traceparent: true, traceparent[:53] + "00": false} {
		first, second := tracing.Begin(header), tracing.Begin(header)
		if hex.EncodeToString(first.ID[:]) != callersTrace || hex.EncodeToString(first.Parent[:]) != callersSpan || first.Sampled != sampled {
			t.Errorf("%s: %+v", header, first)
		}
		if first.Span == second.Span || first.Span == first.Parent {
			t.Errorf("%s: two requests have span %x", header, first.Span)
		}
	}
}

func TestBeginTakesNoBrokenHeader(t *testing.T) {
	tracing := newTracing(t, telemetry.TraceConfig{Endpoint: "http://127.0.0.1:1", SampleRatio: 1})
	defer tracing.Stop(t.Context())
	for _, header := range []string{
		"", "garbage", traceparent[:54], traceparent + "0", "ff" + traceparent[2:], strings.ToUpper(traceparent),
		"00-" + strings.Repeat("0", 32) + "-" + callersSpan + "-01", "00-" + callersTrace + "-" + strings.Repeat("0", 16) + "-01",
	} {
		begun := tracing.Begin(header)
		if !begun.Known() || begun.Parent != [8]byte{} || !begun.Sampled || hex.EncodeToString(begun.ID[:]) == callersTrace {
			t.Errorf("%q: %+v", header, begun)
		}
	}
}

func FuzzBegin(f *testing.F) {
	tracing := newTracing(f, telemetry.TraceConfig{Endpoint: "http://127.0.0.1:1", SampleRatio: 1})
	f.Cleanup(func() { tracing.Stop(context.Background()) })
	f.Add(traceparent)
	f.Add("01-" + callersTrace + "-" + callersSpan + "-ff-more")
	f.Add("")
	f.Fuzz(func(t *testing.T, header string) {
		begun := tracing.Begin(header)
		if !begun.Known() || begun.Span == [8]byte{} {
			t.Errorf("%q: %+v", header, begun)
		}
		if parent := hex.EncodeToString(begun.Parent[:]); begun.Parent != [8]byte{} && !strings.Contains(header, parent) {
			t.Errorf("%q: parent %s", header, parent)
		}
	})
}

func TestSampleRatio(t *testing.T) {
	const begun = 10_000
	for ratio, want := range map[float64]float64{0: 0, 0.25: 0.25, 1: 1} {
		tracing := newTracing(t, telemetry.TraceConfig{Endpoint: "http://127.0.0.1:1", SampleRatio: ratio})
		defer tracing.Stop(t.Context())
		sampled := 0
		for range begun {
			if tracing.Begin("").Sampled {
				sampled++
			}
		}
		// seven standard deviations of a quarter; the ends are exact
		if got := float64(sampled) / begun; math.Abs(got-want) > 0.03 || want != 0.25 && got != want {
			t.Errorf("ratio %v: %v are sampled", ratio, got)
		}
		if !tracing.Begin(traceparent).Sampled {
			t.Errorf("ratio %v: the caller's wish is not honoured", ratio)
		}
	}
}

// Nobody asks for a commit alone, so its calls belong to no request.
func TestCallsAreTracesOfTheirOwn(t *testing.T) {
	c := collectortest.Start(t, nil)
	tracing := traceTo(t, c)
	tracer := tracing.Calls().Tracer("test")
	for range 2 {
		_, span := tracer.Start(t.Context(), "DynamoDB.PutItem")
		span.End()
	}
	tracing.Stop(t.Context())
	spans := c.Spans()
	if len(spans) != 2 {
		t.Fatalf("got %v", spans)
	}
	none := strings.Repeat("0", 32)
	if a, b := spans[0], spans[1]; a.Trace == b.Trace || a.Trace == none || a.Parent != "" || a.Name != "DynamoDB.PutItem" || a.Resource["service.name"] != "signer" {
		t.Errorf("got %+v", spans)
	}
}

// TestCollectorInTrouble: whatever the collector does, observing waits for nobody, the end comes in time, and the log
// has a line or two about it.
func TestCollectorInTrouble(t *testing.T) {
	const more = 10_000 // spans than the queue holds
	away := collectortest.Start(t, nil).Endpoint[:len("http://127.0.0.1:")] + "1"
	refusing := collectortest.Start(t, func(context.Context) error { return status.Error(codes.PermissionDenied, "no") })
	hanging := collectortest.Start(t, func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	})
	for name, endpoint := range map[string]string{"away": away, "refusing": refusing.Endpoint, "hanging": hanging.Endpoint} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			tracing := newTracing(t, telemetry.TraceConfig{Endpoint: endpoint, SampleRatio: 1, Logger: newLogger(t, &log, "")})
			begun := tracing.Begin("")
			observed := make(chan struct{})
			go func() {
				defer close(observed)
				for range more {
					tracing.Observe(messages.StepFinished{Trace: begun, Step: messages.StepSign, Started: time.Now()})
				}
			}()
			select {
			case <-observed:
			case <-time.After(20 * time.Second): // it takes a tenth of a second, unless it waits
				t.Fatal("observing waits for the collector")
			}
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			tracing.Stop(ctx)
			got := lines(t, &log)
			if len(got) == 0 || len(got) > 2 { // one meanwhile, one at the end
				t.Errorf("%d lines", len(got))
			}
			for _, line := range got {
				if !strings.Contains(fmt.Sprint(line["message"]), "not reach the collector") {
					t.Errorf("line %v", line)
				}
			}
		})
	}
}
