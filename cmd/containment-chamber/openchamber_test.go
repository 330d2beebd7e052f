package main

import (
	"encoding/hex"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// plug puts a stand-in for ykman into PATH that answers one operator's challenge as that operator's YubiKey does.
func (w workshop) plug(operator string) {
	w.Helper()
	quorum := w.chamber.Record.Set.Quorum
	challenge := quorum.Operators[w.chamber.Record.Set.Find(operator)].Credential.Challenge
	if len(challenge) == 0 {
		w.Fatalf("%s has no YubiKey", operator)
	}
	w.write("bin/ykman", `#!/bin/sh
test "$*" = "otp calculate 2 `+hex.EncodeToString(challenge)+`" || exit 1
echo `+strings.Repeat(hex.EncodeToString([]byte(operator[:1])), yubikeyResponse)+"\n")
	if err := os.Chmod(w.path("bin/ykman"), 0o700); err != nil {
		w.Fatal(err)
	}
	w.Setenv("PATH", w.path("bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// Whoever has a YubiKey opens the chamber with it, and not with anything else.
func TestOpenByYubiKey(t *testing.T) {
	w := newWorkshop(t)
	w.write("keystores/three.txt", "password")
	w.Setenv("PATH", t.TempDir())
	by := func(operators string, more ...string) []string {
		return append([]string{"keys", "import", "--keystore", w.path("keystores"), "--password-file", w.path("password"), "--operator", operators}, more...)
	}
	carol := by("alice,carol", "--passphrase", "alice=file:"+w.path("alice"))
	if _, stderr := w.run(exitUsage, carol...); !strings.Contains(stderr, "YubiKeys need the program ykman") {
		t.Error(stderr)
	}
	w.plug("dora")
	if _, stderr := w.run(exitFailed, carol...); !strings.Contains(stderr, "ykman: exit status 1; is the YubiKey plugged in") {
		t.Error(stderr)
	}
	w.plug("carol")
	_, stderr := w.run(exitUsage, by("carol,bob", "--passphrase", "bob=env:BOB", "--passphrase", "carol=env:BOB")...)
	if !strings.Contains(stderr, `--passphrase of "carol": this operator has a YubiKey instead`) {
		t.Error(stderr)
	}
	w.opens(0)
	out, stderr := w.run(exitDone, carol...)
	if !strings.Contains(out, "imported 3 keys") || !strings.Contains(stderr, "The YubiKey of carol is asked.\nIf the YubiKey blinks, touch it.") {
		t.Error(out, stderr)
	}
	w.opens(3)
}

func TestOpenByTheWrongYubiKey(t *testing.T) {
	w := newWorkshop(t)
	w.plug("carol")
	w.write("bin/ykman", "#!/bin/sh\necho "+strings.Repeat("00", yubikeyResponse)+"\n")
	_, stderr := w.run(exitFailed, "keys", "import", "--keystore", w.path("keystores"), "--operator", "carol,bob", "--passphrase", "bob=env:BOB")
	if !strings.Contains(stderr, "wrong credential: operator carol") {
		t.Error(stderr)
	}
}

// Two YubiKeys are plugged in one after the other: without a terminal nobody can be asked to.
func TestOpenByTwoYubiKeys(t *testing.T) {
	w := newWorkshop(t)
	w.plug("carol")
	command := exec.Command("containment-chamber", "keys", "import", "--config", w.path("config.yaml"), "--keystore", w.path("keystores"), "--operator", "carol,dora")
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	said, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "the YubiKey of dora, the second: there is no terminal to ask at") {
		t.Errorf("%v: %s", err, said)
	}
}
