package telemetry_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

func TestObserveSigningFinished(t *testing.T) {
	for name, test := range map[string]struct {
		operation messages.Operation
		status    messages.SigningStatus
		counted   string // labels
		aliases   []string
	}{
		"protected": {messages.Attestation, messages.StatusSigned, `operation="ATTESTATION",status="signed"`,
			[]string{"signing_bls_signing_duration_count", "eth2_slashingprotection_permitted_signings_total"}},
		"not protected": {messages.RandaoReveal, messages.StatusSigned, `operation="RANDAO_REVEAL",status="signed"`,
			[]string{"signing_bls_signing_duration_count"}},
		"rejected": {messages.BlockV2, messages.StatusSlashing, `operation="BLOCK_V2",status="rejected_slashing"`, nil},
		"unknown key": {messages.Block, messages.StatusUnknownKey, `operation="BLOCK",status="unknown_key"`,
			[]string{"signing_bls_missing_identifier_count_total"}},
		"undecodable": {messages.UnknownOperation, messages.StatusInvalid, `operation="UNKNOWN",status="invalid"`,
			[]string{"http_bls_malformed_request_count_total"}},
		"root mismatch": {messages.Block, messages.StatusRootMismatch, `operation="BLOCK",status="root_mismatch"`,
			[]string{"http_bls_malformed_request_count_total"}},
		"a new operation and status": {"NEW", "new", `operation="UNKNOWN",status="error"`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			operation, _, _ := strings.Cut(test.counted, ",")
			want := map[string]string{
				"containment_signing_requests_total{" + test.counted + "}":      "1",
				"containment_signing_duration_seconds_count{" + operation + "}": "1",
				"containment_signing_duration_seconds_sum{" + operation + "}":   "0.25",
			}
			for _, alias := range test.aliases {
				want[alias] = "1"
			}
			if test.status == messages.StatusSigned {
				want["signing_bls_signing_duration_sum"] = "0.25"
			}
			observeCase{[]messages.Event{finished(test.operation, test.status)}, want}.check(t)
		})
	}
}

func TestObserveSlashing(t *testing.T) {
	const (
		check     = `containment_anti_slashing_check_duration_seconds_%s{operation="%s"}`
		rejected  = `containment_slashing_rejections_total{operation="ATTESTATION"}`
		prevented = "eth2_slashingprotection_prevented_signings_total"
		failures  = "containment_anti_slashing_errors_total"
		commit    = `eth2_slashingprotection_database_duration_%s{signingOperation="%s"}`
	)
	slashable := fmt.Errorf("%w: double_vote", messages.ErrSlashable)
	wrongNetwork := fmt.Errorf("%w: other chain", messages.ErrWrongNetwork)
	for name, test := range map[string]observeCase{
		"duties checked": {
			[]messages.Event{messages.DutiesChecked{Took: time.Second, Duties: []messages.KeyDuty{
				duty(messages.Attestation), duty(messages.Attestation), duty(messages.BlockV2), duty(messages.RandaoReveal), duty("NEW"),
			}}},
			map[string]string{
				fmt.Sprintf(check, "count", "ATTESTATION"): "2", fmt.Sprintf(check, "sum", "ATTESTATION"): "2",
				fmt.Sprintf(check, "count", "BLOCK_V2"): "1", fmt.Sprintf(check, "sum", "BLOCK_V2"): "1",
				fmt.Sprintf(commit, "count", "block"): "1", fmt.Sprintf(commit, "sum", "block"): "1",
			},
		},
		"two commits without a block": {
			[]messages.Event{
				messages.DutiesChecked{Took: time.Second, Duties: []messages.KeyDuty{duty("NEW"), duty("NEW")}},
				messages.DutiesChecked{Took: time.Second, Duties: []messages.KeyDuty{duty("NEW")}},
			},
			map[string]string{fmt.Sprintf(commit, "count", "attestation"): "2", fmt.Sprintf(commit, "sum", "attestation"): "2"},
		},
		"slashable": {
			[]messages.Event{messages.DutyRefused{Operation: messages.Attestation, Err: slashable}},
			map[string]string{rejected: "1", prevented: "1"},
		},
		"other chain":  one(messages.DutyRefused{Operation: messages.Attestation, Err: wrongNetwork}, prevented),
		"unprotected":  one(messages.DutyRefused{Operation: messages.RandaoReveal, Err: wrongNetwork}, prevented),
		"store failed": one(messages.SlashingStoreFailed{}, failures),
	} {
		t.Run(name, test.check)
	}
}

func TestObserveSupervision(t *testing.T) {
	const panics = "containment_background_task_panics_total"
	for name, test := range map[string]observeCase{
		"queue full":        one(messages.QueueRefused{Queue: "worker"}, `containment_queue_rejected_total{queue="worker"}`),
		"handler panicked":  one(messages.HandlerPanicked{}, "containment_handler_panics_total"),
		"actor panicked":    one(messages.ActorPanicked{Actor: "worker", Name: "chamber/signing/worker-01"}, panics+`{task="worker"}`),
		"observer panicked": one(messages.ObserverPanicked{}, panics+`{task="observer"}`),
		"actor restarted":   one(messages.ActorRestarted{Actor: "keys"}, `containment_actor_restarts_total{actor="keys"}`),
		"a new class":       one(messages.ActorRestarted{Actor: "new"}, `containment_actor_restarts_total{actor="new"}`),
		"actor gave up":     one(messages.ActorGaveUp{Actor: "keys"}, `containment_actor_gave_up_total{actor="keys"}`),
		"dead letter":       one(messages.MessageDeadLettered{Type: "Sign"}, `containment_dead_letters_total{type="Sign"}`),
		"what nothing counts": {
			[]messages.Event{nil, messages.ActorStarted{}, messages.ActorStopped{}, messages.SlashingStoreUp{}},
			map[string]string{},
		},
	} {
		t.Run(name, test.check)
	}
}

