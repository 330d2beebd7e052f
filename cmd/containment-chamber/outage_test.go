package main_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// inTime is what a request has, by default: http.request_timeout_seconds.
const inTime = 5 * time.Second

// outage is something that happens to the store of slashing protection under a running signer.
type outage struct {
	begin, end func()
	// says is what the log and health have to tell the operator.
	says string
}

// suffers lets an outage happen, and expects that the signer says so, refuses in time, and comes back by itself. Nothing
// that it logs may hold a secret. The target is of a vote that comes after all others of the first key.
func (p *process) suffers(t *testing.T, o outage, target uint64, secrets ...string) {
	t.Helper()
	p.sign(t, devKey(0), attestation(target-2, target-1, 1)).expect(t, 200, "0x")
	o.begin()
	asked := time.Now()
	p.sign(t, devKey(0), attestation(target-1, target, 1)).expect(t, 503, "store_unavailable")
	if took := time.Since(asked); took > inTime {
		t.Errorf("the refusal took %v", took)
	}
	p.logged(t, o.says)
	down(t, p)
	p.confesses(t, o.says)
	p.sign(t, devKey(0), randao(target)).expect(t, 200, "0x")
	o.end()
	p.recovers(t)
	p.sign(t, devKey(0), attestation(target-2, target-1, 2)).expect(t, 412, "double_vote")
	p.sign(t, devKey(0), attestation(target-1, target, 1)).expect(t, 200, "0x")
	for _, secret := range secrets {
		if strings.Contains(strings.Join(p.log, "\n"), secret) {
			t.Error("the log holds a secret")
		}
	}
}

// confesses waits until health tells the reason, too: the first that was met may be that a connection has ended.
func (p *process) confesses(t *testing.T, reason string) {
	t.Helper()
	for until := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		r := p.get(t, p.api+"/healthcheck")
		if strings.Contains(r.body, reason) {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("health does not say %q: %s", reason, r.body)
		}
	}
}

// recovers waits until the signer is healthy.
func (p *process) recovers(t *testing.T) {
	t.Helper()
	for until := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		r := p.get(t, p.api+"/healthcheck")
		if r.status == 200 {
			p.get(t, p.metrics+"/metrics").expect(t, 200, "\ncontainment_healthy 1\n")
			return
		}
		if time.Now().After(until) {
			t.Fatalf("it does not recover: %s", r.body)
		}
	}
}

// burst has clients ask for votes of --dev's keys, each of them once, and returns how many were signed, and how long it took
// to refuse the others, in order. Any other answer fails the test. Targets begin with the first, which comes after all others.
func (p *process) burst(t *testing.T, clients, each int, first uint64) (signed int, refused []time.Duration) {
	t.Helper()
	var (
		mu    sync.Mutex
		group sync.WaitGroup
	)
	for client := range clients {
		group.Go(func() {
			for i := range each {
				target := first + uint64(i*clients+client)
				asked := time.Now()
				r, err := p.send("POST", p.api+"/api/v1/eth2/sign/"+devKey(client%4), attestation(first-1, target, 1))
				took := time.Since(asked)
				mu.Lock()
				switch {
				case err == nil && r.status == 200:
					signed++
				case err == nil && r.status == 503:
					refused = append(refused, took)
				default:
					t.Errorf("%d %s, %v", r.status, r.body, err)
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	slices.Sort(refused)
	return signed, refused
}
