package main_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

const (
	finishedAs = `containment_signing_requests_total{operation="%s",status="%s"}`
	httpError  = `containment_http_errors_total{status="%d"}`
	auditEvent = `containment_audit_events_total{event="%s"}`
)

// TestMetricsOfSigning moves each row of the contract that requests move, by a request.
func TestMetricsOfSigning(t *testing.T) {
	in := startInside(t)
	defer in.stop()
	for series, want := range map[string]float64{
		"containment_healthy": 1, `containment_signer_state{state="unsealed"}`: 1, `containment_keys_active{source="filesystem"}`: 1,
		`containment_key_load_failures_total{source="filesystem"}`: 1, "containment_signing_concurrency_limit": 4096,
		"containment_signing_semaphore_available": 4096, `containment_actor_mailbox_depth{actor="audit"}`: 0,
		"containment_canary_signing_total": 0,
	} {
		if now, exists := in.series()[series]; !exists || now != want {
			t.Errorf("%s is %v (exists: %t), want %v", series, now, exists, want)
		}
	}
	for _, series := range []string{
		"containment_startup_duration_seconds", "containment_uptime_seconds", `containment_key_loading_duration_seconds{source="filesystem"}`,
		"containment_process_resident_memory_bytes", "containment_process_open_fds", // this test is run on Linux
	} {
		in.await(series, "more than 0", func(now float64) bool { return now > 0 })
	}
	for _, name := range []string{"containment_build_info{", `containment_network_info{genesis_fork_version="0x10000910",`} {
		if !strings.Contains(in.exposition(), "\n"+name) {
			t.Errorf("no %s", name)
		}
	}
	in.provoke(func() { in.status(200, in.sign(someVote(1, 2))) },
		fmt.Sprintf(finishedAs, "ATTESTATION", "signed"), fmt.Sprintf(auditEvent, "signing request"),
		`containment_signing_duration_seconds_count{operation="ATTESTATION"}`, `containment_anti_slashing_check_duration_seconds_count{operation="ATTESTATION"}`)
	in.provoke(func() { in.status(412, in.sign(someVote(2, 2))) },
		fmt.Sprintf(finishedAs, "ATTESTATION", "rejected_slashing"), `containment_slashing_rejections_total{operation="ATTESTATION"}`,
		fmt.Sprintf(httpError, 412), fmt.Sprintf(auditEvent, "slashing protection refused"))
	unknown := "/api/v1/eth2/sign/" + messages.PublicKey{0xaa}.String()
	in.provoke(func() { in.status(404, in.post(unknown, someVote(1, 3))) },
		fmt.Sprintf(finishedAs, "ATTESTATION", "unknown_key"), fmt.Sprintf(httpError, 404))
	in.provoke(func() { in.status(400, in.sign("{}")) }, fmt.Sprintf(finishedAs, "UNKNOWN", "invalid"), fmt.Sprintf(httpError, 400))
	in.provoke(func() {
		in.status(400, in.sign(strings.Replace(someVote(1, 4), "{", `{"signingRoot":"`+messages.Root{1}.String()+`",`, 1)))
	},
		fmt.Sprintf(finishedAs, "ATTESTATION", "root_mismatch"))
	in.provoke(func() {
		in.status(403, in.sign(strings.Replace(someVote(1, 4), chainOfHoodi(), messages.Root{1}.String(), 1)))
	},
		fmt.Sprintf(finishedAs, "ATTESTATION", "wrong_network"), fmt.Sprintf(httpError, 403))
}

func chainOfHoodi() string {
	network, _ := eth2.Builtin("hoodi")
	return network.GenesisValidatorsRoot.String()
}

// TestMetricsUnderLoad holds the store up: permits and places are taken, and the next request is refused.
func TestMetricsUnderLoad(t *testing.T) {
	in := startInside(t)
	defer in.stop()
	in.store.gate.Lock()
	var clients sync.WaitGroup
	clients.Go(func() { in.status(200, in.sign(someVote(1, 2))) })
	in.awaitValue("containment_signing_semaphore_available", 4095)
	clients.Go(func() { in.AskStore(t.Context()) })
	in.await(`containment_actor_mailbox_depth{actor="slashing"}`, "1 or more", func(now float64) bool { return now >= 1 })
	in.provoke(func() { in.status(503, in.sign(someVote(1, 3))) },
		`containment_queue_rejected_total{queue="http"}`, fmt.Sprintf(finishedAs, "UNKNOWN", "overloaded"), fmt.Sprintf(httpError, 503))
	in.store.gate.Unlock()
	clients.Wait()
	in.awaitValue("containment_signing_semaphore_available", 4096)
}

// TestMetricsOfABatchThatIsTooMuch: while some permits are taken a batch of as many keys as there are permits is refused, as
// a whole and for each of its keys.
func TestMetricsOfABatchThatIsTooMuch(t *testing.T) {
	in := startInside(t, map[string]string{"http-max-concurrent-requests": "2", "signing-max-concurrent": "2"})
	defer in.stop()
	in.store.gate.Lock()
	var clients sync.WaitGroup
	clients.Go(func() { in.status(200, in.sign(someVote(1, 2))) })
	in.awaitValue("containment_signing_semaphore_available", 1)
	batch := fmt.Sprintf(`{"identifiers":["%s","%[1]s"],"signing_request":%s}`, in.key, someVote(1, 2))
	in.provoke(func() { in.status(503, in.post("/api/v1/eth2/sign", batch)) }, `containment_queue_rejected_total{queue="signing"}`)
	in.awaitValue(fmt.Sprintf(finishedAs, "ATTESTATION", "overloaded"), 2)
	in.store.gate.Unlock()
	clients.Wait()
	in.status(200, in.post("/api/v1/eth2/sign", batch))
}

// TestMetricsOfACanary: a canary key signs as any other, and is counted and audited.
func TestMetricsOfACanary(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir(), "--canary-keys="+devKey(1))
	for i := range 2 {
		p.sign(t, devKey(i), randao(1)).expect(t, 200, "0x")
	}
	line := p.logged(t, `"canary key signed"`)
	for attr, want := range map[string]string{"level": "WARN", "target": "audit", "pubkey": devKey(1), "operation": "RANDAO_REVEAL"} {
		if got := attribute(line, attr); got != want {
			t.Errorf("logged %s", line)
		}
	}
	if n := p.scrape(t)["containment_canary_signing_total"]; n != "1" {
		t.Errorf("one signature of the canary is counted %s times", n)
	}
}
