package main_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/storetest/dynalite"
	main "containment-chamber/cmd/containment-chamber"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// historyTable is a table of the emulator, and how the program is told of it.
func historyTable(t *testing.T, server *dynalite.Server) (e *dynalite.Endpoint, flags map[string]string) {
	t.Helper()
	e = server.Endpoint(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	return e, map[string]string{
		"anti-slashing-backend": "dynamodb", "anti-slashing-table": e.Table(t),
		"aws-region": "eu-central-1", "aws-endpoint-url": *e.Config().BaseEndpoint,
	}
}

// TestCommandsOnATable: the offline commands work on a table as they do on a file.
func TestCommandsOnATable(t *testing.T) {
	var server dynalite.Server
	defer server.Stop()
	_, flags := historyTable(t, &server)
	dir := t.TempDir()
	run := func(want int, said string, args ...string) {
		t.Helper()
		c := exec.Command(name, append([]string{"slashing"}, args...)...)
		c.Dir, c.Env = dir, os.Environ()
		for flag, value := range flags {
			c.Args = append(c.Args, "--"+flag+"="+value)
		}
		out, err := c.CombinedOutput()
		if code := c.ProcessState.ExitCode(); code != want || !strings.Contains(string(out), said) {
			t.Errorf("%v: %v, exit code %d: %s", args, err, code, out)
		}
	}
	run(1, "there is no history in it", "verify")
	run(1, "there is no history in it", "watermark", "--epoch=7", "--slot=9")
	chain := "0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95" // mainnet's
	file := fmt.Sprintf(`{"metadata": {"interchange_format_version": "5", "genesis_validators_root": %q}, "data": [{"pubkey": "0xa9%s01", "signed_blocks": [{"slot": "5"}], "signed_attestations": []}]}`,
		chain, strings.Repeat("0", 92))
	for name, text := range map[string]string{"file.json": file, "empty.json": file[:strings.Index(file, "[")] + "[]}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(0, "imported 0 validators", "import", "empty.json")
	run(1, "nothing was done: there is no validator in", "watermark", "--epoch=7", "--slot=9")
	run(0, "imported 1 validators, 0 slashable messages, into table "+flags["anti-slashing-table"], "import", "file.json")
	run(0, "watermark of 1 validators", "watermark", "--epoch=7", "--slot=9")
	run(0, "deleted 0 blocks", "prune", "--keep-epochs=9")
	run(0, `"slot": "9"`, "export")
	run(0, "read 1 validators, 1 blocks", "verify")
}

// A table that is emptied under the signer must not begin anew.
func TestTableThatIsEmptied(t *testing.T) {
	var server dynalite.Server
	defer server.Stop()
	e, flags := historyTable(t, &server)
	cfg, err := config.Load(config.Options{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	open := main.OpenHistory(cfg, messages.Root{1}, nil)
	for range 2 {
		store, err := open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(store.Probe(context.Background()), store.Close()); err != nil {
			t.Fatal(err)
		}
	}
	_, err = dynamodb.NewFromConfig(e.Config()).DeleteItem(context.Background(), &dynamodb.DeleteItemInput{
		TableName: aws.String(flags["anti-slashing-table"]), Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "chamber"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if store, err := open(context.Background()); store != nil || !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), "there is no history in it") {
		t.Errorf("got %v, %v", store, err)
	}
}

// TestNoProtection: a signer that keeps no history says so when it starts, in health, in the status, and to whoever wants to work on it.
func TestNoProtection(t *testing.T) {
	t.Parallel()
	p := watch(t, t.TempDir(), "--network=mainnet", "--anti-slashing-backend=noop")
	if log := strings.Join(p.log, "\n"); !strings.Contains(log, "nothing prevents a slashable signature") {
		t.Errorf("the log does not warn: %s", log)
	}
	p.get(t, p.api+"/healthcheck").expect(t, 200, `"warning":"slashing protection is off (anti_slashing.backend: noop)"`)
	dir := t.TempDir()
	if out, code := run(t, dir, "operator", "status", "--signer-url", start(t, dir, "--anti-slashing-backend=noop").api); code != 0 || !strings.Contains(out, "WARNING     slashing protection is off") {
		t.Errorf("the status of a chamber does not warn: %s", out)
	}
	c := exec.Command(name, "slashing", "verify")
	c.Env = append(os.Environ(), "CONTAINMENT_ANTI_SLASHING__BACKEND=noop")
	if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), "there is no history to work on") {
		t.Errorf("got %v: %s", err, out)
	}
}
