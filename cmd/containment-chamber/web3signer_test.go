package main_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/storetest/postgres"
)

// web3signerTables has what the import looks at in a database of Web3Signer; the package web3signer tests the rest.
const web3signerTables = `
CREATE TABLE validators (id SERIAL PRIMARY KEY, public_key BYTEA NOT NULL UNIQUE, enabled BOOLEAN NOT NULL DEFAULT true);
CREATE TABLE signed_blocks (validator_id INTEGER NOT NULL, slot NUMERIC(20) NOT NULL, signing_root BYTEA, UNIQUE (validator_id, slot));
CREATE TABLE signed_attestations (validator_id INTEGER NOT NULL, source_epoch NUMERIC(20) NOT NULL, target_epoch NUMERIC(20) NOT NULL, signing_root BYTEA);
CREATE TABLE low_watermarks (validator_id INTEGER NOT NULL UNIQUE, slot NUMERIC(20), target_epoch NUMERIC(20), source_epoch NUMERIC(20));
CREATE TABLE metadata (id INTEGER PRIMARY KEY, genesis_validators_root BYTEA NOT NULL, high_watermark_epoch NUMERIC(20), high_watermark_slot NUMERIC(20));
CREATE TABLE database_version (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO database_version VALUES (1, 12);
INSERT INTO metadata VALUES (1, '\x{ROOT}', 1000, NULL);
INSERT INTO validators (public_key, enabled) VALUES ('\x{KEY}', false);
INSERT INTO signed_blocks VALUES (1, 100, NULL);
INSERT INTO signed_attestations VALUES (1, 9, 10, NULL);
INSERT INTO low_watermarks VALUES (1, 100, 10, 9);`

// TestImportFromWeb3Signer moves a history from a Web3Signer's database, and asks the signer to contradict it.
func TestImportFromWeb3Signer(t *testing.T) {
	t.Parallel()
	server := &postgres.Server{}
	t.Cleanup(server.Stop)
	url, dir := server.Database(t), t.TempDir()
	text := strings.NewReplacer("{ROOT}", strings.TrimPrefix(hoodiRoot, "0x"), "{KEY}", strings.TrimPrefix(devKey(0), "0x")).Replace(web3signerTables)
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), text); err != nil {
		t.Fatal(err)
	}
	web3signerImport := func(args ...string) (string, string, int) {
		command := exec.Command(name, append([]string{"slashing", "import", "--from-web3signer=env:WEB3SIGNER_DB", "--network=hoodi"}, args...)...)
		command.Dir, command.Env = dir, append(os.Environ(), "WEB3SIGNER_DB="+url)
		var stdout, stderr strings.Builder
		command.Stdout, command.Stderr = &stdout, &stderr
		_ = command.Run() // the exit code says it
		return stdout.String(), stderr.String(), command.ProcessState.ExitCode()
	}

	if _, problem, code := web3signerImport("--network=mainnet", "--anti-slashing-path=other.sqlite"); code != 1 || !strings.Contains(problem, "nothing was imported: wrong network") {
		t.Errorf("into a store of another chain: exit code %d, %s", code, problem)
	}
	if _, problem, code := web3signerImport("--anti-slashing-path="+devDatabase, "history.json"); code != 2 || !strings.Contains(problem, "either") {
		t.Errorf("from both: exit code %d, %s", code, problem)
	}
	if err := os.MkdirAll(dir+"/dev-data", 0o700); err != nil {
		t.Fatal(err)
	}
	out, problem, code := web3signerImport("--anti-slashing-path=" + devDatabase)
	if code != 0 {
		t.Fatalf("exit code %d: %s", code, problem)
	}
	for _, want := range []string{
		"found in Web3Signer's database: 1 validators, 1 blocks, 1 attestations; 0 validators have signed nothing",
		devKey(0) + "  WARNING: disabled in Web3Signer", "high watermark (slot none, epoch 1000) was not taken", "1 other sessions use that database",
		"imported 1 validators, 0 slashable messages",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
	var report struct {
		Web3signer struct{ Attestations int }
	}
	if out, _, _ = web3signerImport("--anti-slashing-path="+devDatabase, "--output=json"); json.Unmarshal([]byte(out), &report) != nil || report.Web3signer.Attestations != 1 {
		t.Errorf("as JSON: %s", out)
	}

	p := start(t, dir)
	p.sign(t, devKey(0), attestation(9, 10, 1)).expect(t, 412, "double_vote")
	p.sign(t, devKey(0), block(100, 1)).expect(t, 412, "double_proposal")
	p.sign(t, devKey(0), attestation(10, 11, 1)).expect(t, 200, "0x")
}
