package main_test

import (
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"containment-chamber/actors/slashing/eip3076"
	program "containment-chamber/cmd/containment-chamber"
)

// TestHungGuard has the guard itself hang, and then whoever has to wipe keys. Both are noticed by everybody who watches:
// metrics, audit stream, health; and a seal waits for neither longer than it must.
func TestHungGuard(t *testing.T) {
	c := custodians{T: t, dir: t.TempDir()}
	keys := c.kek("alpha.key", "beta.key")
	p := newProcess()
	reader, log := io.Pipe()
	go p.follow(reader)
	in, err := program.StartInside(t.Context(), log, map[string]string{
		"server-listen-address": "127.0.0.1", "server-listen-port": "0", "metrics-listen-address": "127.0.0.1", "metrics-listen-port": "0",
		"network": "hoodi", "anti-slashing-path": filepath.Join(c.dir, "history.sqlite"), "audit-file": filepath.Join(c.dir, "a.jsonl"),
		"signer-state-backend": "sqlite", "signer-state-path": filepath.Join(c.dir, "state.sqlite"),
		"key-sources-sqlite-path": filepath.Join(c.dir, "keys.sqlite"),
	}, func(store eip3076.Recorder) eip3076.Recorder { return store })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Stop(); err != nil {
			t.Error(err)
		}
	})
	p.api, p.metrics = in.API(), in.Metrics()
	token := p.openedByKMS(t, keys)

	const guard = "chamber/ceremony"
	if !in.Hang(guard, 12*time.Second) {
		t.Fatal("it does not hang")
	}
	c.records("a.jsonl", "actor hangs", map[string]any{"actor": guard, "for_ms": nil})
	c.records("a.jsonl", "ceremony guard is stuck", map[string]any{"finding": "unresponsive"})
	p.get(t, p.api+"/healthcheck").expect(t, http.StatusServiceUnavailable, guard)
	if stuck, healthy := p.sample(t, stuckSeen), p.sample(t, "containment_healthy"); stuck != 1 || healthy != 0 {
		t.Errorf("stuck %v times, healthy: %v", stuck, healthy)
	}
	c.records("a.jsonl", "ceremony guard is stuck no longer", map[string]any{"finding": "unresponsive"})
	c.records("a.jsonl", "actor hangs no longer", map[string]any{"actor": guard})
	p.get(t, p.api+"/healthcheck").expect(t, http.StatusOK, "")
	p.post(t, "/rotate/kms", token, byKeys(keys)).expect(t, http.StatusOK, `"unsealed"`)
	if stuck := p.sample(t, stuckSeen); stuck != 1 {
		t.Errorf("stuck %v times", stuck)
	}

	if !in.Hang("chamber/keys", 7*time.Second) {
		t.Fatal("it does not hang")
	}
	p.post(t, "/seal", token, map[string]any{"reason": "fire"}).expect(t, http.StatusOK, `"sealed"`)
	c.records("a.jsonl", "keys not confirmed wiped", map[string]any{"consumer": nil, "cause": nil})
}
