package telemetry

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"containment-chamber/messages"
)

const (
	// spanQueue is how many spans wait for the collector, 1 to 2 KiB each; what comes on top is dropped.
	spanQueue = 8192
	// spanBatch is how many are sent at once; spanDelay is how long the first of them waits for the others.
	spanBatch = 512
	spanDelay = 2 * time.Second
	// flushTime is how long [Tracing.Stop] waits for the collector.
	flushTime = 3 * time.Second
)

// TraceConfig is what [NewTracing] needs.
type TraceConfig struct {
	// Endpoint is the URL of an OTLP collector that speaks gRPC: http://host:port in plain text, https://host:port by TLS.
	Endpoint string
	// ServiceName and Version say whose traces these are.
	ServiceName, Version string
	// SampleRatio is the share, from 0 to 1, of the traces that begin here which is exported.
	SampleRatio float64
	// Logger is told, at most once a minute, that the collector does not take the spans.
	Logger *slog.Logger
}

// Tracing exports the life of requests as OpenTelemetry spans. Its methods may be called from any goroutine, and wait for
// nobody but Stop.
type Tracing struct {
	provider *sdk.TracerProvider
	calls    *sdk.TracerProvider
	tracer   trace.Tracer
	sampler  sdk.Sampler
	exporter *exporter
}

// NewTracing makes a Tracing. It connects when there is something to send: a collector that is away is no error. The error
// says that the configuration of the exporter cannot be used.
func NewTracing(cfg TraceConfig) (*Tracing, error) {
	client, err := otlptracegrpc.New(context.Background(), otlptracegrpc.WithEndpointURL(cfg.Endpoint))
	if err != nil {
		return nil, fmt.Errorf("opentelemetry.endpoint: %w", err)
	}
	of, err := resource.New(context.Background(), resource.WithHost(), resource.WithTelemetrySDK(), resource.WithFromEnv(),
		resource.WithAttributes(attribute.String("service.name", cfg.ServiceName), attribute.String("service.version", cfg.Version)))
	if err != nil {
		cfg.Logger.Warn("traces do not say all about where they come from", "cause", err)
	}
	exporter := &exporter{SpanExporter: client, log: cfg.Logger}
	batches := sdk.NewBatchSpanProcessor(exporter, sdk.WithMaxQueueSize(spanQueue), sdk.WithMaxExportBatchSize(spanBatch), sdk.WithBatchTimeout(spanDelay))
	sampler := sdk.ParentBased(sdk.TraceIDRatioBased(cfg.SampleRatio))
	provider := sdk.NewTracerProvider(
		sdk.WithResource(of),
		sdk.WithSampler(sdk.AlwaysSample()), // what gets there was sampled by Begin
		sdk.WithIDGenerator(givenIDs{}),
		sdk.WithSpanProcessor(batches),
	)
	return &Tracing{
		provider: provider,
		tracer:   provider.Tracer("containment-chamber"),
		calls:    sdk.NewTracerProvider(sdk.WithResource(of), sdk.WithSampler(sampler), sdk.WithSpanProcessor(batches)),
		sampler:  sampler,
		exporter: exporter,
	}, nil
}

// Begin goes on with the trace of a W3C traceparent header, whose caller has decided whether it is sampled; without a
// valid one it begins a trace.
func (t *Tracing) Begin(traceparent string) messages.Trace {
	ctx := propagation.TraceContext{}.Extract(context.Background(), propagation.MapCarrier{"traceparent": traceparent})
	parent := trace.SpanContextFromContext(ctx)
	begun := messages.Trace{ID: parent.TraceID(), Span: newSpanID(), Parent: parent.SpanID()}
	if !parent.IsValid() {
		_, _ = rand.Read(begun.ID[:]) // never fails
	}
	decided := t.sampler.ShouldSample(sdk.SamplingParameters{ParentContext: ctx, TraceID: begun.ID})
	begun.Sampled = decided.Decision == sdk.RecordAndSample
	return begun
}

// Calls makes spans of calls to other systems. They are made for many requests at once, so each begins a trace of its own,
// and the share of them that is exported is that of the requests.
func (t *Tracing) Calls() trace.TracerProvider { return t.calls }

// Stop sends what waits, for as long as ctx and three seconds allow. What is observed later is dropped.
func (t *Tracing) Stop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.exporter.giveUp(ctx, err)
	}
}
