package collectortest_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"containment-chamber/telemetry/collectortest"
)

// send sends one span that starts at the given nanosecond.
func send(t *testing.T, c *collectortest.Collector, start uint64) error {
	t.Helper()
	connection, err := grpc.NewClient(strings.TrimPrefix(c.Endpoint, "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	text := func(key, value string) *common.KeyValue {
		return &common.KeyValue{Key: key, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: value}}}
	}
	_, err = collector.NewTraceServiceClient(connection).Export(t.Context(), &collector.ExportTraceServiceRequest{
		ResourceSpans: []*otlp.ResourceSpans{{
			Resource: &resource.Resource{Attributes: []*common.KeyValue{text("service.name", "s")}},
			ScopeSpans: []*otlp.ScopeSpans{{Spans: []*otlp.Span{{
				Name: "n", TraceId: []byte{0xab}, SpanId: []byte{1}, Kind: otlp.Span_SPAN_KIND_SERVER,
				StartTimeUnixNano: start, EndTimeUnixNano: start + 1, Attributes: []*common.KeyValue{text("a", "b")},
				Status: &otlp.Status{Code: otlp.Status_STATUS_CODE_ERROR, Message: "broken"},
			}}}},
		}},
	})
	return err
}

func TestCollectorKeepsSpansByStart(t *testing.T) {
	c := collectortest.Start(t, nil)
	for _, start := range []uint64{9, 7} {
		if err := send(t, c, start); err != nil {
			t.Fatal(err)
		}
	}
	got := c.Spans()
	want := collectortest.Span{
		Name: "n", Kind: "SPAN_KIND_SERVER", Trace: "ab", ID: "01", Start: time.Unix(0, 7), End: time.Unix(0, 8),
		Attributes: map[string]string{"a": "b"}, Resource: map[string]string{"service.name": "s"}, Error: "broken",
	}
	if len(got) != 2 || !cmp.Equal(got[0], want) || !got[1].Start.Equal(time.Unix(0, 9)) {
		t.Errorf("spans %+v", got)
	}
}

func TestCollectorRefuses(t *testing.T) {
	c := collectortest.Start(t, func(context.Context) error { return status.Error(codes.PermissionDenied, "no") })
	if err := send(t, c, 1); status.Code(err) != codes.PermissionDenied || len(c.Spans()) != 0 {
		t.Errorf("%v, spans %v", err, c.Spans())
	}
}
