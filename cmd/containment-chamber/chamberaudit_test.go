package main_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"containment-chamber/actors/storetest/postgres"
	"containment-chamber/messages"
)

// about are the fields that every record about a ceremony has.
func about(ceremony string) map[string]any { return map[string]any{"ceremony": ceremony, "by": nil} }

// chamberRecords is every record that the chamber leaves in the audit stream (spec: observability) and that can be had
// within seconds, with the fields that it must have: nil stands for any value but none. The others are those of
// TestStuckWrite, TestAuditAway, TestHungGuard, and of the packages chamber and seal.
var chamberRecords = []struct {
	event  string
	fields map[string]any
}{
	{"audit file opened", map[string]any{"previous_hash": nil}},
	{"chamber initialized", map[string]any{"by": "setup token", "chamber": nil, "mode": "kms_quorum"}},
	{"ceremony refused", map[string]any{"ceremony": messages.CeremonyInit, "by": "setup token", "cause": nil}},
	{"ceremony refused", map[string]any{"ceremony": messages.CeremonyShare, "by": "carol", "operator": "carol", "cause": nil}},
	{"ceremony failed", map[string]any{"ceremony": messages.CeremonyRegister, "by": "alice", "fence": nil, "cause": nil}},
	{"state transition", map[string]any{"from": "-", "to": "uninitialized", "cause": "signer state", "by": "-"}},
	{"state transition", map[string]any{"from": "uninitialized", "to": "awaiting_registration", "cause": "init", "by": "setup token", "generation": 1.0}},
	{"state transition", map[string]any{"from": "awaiting_registration", "to": "sealed", "cause": "register", "by": nil}},
	{"state transition", map[string]any{"from": "sealed", "to": "kms_unsealed", "cause": "automatic opening", "by": "kms"}},
	{"state transition", map[string]any{"from": "kms_unsealed", "to": "unsealed", "cause": "unseal share", "by": "bob"}},
	{"state transition", map[string]any{"from": "unsealed", "to": "sealed", "cause": "seal", "by": nil}},
	{"state transition", map[string]any{"from": "sealed", "to": "kms_unsealed", "cause": "unseal kms", "by": nil}},
	{"state transition", map[string]any{"from": "unsealed", "to": "awaiting_rotation", "cause": "rotate quorum", "by": nil}},
	{"state transition", map[string]any{"from": "awaiting_rotation", "to": "unsealed", "cause": "abort", "by": nil}},
	{"unseal share submitted", map[string]any{"operator": "carol", "share_index": 3.0, "accepted": false, "given": 0.0, "threshold": 2.0, "cause": nil}},
	{"unseal share submitted", map[string]any{"operator": "mallory", "share_index": 0.0, "accepted": false, "cause": nil}},
	{"unseal share submitted", map[string]any{"operator": "alice", "share_index": 1.0, "accepted": true, "given": 1.0, "threshold": 2.0}},
	{"operator locked out", map[string]any{"operator": "carol", "for_ms": 300000.0}},
	{"signer sealed", map[string]any{"by": nil, "reason": "a drill", "here": true}},
	{"management token made", map[string]any{"id": nil, "by": "bob"}},
	{"shares rotated", map[string]any{"kind": "unseal", "by": nil, "generation": 2.0}},
	{"shares rotated", map[string]any{"kind": "kms", "by": nil, "generation": 3.0}},
	{"shares rotated", map[string]any{"kind": "mode", "by": nil, "generation": 4.0}},
	{"seal record refused", map[string]any{"cause": nil}},
	{"key-encryption keys do not open the chamber", map[string]any{"cause": nil}},
}

// TestAuditOfTheChamber plays every ceremony, and what is refused of them, and looks for all of it in the audit stream.
func TestAuditOfTheChamber(t *testing.T) {
	t.Parallel()
	var server postgres.Server
	t.Cleanup(server.Stop)
	c := custodians{T: t, dir: t.TempDir()}
	a := &audited{custodians: c, url: server.Database(t), keys: c.kek("alpha.key", "beta.key", "gamma.key")}
	a.signer = c.replica("a", a.url)
	a.open()
	a.rotate()
	a.injure()
	for _, want := range chamberRecords {
		a.records("a.jsonl", want.event, want.fields)
	}
	a.evidenceFirst()
	a.signer.stop(t, os.Interrupt, 0)
	a.tellsNoSecret()
	a.tamper()
}

// audited is a chamber whose every ceremony is played.
type audited struct {
	custodians
	url     string
	keys    []string
	secrets []string
	manager string
}

func (a *audited) plan(more map[string]any) map[string]any {
	plan := byKeys(a.keys)
	maps.Copy(plan, more)
	return plan
}

