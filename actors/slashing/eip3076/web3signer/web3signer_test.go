package web3signer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/actors/slashing/eip3076/web3signer"
	"containment-chamber/actors/storetest/postgres"
	"containment-chamber/messages"
)

var server postgres.Server

func TestMain(m *testing.M) {
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

// schema12 has the tables and columns of Web3Signer's schema version 12.
const schema12 = `
CREATE TABLE validators (id SERIAL PRIMARY KEY, public_key BYTEA NOT NULL UNIQUE, enabled BOOLEAN NOT NULL DEFAULT true);
CREATE TABLE signed_blocks (id BIGSERIAL PRIMARY KEY, validator_id INTEGER NOT NULL REFERENCES validators, slot NUMERIC(20) NOT NULL,
	signing_root BYTEA, UNIQUE (validator_id, slot));
CREATE TABLE signed_attestations (id BIGSERIAL PRIMARY KEY, validator_id INTEGER NOT NULL REFERENCES validators, source_epoch NUMERIC(20) NOT NULL,
	target_epoch NUMERIC(20) NOT NULL, signing_root BYTEA, UNIQUE (validator_id, target_epoch));
CREATE TABLE low_watermarks (validator_id INTEGER NOT NULL UNIQUE REFERENCES validators, slot NUMERIC(20), target_epoch NUMERIC(20), source_epoch NUMERIC(20));
CREATE TABLE metadata (id INTEGER PRIMARY KEY, genesis_validators_root BYTEA NOT NULL, high_watermark_epoch NUMERIC(20), high_watermark_slot NUMERIC(20));
CREATE TABLE database_version (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
INSERT INTO database_version VALUES (1, 12);
`

var chain = messages.Root{0x4b, 31: 0x95}

func key(n byte) messages.PublicKey { return messages.PublicKey{0xa9, 47: n} }

// database makes a database of Web3Signer, with what statements put into it. They write {1} for the first public key,
// {root} for the chain, and {r1} for a signing root.
func database(t *testing.T, statements string) string {
	t.Helper()
	url := server.Database(t)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	text := strings.NewReplacer("{1}", sql(key(1)), "{2}", sql(key(2)), "{3}", sql(key(3)), "{4}", sql(key(4)),
		"{root}", sql(chain), "{r1}", sql(messages.Root{31: 1})).Replace(schema12 + statements)
	if _, err := conn.Exec(ctx, text); err != nil {
		t.Fatal(err)
	}
	return url
}

// sql writes bytes, which print as 0x and digits.
func sql(bytes fmt.Stringer) string { return `'\x` + strings.TrimPrefix(bytes.String(), "0x") + "'" }

// export returns what was found, as a store that has imported it, which refuses what it knows.
func export(t *testing.T, url string) (web3signer.Report, *memory.Store) {
	t.Helper()
	var file strings.Builder
	report, err := web3signer.Export(context.Background(), url, &file)
	if err != nil {
		t.Fatal(err)
	}
	store := memory.New(messages.Root{})
	if _, err := store.Import(context.Background(), strings.NewReader(file.String())); err != nil {
		t.Fatalf("%v in\n%s", err, file.String())
	}
	return report, store
}

func vote(n byte, source, target uint64, root byte) messages.KeyDuty {
	return messages.KeyDuty{Key: key(n), Duty: messages.Duty{
		Operation: messages.Attestation, GenesisValidatorsRoot: chain, SigningRoot: messages.Root{31: root}, SourceEpoch: source, TargetEpoch: target,
	}}
}

func block(n byte, slot uint64, root byte) messages.KeyDuty {
	return messages.KeyDuty{Key: key(n), Duty: messages.Duty{
		Operation: messages.BlockV2, GenesisValidatorsRoot: chain, SigningRoot: messages.Root{31: root}, Slot: slot,
	}}
}

func TestWhatWeb3SignerRefusesIsRefused(t *testing.T) {
	_, store := export(t, database(t, `
INSERT INTO metadata VALUES (1, {root});
INSERT INTO validators (public_key) VALUES ({1}), ({2}), ({3});
INSERT INTO signed_blocks (validator_id, slot, signing_root) VALUES (1, 90, {r1}), (1, 100, {r1}), (1, 110, NULL);
INSERT INTO signed_attestations (validator_id, source_epoch, target_epoch, signing_root) VALUES (1, 1, 2, {r1}), (1, 9, 10, {r1}), (1, 12, 15, {r1});
INSERT INTO low_watermarks (validator_id, slot, source_epoch, target_epoch) VALUES (1, 100, 9, 10), (2, 500, 50, 60), (3, NULL, NULL, NULL);`))
	for name, c := range map[string]struct {
		duty messages.KeyDuty
		rule string
	}{
		"block: repeat at the watermark":     {block(1, 100, 1), ""},
		"block: another at the watermark":    {block(1, 100, 2), eip3076.RuleDoubleProposal},
		"block: below the watermark":         {block(1, 99, 1), eip3076.RuleDoubleProposal},
		"block: pruned":                      {block(1, 90, 1), eip3076.RuleBelowWatermark},
		"block: between":                     {block(1, 105, 1), ""},
		"block: root unknown":                {block(1, 110, 1), eip3076.RuleDoubleProposal},
		"block: new":                         {block(1, 111, 1), ""},
		"vote: repeat at the watermark":      {vote(1, 9, 10, 1), ""},
		"vote: another at the watermark":     {vote(1, 9, 10, 2), eip3076.RuleDoubleVote},
		"vote: source below the watermark":   {vote(1, 8, 11, 2), eip3076.RuleSurroundingVote},
		"vote: surrounded":                   {vote(1, 13, 14, 2), eip3076.RuleSurroundedVote},
		"vote: surrounding":                  {vote(1, 11, 16, 2), eip3076.RuleSurroundingVote},
		"vote: new":                          {vote(1, 15, 16, 2), ""},
		"repaired: block at the watermark":   {block(2, 500, 1), eip3076.RuleDoubleProposal},
		"repaired: block above":              {block(2, 501, 1), ""},
		"repaired: vote at the watermark":    {vote(2, 59, 60, 1), eip3076.RuleDoubleVote},
		"repaired: source below":             {vote(2, 49, 61, 1), eip3076.RuleSurroundingVote},
		"repaired: vote above":               {vote(2, 50, 61, 1), ""},
		"nothing known: whatever comes":      {vote(3, 0, 1, 1), ""},
		"nothing known: whatever comes, too": {block(3, 1, 1), ""},
	} {
		copied := memory.New(messages.Root{})
		var file strings.Builder
		if err := store.Export(context.Background(), &file); err != nil {
			t.Fatal(err)
		}
		if _, err := copied.Import(context.Background(), strings.NewReader(file.String())); err != nil {
			t.Fatal(err)
		}
		r, err := copied.Record(context.Background(), []messages.KeyDuty{c.duty})
		if err != nil {
			t.Fatal(err)
		}
		verdict := r.Verdicts[0]
		if rule := eip3076.RuleOf(verdict); rule != c.rule || (verdict == nil) != (c.rule == "") {
			t.Errorf("%s: got %v, want %q", name, verdict, c.rule)
		}
	}
}

func TestReport(t *testing.T) {
	url := database(t, `
INSERT INTO metadata VALUES (1, {root}, 1000, 32000);
INSERT INTO validators (public_key, enabled) VALUES ({1}, true), ({2}, false), ({3}, true), ('\x0102', true);
INSERT INTO signed_blocks (validator_id, slot, signing_root) VALUES (1, 5, {r1}), (1, 18446744073709551615, {r1}), (2, 7, '\x01');
INSERT INTO signed_attestations (validator_id, source_epoch, target_epoch, signing_root) VALUES (1, 1, 18446744073709551615, {r1}), (2, 1, 2, NULL);`)
	other, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close(context.Background())
	for n := 1; n > 0; { // the session that has made the database takes its time to end
		if err := other.QueryRow(context.Background(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	report, store := export(t, "jdbc:"+url)
	epoch, slot := "1000", "32000"
	want := web3signer.Report{
		GenesisValidatorsRoot: chain, Validators: 2, Blocks: 3, Attestations: 2, Empty: 1, Disabled: []messages.PublicKey{key(2)},
		HighEpoch: &epoch, HighSlot: &slot, Sessions: 1,
		Altered: []string{
			"validator 4 is not taken: its public key has 2 bytes, so nobody can sign with it",
			"validator " + key(1).String() + ", block at slot 9223372036854775806: is taken as this number without its root: the real one is beyond the greatest that is kept",
			"validator " + key(1).String() + ", attestation 1→9223372036854775806: is taken as this number without its root: the real one is beyond the greatest that is kept",
			"validator " + key(2).String() + ", block at slot 7: is taken without its root, which has 1 bytes",
		},
	}
	if diff := cmp.Diff(want, report); diff != "" {
		t.Error(diff)
	}
	r, err := store.Record(context.Background(), []messages.KeyDuty{vote(1, 2, 3, 1)})
	if err != nil || eip3076.RuleOf(r.Verdicts[0]) != eip3076.RuleSurroundedVote {
		t.Errorf("what an enormous vote surrounds: %v, %v", r.Verdicts, err)
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		url  string
		want error
		text string
	}{
		"empty":         {server.Database(t), web3signer.ErrForeign, "search_path"},
		"no chain":      {database(t, ""), web3signer.ErrForeign, "nothing to import"},
		"older":         {database(t, "UPDATE database_version SET version = 11"), web3signer.ErrVersion, "11, and only 12"},
		"newer":         {database(t, "UPDATE database_version SET version = 13"), web3signer.ErrVersion, "13, and only 12"},
		"no URL":        {"postgres://a:secret@[", web3signer.ErrUnreadable, "must look like postgres://"},
		"no URL at all": {"::secret", web3signer.ErrUnreadable, "must look like postgres://"},
		"no TLS":        {strings.Replace(server.Database(t), "sslmode=disable", "", 1), web3signer.ErrUnreadable, "add sslmode=disable"},
		"no database":   {strings.Replace(server.Database(t), "/test", "/none", 1), web3signer.ErrUnreadable, "name the database that Web3Signer uses"},
		"nobody there":  {"postgres://a:secret@127.0.0.1:1/b", web3signer.ErrUnreadable, "connect"},
		"no such table": {database(t, "INSERT INTO metadata VALUES (1, {root}); DROP TABLE low_watermarks; INSERT INTO validators (public_key) VALUES ({1})"), web3signer.ErrUnreadable, "low_watermarks"},
	} {
		var file strings.Builder
		_, err := web3signer.Export(context.Background(), c.url, &file)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestNothingIsWritten expects that not even a statement that is smuggled in could write.
func TestNothingIsWritten(t *testing.T) {
	url := database(t, "INSERT INTO metadata VALUES (1, {root})")
	if _, err := web3signer.Export(context.Background(), url, &strings.Builder{}); err != nil {
		t.Fatal(err)
	}
	conn, err := web3signer.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(context.Background(), "DELETE FROM metadata"); err == nil || !strings.Contains(err.Error(), "25006") {
		t.Errorf("a write was answered %v, want read_only_sql_transaction", err)
	}
}
