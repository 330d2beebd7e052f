package main_test

import (
	"bytes"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"containment-chamber/actors/storetest/postgres"
	"containment-chamber/messages"
)

// evidenceFirst looks for the intent before each outcome, and before the first transition that is a ceremony's.
func (a *audited) evidenceFirst() {
	a.Helper()
	intended, seen := map[any]any{}, map[any]bool{}
	for _, r := range a.stream("a.jsonl") {
		switch fence := r.Fields["fence"]; r.Event {
		case "ceremony intended":
			intended[fence] = r.Fields["ceremony"]
			seen[r.Fields["ceremony"]] = true
		case "ceremony held", "ceremony failed":
			if intended[fence] != r.Fields["ceremony"] {
				a.Errorf("before %v: %v", r, intended[fence])
			}
			delete(intended, fence)
		case "state transition":
			if cause := r.Fields["cause"]; cause != "signer state" && cause != "automatic opening" && !seen[cause] {
				a.Errorf("%v, and nobody intended it", r)
			}
		}
	}
	for _, ceremony := range []string{
		messages.CeremonyInit, messages.CeremonyRegister, messages.CeremonyShare, messages.CeremonyUnsealKMS, messages.CeremonySeal,
		messages.CeremonyRotateKMS, messages.CeremonyRotateQuorum, messages.CeremonyRotateMode, messages.CeremonyAbort, messages.CeremonyRootToken,
	} {
		a.records("a.jsonl", "ceremony held", about(ceremony))
		if !seen[ceremony] {
			a.Errorf("%s was not intended", ceremony)
		}
	}
	if len(intended) > 0 {
		a.Errorf("without an outcome: %v", intended)
	}
}

// tellsNoSecret searches the audit stream for all that was typed and handed out, and the log for all but what it shows.
func (a *audited) tellsNoSecret() {
	a.Helper()
	text, err := os.ReadFile(filepath.Join(a.dir, "a.jsonl"))
	if err != nil {
		a.Fatal(err)
	}
	for _, secret := range append(slices.Collect(maps.Values(passphrases)), append(a.secrets, "elephants shout", "alice alice", "cc-setup-wrong")...) {
		if bytes.Contains(text, []byte(secret)) {
			a.Errorf("the audit stream has %q in it", secret)
		}
		if strings.Contains(strings.Join(a.signer.log, "\n"), secret) && !strings.HasPrefix(secret, "cc-setup-") {
			a.Errorf("the log has %q in it", secret)
		}
	}
	if len(a.secrets) < 7 {
		a.Errorf("only %d tokens were looked for", len(a.secrets))
	}
}

// tamper changes the stream in the ways in which somebody would who has something to hide.
func (a *audited) tamper() {
	a.Helper()
	a.operator("audit", "verify", "a.jsonl")
	text, err := os.ReadFile(filepath.Join(a.dir, "a.jsonl"))
	if err != nil {
		a.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	middle := len(lines) / 2
	for name, changed := range map[string][]string{
		"edited":           slices.Concat(lines[:middle], []string{strings.Replace(lines[middle], `"by":"`, `"by":"not `, 1)}, lines[middle+1:]),
		"one missing":      slices.Concat(lines[:middle], lines[middle+1:]),
		"one cut off":      slices.Concat(lines[:middle], []string{lines[middle][:20] + "\n"}, lines[middle+1:]),
		"two exchanged":    slices.Concat(lines[:middle], []string{lines[middle+1], lines[middle]}, lines[middle+2:]),
		"one twice":        slices.Concat(lines[:middle], []string{lines[middle], lines[middle]}, lines[middle+1:]),
		"begins elsewhere": lines[2:],
	} {
		a.write("changed.jsonl", strings.Join(changed, ""))
		if out, code := run(a.T, a.dir, "audit", "verify", "changed.jsonl"); code != 1 {
			a.Errorf("%s: exit code %d: %s", name, code, out)
		}
	}
}

// TestAuditAway: without evidence there is no ceremony, and nothing has changed; but an emergency waits for no disk.
func TestAuditAway(t *testing.T) {
	t.Parallel()
	var server postgres.Server
	t.Cleanup(server.Stop)
	c := custodians{T: t, dir: t.TempDir()}
	keys := c.kek("alpha.key", "beta.key")
	p := c.replica("a", server.Database(t))
	token := p.openedByKMS(t, keys)
	before := p.standing(t)
	file, away := filepath.Join(c.dir, "a.jsonl"), filepath.Join(c.dir, "away.jsonl")
	must := func(errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	must(os.Rename(file, away), os.Mkdir(file, 0o700), p.command.Process.Signal(syscall.SIGUSR1))
	p.logged(t, "audit file cannot be written")
	people := map[string]any{"operators": []string{"alice", "bob"}, "quorum_threshold": 2}
	maps.Copy(people, byKeys(keys))
	for path, body := range map[string]map[string]any{
		"/rotate/kms": byKeys(keys), "/rotate/mode": people, "/unseal": {"kms": true}, "/root-token": {"operator": "alice", "passphrase": "x"},
	} {
		r := p.post(t, path, token, body)
		if r.expect(t, http.StatusServiceUnavailable, `"audit_unavailable"`); r.header.Get("Retry-After") == "" {
			t.Errorf("%s does not say when to ask again", path)
		}
	}
	if s := p.standing(t); s.RecordVersion != before.RecordVersion || s.State != "unsealed" || s.Guard.Held {
		t.Errorf("%+v after %+v", s, before)
	}
	p.post(t, "/seal", token, map[string]any{"reason": "fire"}).expect(t, http.StatusOK, `"sealed"`)
	must(os.Remove(file), os.Rename(away, file))
	c.records("a.jsonl", "outcome of a ceremony not recorded as evidence", map[string]any{"ceremony": messages.CeremonySeal, "by": nil, "cause": nil})
	c.records("a.jsonl", "ceremony refused", map[string]any{"ceremony": messages.CeremonyRotateKMS, "cause": nil})
	c.records("a.jsonl", "signer sealed", map[string]any{"reason": "fire"})
	p.post(t, "/unseal", "", map[string]any{"kms": true}).expect(t, http.StatusOK, `"unsealed"`)
	c.operator("audit", "verify", "a.jsonl")
}
