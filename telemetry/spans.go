package telemetry

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"containment-chamber/messages"
)

// Observe turns a request that has finished, or a step or a part of it, into a span.
func (t *Tracing) Observe(event messages.Event) {
	switch e := event.(type) {
	case messages.RequestFinished:
		t.request(e)
	case messages.StepFinished:
		t.step(e)
	case messages.PartFinished:
		t.part(e)
	case messages.CeremonyAnswered:
		t.ceremony(e)
	}
}

// request exports the span of a request: the root of its trace, or the child of the caller's span.
func (t *Tracing) request(e messages.RequestFinished) {
	method, route, _ := strings.Cut(e.Route, " ")
	signing := e.Signing
	s := span{
		name: e.Route, kind: trace.SpanKindServer, started: e.Started, took: signing.Took,
		attributes: []attribute.KeyValue{
			attribute.String("http.request.method", method), attribute.String("http.route", route),
			attribute.Int("http.response.status_code", e.Code),
			attribute.String("outcome", string(signing.Status)), attribute.String("request_id", signing.RequestID),
		},
	}
	s.describe(signing.Duty.Operation, signing.Key, e.Items, e.Failed)
	if e.Code >= http.StatusInternalServerError { // a refusal is no error of the server's (OpenTelemetry: HTTP spans)
		s.err = signing.Err
	}
	t.export(as(signing.Trace), s)
}

// ceremony exports the span of a request for a ceremony, which has parts.
func (t *Tracing) ceremony(e messages.CeremonyAnswered) {
	method, route, _ := strings.Cut(e.Route, " ")
	s := span{
		name: e.Route, kind: trace.SpanKindServer, started: e.Started, took: e.Took,
		attributes: []attribute.KeyValue{
			attribute.String("http.request.method", method), attribute.String("http.route", route),
			attribute.Int("http.response.status_code", e.Code), attribute.String("request_id", e.RequestID),
		},
	}
	if e.Ceremony != "" {
		s.attributes = append(s.attributes, attribute.String("ceremony", e.Ceremony))
	}
	if e.Code >= http.StatusInternalServerError {
		s.err = e.Err
	}
	t.export(as(e.Trace), s)
}

// part exports the span of a part, a child of that of which it is one.
func (t *Tracing) part(e messages.PartFinished) {
	s := span{name: e.Part.Name, kind: trace.SpanKindInternal, started: e.Part.Started, took: e.Took, err: e.Err}
	if e.About.Key != "" {
		s.attributes = []attribute.KeyValue{attribute.String(e.About.Key, e.About.Value.String())}
	}
	t.export(as(e.Part.Trace), s)
}

// as is the context of a span that others know by the id that it has in its trace.
func as(of messages.Trace) context.Context {
	ctx := context.WithValue(context.Background(), given{}, of)
	if of.Parent != [8]byte{} {
		ctx = trace.ContextWithRemoteSpanContext(ctx, within(of, of.Parent))
	}
	return ctx
}

// step exports the span of a step, a child of its request's.
func (t *Tracing) step(e messages.StepFinished) {
	s := span{name: string(e.Step), kind: trace.SpanKindInternal, started: e.Started, took: e.Took, err: e.Err}
	s.describe(e.Operation, e.Key, e.Items, e.Failed)
	t.export(trace.ContextWithSpanContext(context.Background(), within(e.Trace, e.Trace.Span)), s)
}

// span is what is told of one.
type span struct {
	name       string
	kind       trace.SpanKind
	started    time.Time
	took       time.Duration
	attributes []attribute.KeyValue
	err        error
}

// describe adds what requests and steps have in common, under the names that the log has for it.
func (s *span) describe(operation messages.Operation, key messages.PublicKey, items, failed int) {
	s.attributes = append(s.attributes, attribute.Int("items", items), attribute.Int("items_failed", failed))
	if operation != "" {
		s.attributes = append(s.attributes, attribute.String("operation", string(operation)))
	}
	if key != (messages.PublicKey{}) {
		s.attributes = append(s.attributes, attribute.String("pubkey", key.String()))
	}
}

func (t *Tracing) export(ctx context.Context, s span) {
	_, exported := t.tracer.Start(ctx, s.name, trace.WithSpanKind(s.kind), trace.WithTimestamp(s.started), trace.WithAttributes(s.attributes...))
	if s.err != nil {
		exported.SetStatus(codes.Error, strings.ToValidUTF8(s.err.Error(), "�"))
	}
	exported.End(trace.WithTimestamp(s.started.Add(s.took)))
}

// within is the context of a span in a trace.
func within(t messages.Trace, span [8]byte) trace.SpanContext {
	return trace.NewSpanContext(trace.SpanContextConfig{TraceID: t.ID, SpanID: span, TraceFlags: trace.FlagsSampled})
}

// given is the key under which a context holds the [messages.Trace] of the request or part whose span is made.
type given struct{}

// givenIDs gives the span of a request or part the id that its steps and parts have as their parent's, and others a
// random one.
type givenIDs struct{}

var _ sdk.IDGenerator = givenIDs{}

// NewIDs implements [sdk.IDGenerator] for a span without a parent, which only a request's or a refresh's is.
func (givenIDs) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	t, _ := ctx.Value(given{}).(messages.Trace)
	return t.ID, t.Span
}

// NewSpanID implements [sdk.IDGenerator].
func (givenIDs) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	if t, ok := ctx.Value(given{}).(messages.Trace); ok {
		return t.Span
	}
	return newSpanID()
}

func newSpanID() (id trace.SpanID) {
	_, _ = rand.Read(id[:]) // never fails
	return id
}
