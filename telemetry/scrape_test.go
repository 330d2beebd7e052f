package telemetry_test

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

func TestHandlerRoutes(t *testing.T) {
	_, reg := newMetrics()
	handler := telemetry.Handler(reg, newLogger(t, &bytes.Buffer{}, ""))
	for request, want := range map[string]int{
		"GET /metrics": 200, "HEAD /metrics": 200, "POST /metrics": 405, "GET /": 404, "GET /metrics/x": 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		reply := httptest.NewRecorder()
		handler.ServeHTTP(reply, httptest.NewRequest(method, path, nil))
		if reply.Code != want {
			t.Errorf("%s: %d, want %d", request, reply.Code, want)
		}
	}
}

// TestHandlerKeepsToText asks as Prometheus does, which prefers OpenMetrics to text.
func TestHandlerKeepsToText(t *testing.T) {
	_, reg := newMetrics()
	request := httptest.NewRequest("GET", "/metrics", nil)
	request.Header.Set("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")
	reply := httptest.NewRecorder()
	telemetry.Handler(reg, newLogger(t, &bytes.Buffer{}, "")).ServeHTTP(reply, request)
	if got := reply.Header().Get("Content-Type"); !strings.HasPrefix(got, "text/plain; version=0.0.4") {
		t.Errorf("content type %q", got)
	}
	if !strings.Contains(reply.Body.String(), `le="1"}`) {
		t.Error("the bounds of buckets are not written as integers")
	}
}

// TestHandlerLeavesOutWhatFails has gauges that panic: the others are shown, and the log says so.
func TestHandlerLeavesOutWhatFails(t *testing.T) {
	reg := prometheus.NewRegistry()
	cfg := newConfig(reg)
	cfg.Healthy = func() bool { panic("broken") }
	cfg.Mailboxes = func() map[string]int { panic("broken") }
	telemetry.New(cfg)
	var log bytes.Buffer
	reply := httptest.NewRecorder()
	telemetry.Handler(reg, newLogger(t, &log, "")).ServeHTTP(reply, httptest.NewRequest("GET", "/metrics", nil))
	if body := reply.Body.String(); reply.Code != 200 || !strings.Contains(body, "containment_uptime_seconds 60") ||
		strings.Contains(body, "containment_healthy") || strings.Contains(body, "containment_actor_mailbox_depth") {
		t.Errorf("status %d, body %s", reply.Code, body)
	}
	if got := lines(t, &log); len(got) != 1 || got[0]["level"] != "ERROR" {
		t.Errorf("logged %v", got)
	}
}

// TestScrapeStaysSmall has 10,000 keys and something of everything: what grows with keys has no place in a label.
func TestScrapeStaysSmall(t *testing.T) {
	m, reg := newMetrics()
	for _, event := range oneOfEach() {
		m.Observe(event)
	}
	for i := range 10_000 {
		m.Observe(messages.SigningFinished{
			Key: messages.PublicKey{byte(i), byte(i >> 8)}, Duty: messages.Duty{Operation: messages.Attestation}, Status: messages.StatusSigned,
		})
	}
	m.Observe(messages.KeysChanged{Source: "filesystem", Added: 10_000, Total: 10_000})
	if size := len(exposition(t, reg)); size > 100<<10 {
		t.Errorf("a scrape is %d bytes, want at most 100 KB", size)
	}
}
