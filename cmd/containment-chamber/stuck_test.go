package main_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"containment-chamber/actors/storetest/postgres"
)

// post asks a signer for a ceremony.
func (p *process) post(t *testing.T, path, token string, body map[string]any) reply {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.send(http.MethodPost, p.api+"/api/v1/chamber"+path, string(text), "Authorization: Bearer "+token)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// openedByKMS makes a chamber that two key-encryption keys open, without operators, and returns a management token.
func (p *process) openedByKMS(t *testing.T, keys []string) (token string) {
	t.Helper()
	p.post(t, "/init", p.shown(t, "cc-setup-"), byKeys(keys)).expect(t, http.StatusOK, `"unsealed"`)
	p.post(t, "/root-token", "", map[string]any{}).expect(t, http.StatusOK, "")
	var made struct{ Token string }
	if r := p.post(t, "/root-token", "", map[string]any{"code": p.shown(t, "cc-code-")}); json.Unmarshal([]byte(r.body), &made) != nil || made.Token == "" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	return made.Token
}

func byKeys(keys []string) map[string]any {
	return map[string]any{"kms_keys": keys, "kms_threshold": 2}
}

// TestReplicaDiesInARotation: nobody waits for it, and the chamber opens with what was written in the end.
func TestReplicaDiesInARotation(t *testing.T) {
	t.Parallel()
	var server postgres.Server
	t.Cleanup(server.Stop)
	c := custodians{T: t, dir: t.TempDir()}
	url, keys := server.Database(t), c.kek("alpha.key", "beta.key", "gamma.key")
	a, b := c.replica("a", url), c.replica("b", url)
	token := a.openedByKMS(t, keys)
	b.becomes(t, "unsealed")
	b.follows(t, a)

	stall := stallWrites(t, url, "chamber_state.records")
	gone := make(chan error, 1)
	go func() {
		_, err := a.send(http.MethodPost, a.api+"/api/v1/chamber/rotate/kms", `{"kms_keys":["`+keys[0]+`"],"kms_threshold":1}`, "Authorization: Bearer "+token)
		gone <- err
	}()
	stall.awaits(1)
	busy := a.post(t, "/rotate/kms", token, byKeys(keys[1:]))
	if busy.expect(t, http.StatusConflict, `"guard_busy"`); busy.header.Get("Retry-After") == "" {
		t.Error("it does not say when to ask again")
	}
	c.records("a.jsonl", "ceremony refused", map[string]any{"ceremony": "rotate kms", "by": nil, "cause": nil})
	if s := b.standing(t); s.Guard.Held || s.State != "unsealed" {
		t.Errorf("the other is held up: %+v", s)
	}
	a.kill()
	if err := <-gone; err == nil {
		t.Error("the rotation was answered")
	}
	stall.end()

	var last reply
	for range 5 { // until it has seen whatever the other could still write
		if last = b.post(t, "/rotate/kms", token, byKeys(keys[1:])); last.status != http.StatusConflict {
			break
		}
		last.expect(t, http.StatusConflict, `"conflict"`)
		time.Sleep(time.Second)
	}
	last.expect(t, http.StatusOK, `"unsealed"`)
	again := c.replica("a", url)
	again.becomes(t, "unsealed")
	if mine, other := again.standing(t).Generation, b.standing(t).Generation; mine != other || mine < 2 {
		t.Errorf("generation %d, and %d at the other", mine, other)
	}
	c.operator("audit", "verify", "a.jsonl") // what the crash left, and how it went on
}

const (
	heldFor   = "containment_chamber_ceremony_lock_held_seconds"
	stuckSeen = "containment_chamber_ceremony_lock_stuck_total"
)

// TestStuckWrite holds a ceremony up at its only write until the signer breaks it off, without a restart. What was late
// never takes effect, although the store would take it by then.
func TestStuckWrite(t *testing.T) {
	t.Parallel()
	var server postgres.Server
	t.Cleanup(server.Stop)
	c := custodians{T: t, dir: t.TempDir()}
	url, keys := server.Database(t), c.kek("alpha.key", "beta.key", "gamma.key")
	p := c.replica("a", url, "chamber: {ceremony: {stuck_after_seconds: 1, break_after_seconds: 8}}")
	token := p.openedByKMS(t, keys)
	before := p.standing(t)
	if now := p.sample(t, heldFor); now != 0 {
		t.Errorf("the guard is free, and held for %v s", now)
	}

	stall := stallWrites(t, url, "chamber_state.records")
	answers := make(chan reply, 1)
	go func() { answers <- p.post(t, "/rotate/kms", token, byKeys(keys[1:])) }()
	stall.awaits(1)
	for held := 0.0; p.sample(t, stuckSeen) == 0; time.Sleep(200 * time.Millisecond) {
		now := p.sample(t, heldFor)
		if now <= held || now > 60 {
			t.Fatalf("held for %v s, and for %v s at the next scrape", held, now)
		}
		held = now
	}
	stuck := map[string]any{"finding": "held", "ceremony": "rotate kms", "by": nil, "held_ms": nil}
	c.records("a.jsonl", "ceremony guard is stuck", stuck)
	broken := <-answers
	broken.expect(t, http.StatusConflict, `"broken_off"`)
	c.records("a.jsonl", "ceremony broken off", map[string]any{"ceremony": "rotate kms", "cause": "broken"})
	c.records("a.jsonl", "ceremony refused", map[string]any{"ceremony": "rotate kms", "cause": nil})
	if s := p.standing(t); s.Guard.Held || p.sample(t, heldFor) != 0 || s.State != "unsealed" {
		t.Errorf("after the break: %+v", s)
	}
	stall.end()
	c.records("a.jsonl", "ceremony guard is stuck no longer", map[string]any{"finding": "held"})
	if s := p.standing(t); s.RecordVersion != before.RecordVersion || s.Generation != before.Generation {
		t.Errorf("the late session has written: %+v after %+v", s, before)
	}
	p.post(t, "/rotate/kms", token, byKeys(keys[:2])).expect(t, http.StatusOK, `"unsealed"`)
	if s := p.standing(t); s.Generation != before.Generation+1 {
		t.Errorf("after the next ceremony: %+v", s)
	}
	if seen, told := p.sample(t, stuckSeen), c.count("a.jsonl", "ceremony guard is stuck", stuck); seen != 1 || told != 1 {
		t.Errorf("it was counted %v times, and told %d times", seen, told)
	}
	c.operator("audit", "verify", "a.jsonl")
}
