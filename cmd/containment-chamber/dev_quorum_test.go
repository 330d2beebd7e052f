package main_test

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// rehearsal is a signer of --dev-quorum, and whoever plays what it prints.
type rehearsal struct {
	*shell
	signer *process
}

func rehearse(t *testing.T, dir string) rehearsal {
	t.Helper()
	p := watch(t, dir, "--dev-quorum")
	var env []string
	for name, passphrase := range passphrases {
		env = append(env, strings.ToUpper(name)+"="+passphrase)
	}
	return rehearsal{newShell(t, p, dir, env...), p}
}

// play pastes the command of an operator.
func (r rehearsal) play(what, operator, want string) {
	r.Helper()
	r.paste(r.command(what, "--operator "+operator)+" --passphrase env:"+strings.ToUpper(operator), want)
}

// TestDevQuorumCommandsWorkAsPasted plays all that --dev-quorum prints, from the registration to the second unsealing.
func TestDevQuorumCommandsWorkAsPasted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := rehearse(t, dir)
	if commands := strings.Count(r.printed, "\n    "); commands != 11 {
		t.Fatalf("%d commands in\n%s", commands, r.printed)
	}
	r.paste(r.command("operator status"), "awaiting_registration")
	r.play("operator register", "alice", "missing: bob, carol")
	r.play("operator register", "bob", "missing: carol")
	r.play("operator register", "carol", "all operators are registered")
	r.paste(r.command("operator status"), "kms_unsealed")
	r.play("operator unseal", "alice", "1 of 2 shares")
	r.play("operator unseal", "carol", "done: the chamber is unsealed")
	r.paste(r.command("keys import")+" --passphrase alice=env:ALICE --passphrase carol=env:CAROL", "imported 4 keys, 0 were there, 0 failed")
	r.play("operator generate-root-token", "alice", "1 of 2 have consented")
	r.play("operator generate-root-token", "carol", "done: the management token is in")
	sign := r.command("curl")
	r.paste(sign, `{"signature":"0x`)
	r.paste(r.command("operator seal"), "done: the chamber is sealed")
	r.paste(sign, `"error":"sealed"`)
	r.play("operator unseal", "alice", "1 of 2 shares")
	r.play("operator unseal", "carol", "done: the chamber is unsealed")
	r.paste(sign, `{"signature":"0x`)
	r.signer.stop(t, os.Interrupt, 0)

	again := rehearse(t, dir)
	if strings.Contains(again.printed, "keys import") {
		t.Error(again.printed)
	}
	again.play("operator unseal", "alice", "1 of 2 shares")
	again.signer.stop(t, os.Interrupt, 0)

	// The history is the same without operators, since the keys are.
	solo := start(t, dir)
	other := strings.Replace(strings.Replace(sign, r.signer.api, solo.api, 1), `"beacon_block_root":"0x01`, `"beacon_block_root":"0x02`, 1)
	r.paste(other, "double_vote")
}

// TestDevQuorumAgain: whatever the moment at which it ends, the next start says where it stands, and what is next.
func TestDevQuorumAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := rehearse(t, dir)
	r.play("operator register", "alice", "missing: bob, carol")
	r.signer.stop(t, syscall.SIGTERM, 0)

	r = rehearse(t, dir)
	if !strings.Contains(r.printed, "The chamber is awaiting_registration.") || strings.Contains(r.printed, "--operator alice --registration") {
		t.Error(r.printed)
	}
	r.play("operator register", "bob", "missing: carol")
	carol := strings.ReplaceAll(r.command("operator register"), "bob", "carol")
	r.paste(carol+" --passphrase env:CAROL", "all operators are registered")
	r.signer.stop(t, syscall.SIGTERM, 0)

	r = rehearse(t, dir)
	if !strings.Contains(r.printed, "The chamber is kms_unsealed.") || strings.Contains(r.printed, "register") {
		t.Error(r.printed)
	}
	r.command("operator unseal", "--operator alice")
	r.command("keys import")
	r.signer.stop(t, syscall.SIGTERM, 0)
}