func TestObserveKeys(t *testing.T) {
	for name, test := range map[string]observeCase{
		"not loaded": one(messages.KeyLoadFailed{Failure: messages.KeyFailure{Source: "filesystem"}},
			`containment_key_load_failures_total{source="filesystem"}`),
		"reloaded": {
			[]messages.Event{messages.KeysLoaded{Source: "filesystem", Reload: true, Loaded: 9, Added: 3, Took: 2 * time.Second}},
			map[string]string{`containment_key_loading_duration_seconds{source="filesystem"}`: "2", "containment_key_refresh_total": "3"},
		},
		"loaded with keys": one(messages.KeysLoaded{Source: "filesystem", Loaded: 9, Added: 9, Took: time.Second},
			`containment_key_loading_duration_seconds{source="filesystem"}`),
		"canary": one(messages.CanarySigned{}, "containment_canary_signing_total"),
		"loaded": one(messages.KeysLoaded{Source: "filesystem", Took: time.Second},
			`containment_key_loading_duration_seconds{source="filesystem"}`),
		"changed": {
			[]messages.Event{
				messages.KeysChanged{Source: "filesystem", Added: 9, Total: 9}, messages.KeysChanged{Source: "filesystem", Added: 7, Total: 7},
				messages.KeysChanged{Source: "memory", Added: 2, Total: 2},
			},
			map[string]string{
				`containment_keys_active{source="filesystem"}`: "7", `containment_keys_active{source="memory"}`: "2", "signing_signers_loaded_count": "9",
			},
		},
	} {
		t.Run(name, test.check)
	}
}

func TestObserveAudit(t *testing.T) {
	for name, test := range map[string]observeCase{
		"written": {
			[]messages.Event{messages.AuditWritten{Event: "signing request", Count: 3}, messages.AuditWritten{Event: "signing request", Count: -1}},
			map[string]string{`containment_audit_events_total{event="signing request"}`: "3"},
		},
		"what the queue counts itself": {[]messages.Event{messages.AuditDropped{Count: 7}}, map[string]string{}},
	} {
		t.Run(name, test.check)
	}
	reg := prometheus.NewRegistry()
	cfg := newConfig(reg)
	cfg.AuditDropped = func() uint64 { return 7 }
	telemetry.New(cfg)
	if got := series(t, reg)["containment_audit_dropped_total"]; got != "7" {
		t.Errorf("7 records were lost, the counter is %q", got)
	}
}

func TestObserveHTTPError(t *testing.T) {
	m, reg := newMetrics()
	for _, status := range []int{-1, 0, 200, 399, 400, 412, 412, 418, 599, 600} {
		m.ObserveHTTPError(status)
	}
	got := series(t, reg)
	for status, want := range map[string]string{"200": "", "399": "", "400": "1", "404": "0", "412": "2", "418": "1", "599": "1", "600": ""} {
		if value := got[`containment_http_errors_total{status="`+status+`"}`]; value != want {
			t.Errorf("status %s: %q, want %q", status, value, want)
		}
	}
}

// TestObserveTogether is for the race detector, and shows that nothing is lost.
func TestObserveTogether(t *testing.T) {
	m, reg := newMetrics()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				for _, event := range oneOfEach() {
					m.Observe(event)
				}
			}
		})
	}
	wg.Go(func() { exposition(t, reg) })
	wg.Wait()
	if got := series(t, reg)["containment_handler_panics_total"]; got != "200" {
		t.Errorf("counted %s, want 200", got)
	}
}

// TestObserveAllocates allows for the event itself, which becomes an interface, and nothing else.
func TestObserveAllocates(t *testing.T) {
	m, _ := newMetrics()
	event := messages.SigningFinished{Duty: messages.Duty{Operation: messages.Attestation}, Status: messages.StatusSigned, Took: time.Millisecond}
	if got := allocations(func() { m.Observe(event) }); got > 1 {
		t.Errorf("%v allocations for each signature, want at most 1", got)
	}
}

// allocations is how many a call of f makes. What other goroutines allocate meanwhile is counted too, so the least of
// several counts is taken.
func allocations(f func()) float64 {
	least := testing.AllocsPerRun(100, f)
	for range 20 {
		least = min(least, testing.AllocsPerRun(100, f))
	}
	return least
}

func BenchmarkObserveSigningFinished(b *testing.B) {
	m, _ := newMetrics()
	event := finished(messages.Attestation, messages.StatusSigned)
	b.ReportAllocs()
	for b.Loop() {
		m.Observe(event)
	}
}

// A batch that is refused as a whole counts once for each of its keys.
func TestRefusedBatchCountsItsKeys(t *testing.T) {
	m, reg := newMetrics()
	m.Observe(messages.SigningFinished{Count: 100, Duty: messages.Duty{Operation: messages.Attestation}, Status: messages.StatusOverloaded, Err: messages.ErrOverloaded})
	if got := series(t, reg)[`containment_signing_requests_total{operation="ATTESTATION",status="overloaded"}`]; got != "100" {
		t.Errorf("%s requests, want 100", got)
	}
}
