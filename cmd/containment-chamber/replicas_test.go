package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"containment-chamber/actors/storetest/postgres"
)

// TestReplicas plays two signers of one chamber, whose state is in PostgreSQL.
func TestReplicas(t *testing.T) {
	t.Parallel()
	var server postgres.Server
	t.Cleanup(server.Stop)
	c := custodians{T: t, dir: t.TempDir()}
	url, keys := server.Database(t), c.kek("alpha.key", "beta.key", "gamma.key")
	a, b := c.replica("a", url), c.replica("b", url)

	won, lost := c.initializeAtOnce(a, b, url, keys)
	lost.follows(t, won)
	lost.becomes(t, "awaiting_registration")
	c.records(map[*process]string{a: "a.jsonl", b: "b.jsonl"}[lost], "ceremony refused", map[string]any{"ceremony": "init", "cause": nil})
	c.signer = lost // either will do
	c.registers("alice", "bob", "carol")
	won.follows(t, lost)
	both := []string{"--signer-url", a.api, "--signer-url", b.api}
	share := func(who string) {
		t.Helper()
		a.becomes(t, "kms_unsealed")
		b.becomes(t, "kms_unsealed")
		c.operator(append([]string{"operator", "unseal", "--operator", who, "--passphrase", "env:" + strings.ToUpper(who)}, both...)...)
	}
	share("alice")
	share("bob")
	c.importKey("a.yaml", "alice", "bob")
	c.bothSign(devKey(0), http.StatusOK, a, b)

	c.signer = a
	c.makeManager()
	b.follows(t, a)
	c.asks("seal", "--auth-token", "file:management.token", "--reason", "a laptop is missing")
	b.follows(t, a)
	c.bothSign(devKey(0), http.StatusServiceUnavailable, a, b)
	for _, p := range []*process{a, b} {
		if s := p.standing(t); s.State != "sealed" || s.Emergency == nil || s.Emergency.Reason != "a laptop is missing" {
			t.Errorf("%+v", s)
		}
	}
	c.records("b.jsonl", "signer sealed", map[string]any{"here": false, "reason": "a laptop is missing", "by": nil})
	c.operator(append([]string{"operator", "unseal", "--operator", "carol", "--passphrase", "env:CAROL"}, both...)...)
	c.operator(append([]string{"operator", "unseal", "--operator", "bob", "--passphrase", "env:BOB"}, both...)...)
	c.bothSign(devKey(0), http.StatusOK, a, b)
	c.operator("audit", "verify", "a.jsonl")
	c.operator("audit", "verify", "b.jsonl")
}

// initializeAtOnce has two signers make the master key at the same moment: both have looked before either writes. One
// wins, and the other is told so by a name.
func (c custodians) initializeAtOnce(a, b *process, url string, keys []string) (won, lost *process) {
	c.Helper()
	plan, _ := json.Marshal(map[string]any{ // strings and numbers always marshal
		"kms_keys": keys, "kms_threshold": 2, "operators": []string{"alice", "bob", "carol"}, "quorum_threshold": 2,
	})
	signers := []*process{a, b}
	tokens := []string{a.shown(c.T, "cc-setup-"), b.shown(c.T, "cc-setup-")}
	stall := stallWrites(c.T, url, "chamber_state.records")
	replies, errs := make([]reply, 2), make([]error, 2)
	var asked sync.WaitGroup
	for i, p := range signers {
		asked.Go(func() {
			replies[i], errs[i] = p.send(http.MethodPost, p.api+"/api/v1/chamber/init", string(plan), "Authorization: Bearer "+tokens[i])
		})
	}
	stall.awaits(2)
	for _, p := range signers {
		if s := p.standing(c.T); !s.Guard.Held || s.Guard.Ceremony != "init" {
			c.Errorf("while it initialises, its guard is %+v", s.Guard)
		}
	}
	stall.end()
	asked.Wait()
	first := 0
	if replies[0].status != http.StatusOK {
		first = 1
	}
	won, lost = signers[first], signers[1-first]
	replies[first].expect(c.T, http.StatusOK, "registration_tokens")
	replies[1-first].expect(c.T, http.StatusConflict, `"conflict"`)
	if after := replies[1-first].header.Get("Retry-After"); after == "" || errs[0] != nil || errs[1] != nil {
		c.Errorf("Retry-After %q, %v", after, errs)
	}
	var made struct {
		Tokens map[string]string `json:"registration_tokens"`
	}
	if err := json.Unmarshal([]byte(replies[first].body), &made); err != nil || len(made.Tokens) != 3 {
		c.Fatalf("%v, %d tokens", err, len(made.Tokens))
	}
	for who, token := range made.Tokens {
		c.write(who+".token", token)
	}
	for _, p := range signers {
		if s := p.standing(c.T); s.Guard.Held {
			c.Errorf("the guard is still held: %+v", s.Guard)
		}
	}
	return won, lost
}

// replica starts a signer of a chamber whose state is in PostgreSQL. Its audit stream is NAME.jsonl.
func (c custodians) replica(name, url string, settings ...string) *process {
	c.Helper()
	c.write(name+".yaml", fmt.Sprintf("network: hoodi\nserver: {listen_address: 127.0.0.1, listen_port: 0}\nmetrics: {listen_address: 127.0.0.1, listen_port: 0}\n"+
		"signer_state: {backend: postgres, url: %q, refresh_interval_seconds: 1}\nkey_sources: {sqlite: {path: keys.sqlite}}\naudit: {file: %s.jsonl}\n"+
		"anti_slashing: {path: %[2]s.sqlite}\n%s\n", url, name, strings.Join(settings, "\n")))
	p, err := launch(c.dir, "--config", name+".yaml")
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(func() {
		p.kill()
		if c.Failed() {
			c.Logf("the log of %s:\n%s", name, strings.Join(p.log, "\n"))
		}
	})
	return p
}

// bothSign waits until all of them answer the key's request with a status.
func (c custodians) bothSign(key string, status int, signers ...*process) {
	c.Helper()
	for _, p := range signers {
		c.signer = p
		c.signs(key, status)
	}
}
