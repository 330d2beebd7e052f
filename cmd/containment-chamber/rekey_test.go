package main_test

import (
	"context"
	"database/sql/driver"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/mattn/go-sqlite3"
)

// edit changes a history behind the signer's back, whatever constraints that breaks.
func edit(t *testing.T, path, text string) {
	t.Helper()
	c, err := (&sqlite3.SQLiteDriver{}).Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.(driver.ExecerContext).ExecContext(context.Background(), "PRAGMA ignore_check_constraints = ON; "+text, nil); err != nil {
		t.Fatal(err)
	}
}

// validator is the SQL for the row number of a key.
func validator(key string) string {
	return fmt.Sprintf("(SELECT id FROM validators WHERE public_key = X'%s')", strings.TrimPrefix(key, "0x"))
}

// keyed writes a key for rows and returns the flag that configures it.
func keyed(t *testing.T, dir, name, digit string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(strings.Repeat(digit, 64)), 0o600); err != nil {
		t.Fatal(err)
	}
	return "--anti-slashing-hmac-key=file:" + path
}

// slashingTool runs an offline command on the history of --dev.
func slashingTool(t *testing.T, dir string, want int, args ...string) string {
	t.Helper()
	out, code := run(t, dir, append([]string{"slashing", "--network=hoodi", "--anti-slashing-path", devDatabase}, args...)...)
	if code != want {
		t.Errorf("%v: exit code %d, want %d: %s", args, code, want, out)
	}
	return out
}

// TestTamperedRows: what somebody has written into the history is refused, validator by validator, counted, audited and
// found by verify.
func TestTamperedRows(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, stream := keyed(t, dir, "rows.key", "a"), filepath.Join(dir, "audit")
	database := filepath.Join(dir, devDatabase)
	p := start(t, dir, key)
	for i := range 4 {
		p.sign(t, devKey(i), attestation(2050, 2051, 1)).expect(t, 200, "0x")
		p.sign(t, devKey(i), block(65601, 1)).expect(t, 200, "0x")
	}
	p.stop(t, syscall.SIGTERM, 0)
	slashingTool(t, dir, 0, "verify", key)
	slashingTool(t, dir, 1, "verify")
	edit(t, database, "UPDATE attestations SET signing_root = zeroblob(32) WHERE validator = "+validator(devKey(0)))
	edit(t, database, "UPDATE blocks SET signing_root = zeroblob(32) WHERE validator = "+validator(devKey(1)))
	edit(t, database, "UPDATE validators SET floor_slot = 0 WHERE id = "+validator(devKey(2)))
	edit(t, database, "UPDATE blocks SET scheme = 7 WHERE validator = "+validator(devKey(3)))
	if out := slashingTool(t, dir, 1, "verify", key); strings.Count(out, "its MAC is not that of its content") != 3 || !strings.Contains(out, "its scheme is 7") {
		t.Error(out)
	}

	p = start(t, dir, key, "--audit-file="+stream)
	for i := range 4 {
		p.sign(t, devKey(i), attestation(2051, 2052, 1)).expect(t, 500, "slashing_row_refused")
		p.sign(t, devKey(i), randao(2052)).expect(t, 200, "0x")
	}
	p.logged(t, "slashing-protection history is not believed")
	p.get(t, p.api+"/healthcheck").expect(t, 200, `"validators_refused":4`)
	rows := p.scrape(t)
	for _, row := range []string{
		`hmac_mismatch_total{row_kind="attestation"}`, `hmac_mismatch_total{row_kind="block"}`, `hmac_mismatch_total{row_kind="watermark"}`,
		`malformed_row_total{reason="unsupported_scheme"}`,
	} {
		if rows["containment_anti_slashing_"+row] != "1" {
			t.Errorf("%s: %q", row, rows["containment_anti_slashing_"+row])
		}
	}
	// A public key that is none makes the file useless; the signer takes it again when it is mended.
	move(t, database, database+".away")
	p.logged(t, "slashing-protection store is down")
	edit(t, database+".away", "UPDATE validators SET public_key = CAST(public_key || X'00' AS BLOB) WHERE id = "+validator(devKey(0)))
	move(t, database+".away", database)
	p.logged(t, "its public key has 49 bytes")
	if rows := p.scrape(t); rows[`containment_anti_slashing_malformed_row_total{reason="malformed_pk"}`] != "1" {
		t.Errorf("%v", rows)
	}
	p.stop(t, syscall.SIGTERM, 0)
	if text, err := os.ReadFile(stream); err != nil || strings.Count(string(text), "slashing-protection history refused") != 5 {
		t.Errorf("%v: %s", err, text)
	}
}

