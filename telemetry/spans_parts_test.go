package telemetry_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"containment-chamber/messages"
	"containment-chamber/telemetry/collectortest"
)

// TestSpansOfACeremony: parts of parts find each other by the ids that they were given, in whatever order they end.
func TestSpansOfACeremony(t *testing.T) {
	collector := collectortest.Start(t, nil)
	tracing := traceTo(t, collector)
	begun := tracing.Begin(traceparent)
	guard := begun.Part("ceremony")
	job := guard.Trace.Part("seal job")
	failed := errors.New("away")
	for _, part := range []messages.Part{job, guard} { // the inner ends first
		part.Started = started
		tracing.Observe(messages.PartFinished{Part: part, About: slog.String("ceremony", "init"), Err: failed, Took: time.Second})
	}
	tracing.Observe(messages.CeremonyAnswered{
		Trace: begun, Ceremony: "init", Route: "POST /api/v1/chamber/init", Code: 503, RequestID: "id-1", Err: failed, Started: started, Took: time.Minute,
	})
	tracing.Stop(t.Context())
	spans := map[string]collectortest.Span{}
	for _, s := range collector.Spans() {
		if s.Trace != callersTrace {
			t.Errorf("%s is in trace %s", s.Name, s.Trace)
		}
		spans[s.Name] = s
	}
	request, outer, inner := spans["POST /api/v1/chamber/init"], spans["ceremony"], spans["seal job"]
	if request.Parent != callersSpan || outer.Parent != request.ID || inner.Parent != outer.ID || len(spans) != 3 {
		t.Errorf("spans %v", spans)
	}
	if request.Kind != "SPAN_KIND_SERVER" || request.Error != "away" || !request.End.Equal(started.Add(time.Minute)) {
		t.Errorf("request %+v", request)
	}
	if inner.Kind != "SPAN_KIND_INTERNAL" || inner.Error != "away" || !inner.Start.Equal(started) || !inner.End.Equal(started.Add(time.Second)) {
		t.Errorf("part %+v", inner)
	}
	if diff := cmp.Diff(map[string]string{"ceremony": "init"}, inner.Attributes); diff != "" {
		t.Errorf("attributes of a part (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{
		"http.request.method": "POST", "http.route": "/api/v1/chamber/init", "http.response.status_code": "503", "request_id": "id-1", "ceremony": "init",
	}, request.Attributes); diff != "" {
		t.Errorf("attributes of the request (-want +got):\n%s", diff)
	}
}

// TestSpansOfARefresh: it is the root of its trace, and a refusal is no error of the server's.
func TestSpansOfARefresh(t *testing.T) {
	collector := collectortest.Start(t, nil)
	tracing := traceTo(t, collector)
	refresh := tracing.Begin("").Whole("refresh")
	tracing.Observe(messages.PartFinished{Part: refresh.Trace.Part("state read")})
	tracing.Observe(messages.PartFinished{Part: refresh})
	tracing.Observe(messages.CeremonyAnswered{Trace: tracing.Begin(""), Route: "POST /x", Code: 409, Err: errors.New("wrong state")})
	tracing.Stop(t.Context())
	spans := map[string]collectortest.Span{}
	for _, s := range collector.Spans() {
		spans[s.Name] = s
	}
	if root := spans["refresh"]; root.Parent != "" || root.ID == "" || spans["state read"].Parent != root.ID || len(root.Attributes) > 0 {
		t.Errorf("spans %+v", spans)
	}
	if refused := spans["POST /x"]; refused.Error != "" || refused.Parent != "" {
		t.Errorf("refused %+v", refused)
	}
}
