package main_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/storetest/postgres"
	program "containment-chamber/cmd/containment-chamber"
)

// TestPostgres plays the life of a signer whose history is in a database: what it refuses, what it shows, and how it comes
// back when the database does.
func TestPostgres(t *testing.T) {
	t.Parallel()
	server := &postgres.Server{}
	t.Cleanup(server.Stop)
	url, dir := server.Database(t), t.TempDir()
	file := filepath.Join(dir, "signer.yaml")
	if err := os.WriteFile(file, []byte("network: hoodi\nanti_slashing: {backend: postgres, url: '"+url+"', pool_size: 3}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, dir, "--config="+file)
	p.sign(t, devKey(0), attestation(2050, 2051, 1)).expect(t, 200, "0x")
	p.sign(t, devKey(0), attestation(2050, 2051, 1)).expect(t, 200, "0x")
	p.sign(t, devKey(0), attestation(2050, 2051, 2)).expect(t, 412, "double_vote")
	p.get(t, p.metrics+"/metrics").expect(t, 200, `containment_anti_slashing_pg_pool{status="max"} 3`)

	server.Crash(t)
	p.sign(t, devKey(0), attestation(2051, 2052, 1)).expect(t, 503, "store_unavailable")
	p.logged(t, "slashing-protection store is down")
	p.sign(t, devKey(0), randao(2051)).expect(t, 200, "0x")
	server.Restart(t)
	p.logged(t, "slashing-protection store is up")
	p.sign(t, devKey(0), attestation(2050, 2051, 2)).expect(t, 412, "double_vote")
	p.sign(t, devKey(0), attestation(2051, 2052, 1)).expect(t, 200, "0x")

	// A signer beside it, as far as the tools are one.
	tool := func(want string, args ...string) {
		t.Helper()
		out, problem, code := program.Run(t.Context(), nil, append([]string{"slashing", "--config=" + file}, args...)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%q: exit code %d, %s%s", args, code, out, problem)
		}
	}
	tool("2 attestations of genesis", "verify")
	tool(devKey(0), "export")
	tool("watermark of 1 validators", "watermark", "--epoch=3000", "--slot=1")
	p.sign(t, devKey(0), attestation(2052, 2053, 1)).expect(t, 412, "below_low_watermark")

	// A schema that was dropped must not begin anew: whatever was signed could be contradicted.
	execute(t, url, "ALTER SCHEMA chamber_slashing RENAME TO away")
	p.sign(t, devKey(0), attestation(3001, 3002, 1)).expect(t, 503, "store_unavailable")
	p.logged(t, "there is no history in it")
	execute(t, url, "ALTER SCHEMA away RENAME TO chamber_slashing")
	p.logged(t, "slashing-protection store is up")
	p.sign(t, devKey(0), attestation(3001, 3002, 1)).expect(t, 200, "0x")
	p.stop(t, syscall.SIGTERM, 0)
}

// execute runs a statement beside the signer.
func execute(t *testing.T, url, text string) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(context.Background(), text); err != nil {
		t.Fatal(err)
	}
}
