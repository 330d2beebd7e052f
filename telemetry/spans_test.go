package telemetry_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
	"containment-chamber/telemetry/collectortest"
)

// observeRequest tells of a request with one step, of which the request took all but a millisecond at each end.
func observeRequest(observe func(messages.Event), begun messages.Trace, at time.Time) messages.RequestFinished {
	key := messages.PublicKey{0xab}
	observe(messages.StepFinished{
		Trace: begun, Step: messages.StepSign, Operation: messages.Attestation, Key: key, Items: 1,
		Started: at.Add(time.Millisecond), Took: 3 * time.Millisecond,
	})
	request := messages.RequestFinished{
		Signing: messages.SigningFinished{
			Key: key, Duty: messages.Duty{Operation: messages.Attestation}, Status: messages.StatusSigned,
			Took: 5 * time.Millisecond, RequestID: "id-1", Trace: begun,
		},
		Route: "POST /api/v1/eth2/sign/{identifier}", Code: 200, Items: 1, Started: at,
	}
	observe(request)
	return request
}

func TestSpansOfARequest(t *testing.T) {
	collector := collectortest.Start(t, nil)
	tracing := traceTo(t, collector)
	observeRequest(tracing.Observe, tracing.Begin(traceparent), started)
	tracing.Stop(t.Context())
	spans := collector.Spans()
	if len(spans) != 2 {
		t.Fatalf("%d spans", len(spans))
	}
	for _, s := range spans {
		if s.Resource["service.name"] != "signer" || s.Resource["service.version"] != "1.2.3" || s.Resource["host.name"] == "" {
			t.Errorf("resource %v", s.Resource)
		}
	}
	pubkey := messages.PublicKey{0xab}.String()
	want := []collectortest.Span{{
		Name: "POST /api/v1/eth2/sign/{identifier}", Kind: "SPAN_KIND_SERVER", Trace: callersTrace, Parent: callersSpan,
		Start: started, End: started.Add(5 * time.Millisecond),
		Attributes: map[string]string{
			"http.request.method": "POST", "http.route": "/api/v1/eth2/sign/{identifier}", "http.response.status_code": "200",
			"outcome": "signed", "operation": "ATTESTATION", "pubkey": pubkey, "request_id": "id-1", "items": "1", "items_failed": "0",
		},
	}, {
		Name: "bls sign", Kind: "SPAN_KIND_INTERNAL", Trace: callersTrace, Parent: spans[0].ID,
		Start: started.Add(time.Millisecond), End: started.Add(4 * time.Millisecond),
		Attributes: map[string]string{"operation": "ATTESTATION", "pubkey": pubkey, "items": "1", "items_failed": "0"},
	}}
	for i := range want {
		want[i].ID, want[i].Resource = spans[i].ID, spans[i].Resource
	}
	if diff := cmp.Diff(want, spans); diff != "" {
		t.Errorf("spans (-want +got):\n%s", diff)
	}
}

// Without a caller's trace the request is the root, and its steps still find it.
func TestSpansOfARoot(t *testing.T) {
	collector := collectortest.Start(t, nil)
	tracing := traceTo(t, collector)
	for range 2 {
		observeRequest(tracing.Observe, tracing.Begin(""), started)
	}
	tracing.Stop(t.Context())
	parents := map[string]string{}
	for _, s := range collector.Spans() {
		if s.Kind == "SPAN_KIND_SERVER" {
			parents[s.Trace] = s.ID
			if s.Parent != "" {
				t.Errorf("the root has parent %s", s.Parent)
			}
		}
	}
	for _, s := range collector.Spans() {
		if s.Kind == "SPAN_KIND_INTERNAL" && (s.Parent == "" || s.Parent != parents[s.Trace] || s.ID == s.Parent) {
			t.Errorf("step %+v of traces %v", s, parents)
		}
	}
	if len(parents) != 2 {
		t.Errorf("%d traces", len(parents))
	}
}

// A refusal is an error of the step that refused, and of the request only when the fault is the server's.
func TestSpansOfRefusals(t *testing.T) {
	for code, want := range map[int]string{412: "", 503: "broken \ufffd"} {
		collector := collectortest.Start(t, nil)
		tracing := traceTo(t, collector)
		begun := tracing.Begin("")
		err := errors.New("broken \xff")
		tracing.Observe(messages.StepFinished{Trace: begun, Step: messages.StepRecord, Items: 2, Failed: 1, Err: err, Started: started.Add(1)})
		tracing.Observe(messages.RequestFinished{
			Signing: messages.SigningFinished{Status: messages.StatusSlashing, Err: err, Trace: begun}, Code: code, Items: 2, Failed: 2, Started: started,
		})
		tracing.Observe(messages.SigningFinished{Trace: begun, Err: err}) // no span of its own
		tracing.Stop(t.Context())
		spans := collector.Spans()
		if len(spans) != 2 || spans[0].Error != want || spans[0].Attributes["outcome"] != "rejected_slashing" {
			t.Fatalf("%d: %+v", code, spans)
		}
		if spans[1].Name != "slashing check" || !strings.HasPrefix(spans[1].Error, "broken") || spans[1].Attributes["items_failed"] != "1" {
			t.Errorf("%d: %+v", code, spans[1])
		}
		if _, found := spans[1].Attributes["pubkey"]; found {
			t.Error("a batch has no key")
		}
	}
}

// BenchmarkTrace is what a traced signature costs on its way; sending the spans comes on top, in the background.
func BenchmarkTrace(b *testing.B) {
	tracing := newTracing(b, telemetry.TraceConfig{Endpoint: "http://127.0.0.1:1", SampleRatio: 1})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			begun := tracing.Begin(traceparent)
			observeRequest(tracing.Observe, begun, started)
			for _, step := range []messages.Step{messages.StepDecode, messages.StepAuthorize, messages.StepRecord, messages.StepQueue} {
				tracing.Observe(messages.StepFinished{Trace: begun, Step: step, Operation: messages.Attestation, Items: 1, Started: started})
			}
		}
	})
	tracing.Stop(b.Context())
}