// TestRekey: a history without marks is refused by a signer that has a key, until somebody vouches for it.
func TestRekey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir)
	p.get(t, p.api+"/healthcheck").expect(t, 200, `"rows_authenticated":false`)
	p.sign(t, devKey(0), attestation(2050, 2051, 1)).expect(t, 200, "0x")
	p.stop(t, syscall.SIGTERM, 0)
	first := keyed(t, dir, "first.key", "1")
	p = start(t, dir, first)
	p.sign(t, devKey(0), attestation(2051, 2052, 1)).expect(t, 500, "slashing_row_refused")
	p.logged(t, "slashing rekey")
	p.sign(t, devKey(1), attestation(2051, 2052, 1)).expect(t, 200, "0x")
	p.stop(t, syscall.SIGTERM, 0)

	if out := slashingTool(t, dir, 1, "rekey", first); !strings.Contains(out, "--accept-unmarked") {
		t.Error(out)
	}
	slashingTool(t, dir, 0, "rekey", first, "--accept-unmarked")
	slashingTool(t, dir, 0, "verify", first)
	second := keyed(t, dir, "second.key", "2")
	slashingTool(t, dir, 1, "rekey", second, "--accept-unmarked")
	slashingTool(t, dir, 2, "rekey", second, "--old-hmac-key="+strings.Repeat("1", 64))
	if out := slashingTool(t, dir, 0, "rekey", second, "--old-hmac-key=file:"+filepath.Join(dir, "first.key")); !strings.Contains(out, "4 rows are authenticated anew") {
		t.Error(out)
	}
	p = start(t, dir, second)
	p.sign(t, devKey(0), attestation(2050, 2051, 1)).expect(t, 200, "0x")
	p.sign(t, devKey(0), attestation(2050, 2051, 2)).expect(t, 412, "double_vote")
	p.stop(t, syscall.SIGTERM, 0)
}

// TestHighWaterFile: a backup that is put back while the signer is away is noticed by the next start.
func TestHighWaterFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	database, water := filepath.Join(dir, devDatabase), filepath.Join(dir, "high.water")
	flag := "--anti-slashing-high-water-file=" + water
	p := start(t, dir, flag)
	p.sign(t, devKey(0), attestation(2050, 2051, 1)).expect(t, 200, "0x")
	p.stop(t, syscall.SIGTERM, 0)
	backup, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	p = start(t, dir, flag)
	p.sign(t, devKey(0), attestation(2051, 2052, 1)).expect(t, 200, "0x")
	p.stop(t, syscall.SIGTERM, 0)
	if err := os.WriteFile(database, backup, 0o600); err != nil {
		t.Fatal(err)
	}
	p = start(t, dir, flag)
	p.sign(t, devKey(0), attestation(2051, 2052, 2)).expect(t, 500, "slashing_store_regressed")
	p.logged(t, "slashing-protection history is not believed")
	p.get(t, p.api+"/healthcheck").expect(t, 503, `"validators_regressed":1`)
	p.stop(t, syscall.SIGTERM, 0)
	if err := os.WriteFile(water, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := run(t, dir, "--dev", flag, "--server-listen-port=0", "--metrics-listen-port=0"); code != 2 {
		t.Errorf("a damaged file: exit code %d: %s", code, out)
	}
}
