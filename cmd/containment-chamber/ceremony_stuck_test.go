package main_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/seal/kek/kektest"
)

const (
	lockHeld  = "containment_chamber_ceremony_lock_held_seconds"
	lockStuck = "containment_chamber_ceremony_lock_stuck_total"
)

// row scrapes one row; 0 when it is not there.
func (c custodians) row(name string) float64 {
	c.Helper()
	value, _ := strconv.ParseFloat(c.signer.scrape(c.T)[name], 64)
	return value
}

// awaits scrapes until a row fulfils a condition, and returns its value.
func (c custodians) awaits(name string, holds func(float64) bool) (value float64) {
	c.Helper()
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		if value = c.row(name); holds(value) {
			return value
		}
	}
	c.Fatalf("%s is %v", name, value)
	return 0
}

// A ceremony that hangs in KMS is seen while it does, counted and audited once, and broken off; the next one finds the
// guard free, without a restart.
func TestStuckCeremony(t *testing.T) {
	t.Parallel()
	aws := newCloud(t, http.NotFoundHandler(), awsKeys...)
	c := custodians{T: t, dir: t.TempDir(), env: awsCredentials()}
	c.open(ceremonySettings + "signer_state: {backend: sqlite, path: state.sqlite}\nchamber: {ceremony: {stuck_after_seconds: 1, break_after_seconds: 8}}\n" +
		aws.settings())
	aws.kms.Fail(kektest.AllKeys, kektest.Fault{Delay: time.Hour})
	answered := make(chan string, 1)
	go func() {
		r, _ := c.signer.send(http.MethodPost, c.signer.api+"/api/v1/chamber/init", plan(awsKeys[:3]), "Authorization: Bearer "+c.read("setup.token"))
		answered <- r.body
	}()
	first := c.awaits(lockHeld, func(held float64) bool { return held > 0 })
	c.awaits(lockHeld, func(held float64) bool { return held > first })
	c.awaits(lockStuck, func(n float64) bool { return n == 1 })
	c.answers(http.StatusConflict, "/init", c.read("setup.token"), plan(awsKeys[:3])) // busy
	if body := <-answered; !strings.Contains(body, `"broken_off"`) {
		t.Errorf("the ceremony that hung was answered %s", body)
	}
	aws.kms.Fail(kektest.AllKeys, kektest.Fault{})
	c.awaits(lockHeld, func(held float64) bool { return held == 0 })
	for _, event := range []string{"ceremony guard is stuck", "ceremony guard is stuck no longer"} {
		c.awaits(fmt.Sprintf(auditEvent, event), func(n float64) bool { return n == 1 })
		if n := strings.Count(c.read("audit.jsonl"), `"`+event+`"`); n != 1 {
			t.Errorf("%q is in the audit stream %d times", event, n)
		}
	}
	if n := c.row(lockStuck); n != 1 {
		t.Errorf("counted %v times", n)
	}
	c.answers(http.StatusOK, "/init", c.read("setup.token"), plan(awsKeys[:3]))
}

// Whoever has an address that is not allowed, or none that can be read, takes part in no ceremony.
func TestMetricsOfCeremonyAddresses(t *testing.T) {
	t.Parallel()
	c := custodians{T: t, dir: t.TempDir()}
	c.open(ceremonySettings + "signer_state: {backend: sqlite, path: state.sqlite}\nchamber: {ceremony: {allowed_cidrs: [192.0.2.0/24]}}\n" +
		"http: {trusted_proxies: [127.0.0.1]}\n")
	if enabled := c.row("containment_ceremony_cidr_filter_enabled"); enabled != 1 {
		t.Error(enabled)
	}
	for from, reason := range map[string]string{"192.0.3.1": "not_allowed", "somewhere": "unparsable"} {
		refused := fmt.Sprintf(`containment_cidr_rejections_total{layer="ceremony",reason=%q}`, reason)
		if before := c.row(refused); before != 0 {
			t.Error(before)
		}
		r, err := c.signer.send(http.MethodPost, c.signer.api+"/api/v1/chamber/init", plan(awsKeys[:3]),
			"Authorization: Bearer "+c.read("setup.token"), "X-Forwarded-For: "+from)
		if err != nil || r.status != http.StatusForbidden {
			t.Errorf("from %s: %d, %v", from, r.status, err)
		}
		c.awaits(refused, func(n float64) bool { return n == 1 })
	}
}

// Whoever begins ceremonies and does not end them gets no more than their share of the signer.
func TestMetricsOfCeremonyQueue(t *testing.T) {
	t.Parallel()
	c := custodians{T: t, dir: t.TempDir()}
	c.open(ceremonySettings + "signer_state: {backend: sqlite, path: state.sqlite}\n")
	const refused, limit = `containment_queue_rejected_total{queue="http_ceremonies"}`, 16
	for range limit {
		startSlowRequest(t, c.signer, "/api/v1/chamber/init", plan(awsKeys[:3]))
	}
	c.answers(http.StatusServiceUnavailable, "/init", c.read("setup.token"), plan(awsKeys[:3]))
	c.awaits(refused, func(n float64) bool { return n == 1 })
}

// TestMetricsOfSealCrashes crashes the actors that only a signer with a signer state has.
func TestMetricsOfSealCrashes(t *testing.T) {
	in := startInside(t, map[string]string{"signer-state-backend": "sqlite", "signer-state-path": t.TempDir() + "/state.sqlite"})
	crashes := func(class, path string) {
		t.Helper()
		in.provoke(func() { in.Crash(path) }, fmt.Sprintf(`containment_background_task_panics_total{task=%q}`, class),
			fmt.Sprintf(`containment_actor_restarts_total{actor=%q}`, class), fmt.Sprintf(auditEvent, "actor panicked"))
	}
	crashes("ceremony", "chamber/ceremony")
	crashes("ceremony", "chamber/ceremony")
	crashes("seal", "chamber/seal")
	in.await(`containment_signer_state{state="uninitialized"}`, "1", func(now float64) bool { return now == 1 })
	in.provoke(func() { in.Crash("chamber/seal") }, `containment_actor_gave_up_total{actor="seal"}`)
	_ = in.Stop() // the system has failed
}
