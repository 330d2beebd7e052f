package main_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"containment-chamber/messages"
)

// TestMetricsOfCrashes moves each row that a fault moves, by that fault.
func TestMetricsOfCrashes(t *testing.T) {
	in := startInside(t)
	in.provoke(func() { in.Crash("chamber/signing/worker-00") },
		`containment_background_task_panics_total{task="worker"}`, `containment_actor_restarts_total{actor="worker"}`,
		fmt.Sprintf(auditEvent, "actor panicked"), fmt.Sprintf(auditEvent, "actor restarts"))
	in.provoke(func() {
		if err := in.LoseMessage(t.Context()); !errors.Is(err, messages.ErrUnavailable) {
			t.Error(err)
		}
	}, `containment_dead_letters_total{type="messages.GetKeyStatus"}`)
	in.provoke(func() {
		reply := httptest.NewRecorder()
		in.Broken().ServeHTTP(reply, httptest.NewRequest(http.MethodPost, "/api/v1/eth2/sign/"+in.key.String(), strings.NewReader("{}")))
		in.status(500, reply.Code)
	}, "containment_handler_panics_total", fmt.Sprintf(httpError, 500), fmt.Sprintf(finishedAs, "UNKNOWN", "error"),
		fmt.Sprintf(auditEvent, "http handler panicked"))
	in.provoke(func() {
		if err := os.Rename(in.path("history.sqlite"), in.path("elsewhere.sqlite")); err != nil {
			t.Fatal(err)
		}
		in.Crash("chamber/slashing")
	}, "containment_anti_slashing_errors_total", `containment_actor_restarts_total{actor="slashing"}`)
	in.awaitValue("containment_healthy", 0)
	in.provoke(func() { in.status(503, in.sign(someVote(1, 2))) }, fmt.Sprintf(finishedAs, "ATTESTATION", "error"))
	in.provoke(func() {
		for range 5 {
			in.awaitReadiness()
			in.Crash("chamber/keys")
		}
	}, `containment_actor_gave_up_total{actor="keys"}`)
	_ = in.Stop() // the system has failed
}

// TestMetricsOfAuditLoss takes the audit file away and signs more than the queue holds.
func TestMetricsOfAuditLoss(t *testing.T) {
	in := startInside(t)
	defer in.stop()
	if err := os.Rename(in.path("audit"), in.path("moved")); err != nil {
		t.Fatal(err)
	}
	in.ReopenAudit()
	batch := `{"identifiers":["` + strings.Join(strings.Split(strings.Repeat(messages.PublicKey{0xaa}.String()+",", 4000), ",")[:4000], `","`) +
		`"],"signing_request":` + someVote(1, 2) + `}`
	in.provoke(func() {
		for range 3 {
			in.status(200, in.post("/api/v1/eth2/sign", batch))
		}
	}, "containment_audit_dropped_total")
	if err := os.Rename(in.path("moved"), in.path("audit")); err != nil {
		t.Fatal(err)
	}
	in.awaitValue(fmt.Sprintf(auditEvent, "audit records lost, the queue was full"), 1)
}
