package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDevAgain: what --dev made is there after a restart, opens by itself, and nothing is made twice.
func TestDevAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, dir)
	first.sign(t, devKey(0), block(9, 1)).expect(t, 200, "0x")
	first.stop(t, syscall.SIGTERM, 0)
	before := contents(t, dir, "management.token", "kek-1.key", "kek-2.key", "kek-3.key")
	second := start(t, dir)
	second.sign(t, devKey(0), block(9, 2)).expect(t, 412, "double_proposal")
	second.sign(t, devKey(0), block(9, 1)).expect(t, 200, "0x")
	if log := strings.Join(second.log, "\n"); strings.Contains(log, "generated (save securely") || strings.Contains(log, "management token made") {
		t.Error(log)
	}
	second.stop(t, syscall.SIGTERM, 0)
	if after := contents(t, dir, "management.token", "kek-1.key", "kek-2.key", "kek-3.key"); after != before {
		t.Error("tokens or key files are others now")
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "dev-data", "keys")); err == nil {
		t.Errorf("there are plain key files: %v", entries)
	}
}

// contents are files of dev-data, one after the other.
func contents(t *testing.T, dir string, names ...string) string {
	t.Helper()
	var all strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, "dev-data", name))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// TestDevAfterAnOlderVersion: that one left plain key files and a history, and no chamber. The history counts.
func TestDevAfterAnOlderVersion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := filepath.Join(dir, "dev-data", "keys")
	if err := os.MkdirAll(old, 0o700); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(devKeyFile(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(old, "devnet-0.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	watermark := []string{"slashing", "watermark", "--network=hoodi", "--anti-slashing-path", devDatabase, "--epoch=5", "--slot=9", "--pubkey=" + devKey(0)}
	if out, code := run(t, dir, watermark...); code != 0 {
		t.Fatal(out)
	}
	p := start(t, dir)
	p.sign(t, devKey(0), block(9, 1)).expect(t, 412, "")
	p.sign(t, devKey(0), block(10, 1)).expect(t, 200, "0x")
	if got := p.scrape(t); got[`containment_keys_active{source="sqlite"}`] != "4" {
		t.Errorf("not all keys are sealed ones: %v", got)
	}
}

// TestDevFlagsWin: whoever names a chamber gets that one opened, and their own key files beside the devnet keys.
func TestDevFlagsWin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir, "--signer-state-path=mine.sqlite", "--key-sources-filesystem-paths="+devKeyFile(t))
	p.sign(t, devKey(0), block(9, 1)).expect(t, 200, "0x")
	if _, err := os.Stat(filepath.Join(dir, "mine.sqlite")); err != nil {
		t.Error(err)
	}
	if got := p.scrape(t); got[`containment_keys_active{source="sqlite"}`] != "3" || got[`containment_keys_active{source="filesystem"}`] != "1" {
		t.Errorf("want one key of the file, and three others: %v", got)
	}
}

// TestDevWithoutAChamber: that is no development mode, and the command line is told so.
func TestDevWithoutAChamber(t *testing.T) {
	for _, args := range [][]string{
		{"--dev", "--dev-quorum"}, {"--dev", "--signer-state-backend=none"}, {"--dev-quorum", "--key-sources-sqlite-path="},
	} {
		if out, code := run(t, t.TempDir(), append([]string{"server"}, args...)...); code != 2 || out != "" {
			t.Errorf("%v: exit code %d: %s", args, code, out)
		}
	}
}