// expect asks for a ceremony, and returns the reply.
func (a *audited) expect(status int, path, token string, body map[string]any) reply {
	a.Helper()
	r := a.signer.post(a.T, path, token, body)
	r.expect(a.T, status, "")
	return r
}

func (a *audited) share(status int, who, phrase string) {
	a.Helper()
	a.expect(status, "/unseal", "", map[string]any{"operator": who, "passphrase": phrase})
}

// register has those register who are given tokens.
func (a *audited) register(planned reply) {
	a.Helper()
	var made struct {
		Tokens map[string]string `json:"registration_tokens"`
	}
	if err := json.Unmarshal([]byte(planned.body), &made); err != nil || len(made.Tokens) == 0 {
		a.Fatal(planned.body, err)
	}
	for who, token := range made.Tokens {
		a.secrets = append(a.secrets, token)
		if who == "alice" {
			a.expect(400, "/register", token, map[string]any{"operator": who, "passphrase": "alice alice alice"})
		}
		a.expect(200, "/register", token, map[string]any{"operator": who, "passphrase": passphrases[who]})
	}
}

func (a *audited) open() {
	a.Helper()
	setup := a.signer.shown(a.T, "cc-setup-")
	a.secrets = append(a.secrets, setup)
	a.expect(401, "/init", "cc-setup-wrong", a.plan(nil))
	a.register(a.expect(200, "/init", setup, a.plan(map[string]any{"operators": []string{"alice", "bob", "carol"}, "quorum_threshold": 2})))
	a.signer.becomes(a.T, "kms_unsealed")
	for range 5 {
		a.share(403, "carol", "nine marble elephants shout")
	}
	a.share(429, "carol", passphrases["carol"])
	if r := a.signer.post(a.T, "/unseal", "", map[string]any{"operator": "mallory", "passphrase": passphrases["carol"]}); r.status < 400 || r.status > 403 {
		a.Errorf("somebody who is no operator: %d %s", r.status, r.body)
	}
	a.share(200, "alice", passphrases["alice"])
	a.share(200, "bob", passphrases["bob"])
	a.expect(200, "/root-token", "", map[string]any{"operator": "alice", "passphrase": passphrases["alice"]})
	r := a.expect(200, "/root-token", "", map[string]any{"operator": "bob", "passphrase": passphrases["bob"]})
	var made struct{ Token string }
	if err := json.Unmarshal([]byte(r.body), &made); err != nil || made.Token == "" {
		a.Fatal(r.body, err)
	}
	a.manager = made.Token
	a.secrets = append(a.secrets, made.Token)
	a.expect(200, "/seal", a.manager, map[string]any{"reason": "a drill"})
	a.expect(200, "/unseal", "", map[string]any{"kms": true})
	a.share(200, "alice", passphrases["alice"])
	a.share(200, "bob", passphrases["bob"])
}

func (a *audited) rotate() {
	a.Helper()
	two := map[string]any{"operators": []string{"alice", "bob"}, "quorum_threshold": 2}
	a.expect(200, "/rotate/quorum", a.manager, two)
	r, err := a.signer.send(http.MethodDelete, a.signer.api+"/api/v1/chamber/rotate", "{}", "Authorization: Bearer "+a.manager)
	if err != nil || r.status != 200 {
		a.Errorf("%d %s, %v", r.status, r.body, err)
	}
	a.register(a.expect(200, "/rotate/quorum", a.manager, two))
	a.expect(200, "/rotate/kms", a.manager, a.plan(nil))
	a.expect(200, "/rotate/mode", a.manager, a.plan(nil))
}

// injure sets the stored record back, and takes key-encryption keys away.
func (a *audited) injure() {
	a.Helper()
	db := connect(a.T, a.url)
	for _, change := range []string{"version - 1", "version + 1"} {
		if _, err := db.Exec(a.Context(), "UPDATE chamber_state.records SET version = "+change+" WHERE name = 'seal'"); err != nil {
			a.Fatal(err)
		}
		a.records("a.jsonl", "seal record refused", nil)
	}
	a.signer.kill()
	hide := func(from, to string) {
		for _, file := range []string{"alpha.key", "beta.key"} {
			if err := os.Rename(filepath.Join(a.dir, file+from), filepath.Join(a.dir, file+to)); err != nil {
				a.Fatal(err)
			}
		}
	}
	hide("", ".away")
	a.signer = a.replica("a", a.url)
	a.records("a.jsonl", "key-encryption keys do not open the chamber", nil)
	a.expect(409, "/unseal", "", map[string]any{"kms": true}).expect(a.T, 409, `"kms_refused"`)
	hide(".away", "")
	a.expect(200, "/unseal", "", map[string]any{"kms": true})
}
