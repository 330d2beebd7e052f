// Package collectortest is an OpenTelemetry collector for tests: a real OTLP server over gRPC, in the test's process,
// that keeps the spans that it is sent.
//
// # Decisions
//
// Spans are shown in a form of their own, with identifiers in hexadecimal and attributes as text, so that tests say in
// one line what they expect and need not know the protocol.
package collectortest

import (
	"context"
	"encoding/hex"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
)

// Span is one that arrived.
type Span struct {
	Name, Kind string
	// Trace, ID and Parent are hexadecimal; a root's Parent is empty.
	Trace, ID, Parent string
	Start, End        time.Time
	// Attributes are the span's own, Resource says where it comes from.
	Attributes, Resource map[string]string
	// Error is the description of a status of error.
	Error string
}

// Collector is a server that lives as long as its test.
type Collector struct {
	collector.UnimplementedTraceServiceServer
	// Endpoint is its URL.
	Endpoint string

	answer func(context.Context) error
	mu     sync.Mutex
	spans  []Span
}

// Start starts a collector. It takes spans when answer returns nil, and otherwise refuses them with that error, which
// should be a gRPC status; a nil answer takes all.
func Start(t testing.TB, answer func(context.Context) error) *Collector {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if answer == nil {
		answer = func(context.Context) error { return nil }
	}
	c := &Collector{Endpoint: "http://" + listener.Addr().String(), answer: answer}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, c)
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := server.Serve(listener); err != nil {
			t.Errorf("collector: %v", err)
		}
	})
	t.Cleanup(func() {
		server.Stop()
		serving.Wait()
	})
	return c
}

// Spans returns what has arrived, by start.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	spans := slices.Clone(c.spans)
	slices.SortStableFunc(spans, func(a, b Span) int { return a.Start.Compare(b.Start) })
	return spans
}

// Export implements the service.
func (c *Collector) Export(ctx context.Context, request *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	if err := c.answer(ctx); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, from := range request.ResourceSpans {
		for _, scope := range from.ScopeSpans {
			for _, s := range scope.Spans {
				c.spans = append(c.spans, shown(s, from.Resource.Attributes))
			}
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

func shown(s *otlp.Span, resource []*common.KeyValue) Span {
	out := Span{
		Name: s.Name, Kind: s.Kind.String(),
		Trace: hex.EncodeToString(s.TraceId), ID: hex.EncodeToString(s.SpanId), Parent: hex.EncodeToString(s.ParentSpanId),
		Start: time.Unix(0, int64(s.StartTimeUnixNano)), End: time.Unix(0, int64(s.EndTimeUnixNano)),
		Attributes: texts(s.Attributes), Resource: texts(resource),
	}
	if s.Status.GetCode() == otlp.Status_STATUS_CODE_ERROR {
		out.Error = s.Status.Message
	}
	return out
}

func texts(attributes []*common.KeyValue) map[string]string {
	out := map[string]string{}
	for _, a := range attributes {
		switch v := a.Value.Value.(type) {
		case *common.AnyValue_StringValue:
			out[a.Key] = v.StringValue
		case *common.AnyValue_IntValue:
			out[a.Key] = strconv.FormatInt(v.IntValue, 10)
		default:
			out[a.Key] = a.Value.String()
		}
	}
	return out
}
