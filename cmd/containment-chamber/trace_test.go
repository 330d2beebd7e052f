package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/config"
	"containment-chamber/messages"
	"containment-chamber/telemetry/collectortest"
)

const (
	callersTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
	callersSpan  = "00f067aa0ba902b7"
)

// traced is a signer of one devnet key that exports its traces to a collector.
type traced struct {
	*testing.T
	*signer
	key       messages.PublicKey
	log       *heard
	collector *collectortest.Collector
	began     time.Time
}

func startTraced(t *testing.T, flags map[string]string) *traced {
	t.Helper()
	s := &traced{T: t, log: &heard{}, collector: collectortest.Start(t, nil), began: time.Now()}
	dir := t.TempDir()
	secret := interopSecret(0)
	descriptor := fmt.Sprintf("type: file-raw\nkeyType: BLS\nprivateKey: \"0x%x\"\n", secret)
	if err := os.WriteFile(filepath.Join(dir, "key.yaml"), []byte(descriptor), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := bls.NewSecretKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	s.key = key.PublicKey()
	given := map[string]string{
		"server-listen-address": "127.0.0.1", "server-listen-port": "0", "metrics-listen-address": "127.0.0.1", "metrics-listen-port": "0",
		"network": "hoodi", "key-sources-filesystem-paths": dir, "anti-slashing-path": filepath.Join(dir, "slashing.sqlite"),
		"opentelemetry-enabled": "true", "opentelemetry-endpoint": s.collector.Endpoint,
	}
	maps.Copy(given, flags)
	cfg, err := config.Load(config.Options{Flags: given})
	if err != nil {
		t.Fatal(err)
	}
	if s.signer, err = newSigner(&job{process: process{stderr: s.log}, ctx: t.Context()}, cfg); err != nil {
		t.Fatal(err)
	}
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// heard is a log that may be read while it is written.
type heard struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(b)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// post sends a request and demands an answer with this status.
func (s *traced) post(path, body, traceparent string, status int) {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), http.MethodPost, "http://"+s.api.Address()+"/api/v1/eth2/sign"+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	if traceparent != "" {
		request.Header.Set("traceparent", traceparent)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		s.Fatal(err)
	}
	reply.Body.Close()
	if reply.StatusCode != status {
		s.Fatalf("status %d, want %d", reply.StatusCode, status)
	}
}

// vote is an attestation; another block is another message for the same target.
func (s *traced) vote(block byte) string {
	version, root := s.parts.network.Versions[s.parts.network.Latest], messages.Root{block}
	return fmt.Sprintf(`{"type":"ATTESTATION","fork_info":{"fork":{"previous_version":"%[1]s","current_version":"%[1]s","epoch":"0"},`+
		`"genesis_validators_root":"%[2]s"},"attestation":{"slot":"64","index":"0","beacon_block_root":"%[3]s",`+
		`"source":{"epoch":"1","root":"%[3]s"},"target":{"epoch":"2","root":"%[3]s"}}}`, version, s.parts.network.GenesisValidatorsRoot, root)
}

// end stops the signer and returns what the collector has: the names of the spans with their errors, and the spans.
func (s *traced) end() ([]string, []collectortest.Span) {
	s.Helper()
	if err := s.stop(); err != nil {
		s.Fatal(err)
	}
	s.lines.close() // the log is whole, and nobody writes to it any more
	var names []string
	spans := s.collector.Spans()
	for _, span := range spans {
		name := span.Name
		if span.Error != "" {
			name += ": " + span.Error
		}
		names = append(names, name)
	}
	return names, spans
}

// The life of a signature, from the socket to the curve, and in the caller's trace.
func TestTraceOfASignature(t *testing.T) {
	s := startTraced(t, map[string]string{"opentelemetry-sample-ratio": "0"})
	s.post("/"+s.key.String(), s.vote(1), "00-"+callersTrace+"-"+callersSpan+"-01", 200)
	names, spans := s.end()
	want := []string{"POST /api/v1/eth2/sign/{identifier}", "decode", "authorize", "slashing check", "queue", "bls sign"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Fatalf("spans (-want +got):\n%s", diff)
	}
	request, ended := spans[0], spans[0].Start
	if request.Parent != callersSpan || request.Attributes["outcome"] != "signed" || request.Start.Before(s.began) {
		t.Errorf("request %+v", request)
	}
	for _, step := range spans[1:] {
		if step.Parent != request.ID || step.Trace != callersTrace {
			t.Errorf("%s has parent %s in trace %s", step.Name, step.Parent, step.Trace)
		}
		if step.Start.Before(ended) || step.End.Before(step.Start) || step.End.After(request.End) {
			t.Errorf("%s from %v to %v, after %v and within %v", step.Name, step.Start, step.End, ended, request.End)
		}
		ended = step.End
		if step.Name != "decode" && (step.Attributes["operation"] != "ATTESTATION" || step.Attributes["pubkey"] != s.key.String()) {
			t.Errorf("%s: %v", step.Name, step.Attributes)
		}
	}
	if took := spans[5].End.Sub(spans[5].Start); took < 100*time.Microsecond { // no machine signs that fast
		t.Errorf("signing took %v", took)
	}
	if !strings.Contains(s.log.String(), `"trace_id":"`+callersTrace+`"`) {
		t.Errorf("no trace id in the log:\n%s", s.log)
	}
}

// Nothing is exported that nobody wants, but the log has the caller's trace.
func TestTraceThatTheCallerDoesNotWant(t *testing.T) {
	s := startTraced(t, nil)
	s.post("/"+s.key.String(), s.vote(1), "00-"+callersTrace+"-"+callersSpan+"-00", 200)
	if names, _ := s.end(); names != nil {
		t.Errorf("spans %v", names)
	}
	if !strings.Contains(s.log.String(), callersTrace) {
		t.Errorf("no trace id in the log:\n%s", s.log)
	}
}

func TestTraceOfWhatIsSlashable(t *testing.T) {
	s := startTraced(t, nil)
	s.post("/"+s.key.String(), s.vote(1), "00-"+callersTrace+"-"+callersSpan+"-00", 200)
	s.post("/"+s.key.String(), s.vote(2), "", 412)
	names, spans := s.end()
	if len(names) != 4 || !strings.HasPrefix(names[3], "slashing check: slashing protection refused") {
		t.Fatalf("spans %q", names)
	}
	if spans[0].Parent != "" || spans[0].Attributes["outcome"] != "rejected_slashing" || spans[0].Attributes["http.response.status_code"] != "412" {
		t.Errorf("request %+v", spans[0])
	}
}

func TestTraceOfABatch(t *testing.T) {
	s := startTraced(t, nil)
	s.post("", fmt.Sprintf(`{"identifiers":[%q,%q],"signing_request":%s}`, s.key, messages.PublicKey{9}, s.vote(1)), "", 200)
	names, spans := s.end()
	want := []string{"POST /api/v1/eth2/sign", "decode", "authorize: unknown key", "slashing check", "queue", "bls sign"}
	for i := range names {
		names[i], _, _ = strings.Cut(names[i], ": 0x")
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Fatalf("spans (-want +got):\n%s", diff)
	}
	if got := spans[0].Attributes; got["items"] != "2" || got["items_failed"] != "1" || got["pubkey"] != "" {
		t.Errorf("request: %v", got)
	}
	if got := spans[5].Attributes; got["items"] != "1" || got["items_failed"] != "0" {
		t.Errorf("bls sign: %v", got)
	}
}

// A signer that traces nothing looks at no header.
func TestNoTraceUnlessEnabled(t *testing.T) {
	s := startTraced(t, map[string]string{"opentelemetry-enabled": "false"})
	s.post("/"+s.key.String(), s.vote(1), "00-"+callersTrace+"-"+callersSpan+"-01", 200)
	if names, _ := s.end(); names != nil || strings.Contains(s.log.String(), "trace_id") {
		t.Errorf("spans %v, log:\n%s", names, s.log)
	}
}
