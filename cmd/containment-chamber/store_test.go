package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDatabaseGone: a history that is deleted under the signer must not begin anew: the next vote could contradict one
// that was signed. Put back, it serves again.
func TestDatabaseGone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir)
	database := filepath.Join(dir, devDatabase)
	p.sign(t, devKey(0), attestation(2050, 2051, 1)).expect(t, 200, "0x")

	move(t, database, database+".away")
	p.sign(t, devKey(0), attestation(2050, 2051, 1)).expect(t, 503, "store_unavailable")
	p.logged(t, "slashing-protection store is down")
	p.logged(t, "it is gone: put it back")
	down(t, p)
	p.sign(t, devKey(0), attestation(2051, 2052, 1)).expect(t, 503, "nothing was signed")
	p.sign(t, devKey(0), randao(2051)).expect(t, 200, "0x")
	if _, err := os.Stat(database); err == nil {
		t.Fatal("a new, empty database was made")
	}

	move(t, database+".away", database)
	p.logged(t, "slashing-protection store is up")
	p.get(t, p.api+"/healthcheck").expect(t, 200, `"outcome":"UP"`)
	p.sign(t, devKey(0), attestation(2050, 2051, 2)).expect(t, 412, "double_vote")
	p.sign(t, devKey(0), attestation(2051, 2052, 1)).expect(t, 200, "0x")
	p.stop(t, syscall.SIGTERM, 0)
}

// TestDatabaseReplaced: another file in its place, were it a backup of a minute ago, lacks what was signed since.
func TestDatabaseReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	database := filepath.Join(dir, devDatabase)
	first := start(t, dir)
	first.stop(t, syscall.SIGTERM, 0)
	backup, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	for what, content := range map[string]string{"a backup": string(backup), "an empty file": "", "no database": strings.Repeat("x", 4096)} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			p := start(t, dir)
			database := filepath.Join(dir, devDatabase)
			p.sign(t, devKey(1), block(65601, 1)).expect(t, 200, "0x")
			move(t, database, database+".away")
			if err := os.WriteFile(database, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			p.sign(t, devKey(1), block(65601, 2)).expect(t, 503, "store_unavailable")
			p.logged(t, "not the file that this process began with")
			down(t, p)
			p.sign(t, devKey(1), block(65601, 2)).expect(t, 503, "store_unavailable")
			p.stop(t, syscall.SIGTERM, 0)
		})
	}
}

// TestDatabaseTruncated: whatever the file has become, no second signature contradicts the first, now or after a restart.
func TestDatabaseTruncated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir)
	p.sign(t, devKey(2), attestation(2050, 2051, 1)).expect(t, 200, "0x")
	if err := os.Truncate(filepath.Join(dir, devDatabase), 0); err != nil {
		t.Fatal(err)
	}
	if r := p.sign(t, devKey(2), attestation(2050, 2051, 2)); r.status != 412 && r.status != 503 {
		t.Errorf("%d %s, want a refusal", r.status, r.body)
	}
	p.kill()
	again, err := launch(dir, "--dev", "--server-listen-port=0", "--metrics-listen-port=0")
	if err != nil { // it was killed before it could close the file
		if !strings.Contains(err.Error(), "it is empty, but its log") {
			t.Error(err)
		}
		return
	}
	defer again.kill()
	if r := again.sign(t, devKey(2), attestation(2050, 2051, 2)); r.status != 412 && r.status != 503 {
		t.Errorf("after the restart: %d %s, want a refusal", r.status, r.body)
	}
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// down expects that health and metrics agree on the store's failure.
func down(t *testing.T, p *process) {
	t.Helper()
	p.get(t, p.api+"/healthcheck").expect(t, 503, `{"id":"slashing-protection-db-health-check","status":"DOWN"`)
	p.get(t, p.metrics+"/metrics").expect(t, 200, "\ncontainment_healthy 0\n")
	p.get(t, p.api+"/upcheck").expect(t, 200, "OK")
}
