package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076/postgres"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

func TestErrorsSayWhatToDo(t *testing.T) {
	good := server.Database(t)
	newer := server.Database(t)
	open(t, postgres.Config{URL: newer})
	run(t, newer, "UPDATE chamber_slashing.metadata SET version = 99")
	foreign := server.Database(t)
	run(t, foreign, "CREATE SCHEMA chamber_slashing; CREATE TABLE chamber_slashing.cookies (name text)")
	lacking := server.Database(t)
	open(t, postgres.Config{URL: lacking})
	run(t, lacking, "DROP TABLE chamber_slashing.blocks")
	for text, cfg := range map[string]postgres.Config{
		"it must look like postgres://":          {URL: "postgres://user:s3cret@host:notaport/x"},
		"create the database first":              {URL: strings.Replace(good, "/test", "/none", 1)},
		"the server refuses the user":            {URL: strings.Replace(good, "postgres@", "nobody:s3cret@", 1)},
		"the server takes no writes":             {URL: good + "&default_transaction_read_only=on"},
		"the server has no TLS":                  {URL: strings.Replace(good, "?sslmode=disable", "", 1)},
		"version 99, this program knows up to 1": {URL: newer},
		"holds other tables than ours":           {URL: foreign},
		"put ours back":                          {URL: lacking},
		"there is no history in it":              {URL: good, MustExist: true},
	} {
		_, err := postgres.Open(context.Background(), cfg)
		if !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("got %v, want %q", err, text)
		}
		var fault messages.StoreFault // health shows its reason to everyone
		if errors.As(err, &fault); strings.Contains(fault.Reason, "cookies") {
			t.Errorf("the reason names what is somebody else's: %q", fault.Reason)
		}
	}
	store := open(t, postgres.Config{URL: good})
	run(t, good, "UPDATE chamber_slashing.metadata SET version = 99")
	if err := store.Probe(context.Background()); !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), "start the newer program") {
		t.Errorf("probe: %v", err)
	}
}

// A schema that was made for the role is all that it needs.
func TestRoleThatMayNotCreateSchemas(t *testing.T) {
	admin := server.Database(t)
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	database := strings.TrimPrefix(u.Path, "/")
	role := "signer_of_" + database
	run(t, admin, "CREATE ROLE "+role+" LOGIN; REVOKE CREATE ON DATABASE "+database+" FROM PUBLIC")
	u.User = url.User(role)
	_, err = postgres.Open(context.Background(), postgres.Config{URL: u.String()})
	if !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), "CREATE SCHEMA chamber_slashing AUTHORIZATION") {
		t.Errorf("without a schema: %v", err)
	}
	run(t, admin, "CREATE SCHEMA chamber_slashing AUTHORIZATION "+role)
	store := open(t, postgres.Config{URL: u.String()})
	if _, err := store.Import(context.Background(), strings.NewReader(storetest.File(storetest.Key(1), `{"slot": "1"}`, ""))); err != nil {
		t.Error(err)
	}
}

// What the database, or whoever runs it, has as its default may be weaker than what is promised here.
func TestSessionsAreSettled(t *testing.T) {
	place := server.Database(t)
	for _, setting := range []string{"synchronous_commit = local", "default_transaction_isolation = 'serializable'"} {
		run(t, place, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET `+strings.ReplaceAll(setting, "'", "''")+`', current_database()); END $$`)
	}
	store := open(t, postgres.Config{URL: place})
	run(t, place, `
CREATE FUNCTION chamber_slashing.strict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF current_setting('synchronous_commit') <> 'on' OR current_setting('transaction_isolation') <> 'read committed'
		OR current_setting('statement_timeout') = '0' OR current_setting('lock_timeout') = '0' THEN RAISE 'not settled'; END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER strict BEFORE INSERT ON chamber_slashing.attestations FOR EACH ROW EXECUTE FUNCTION chamber_slashing.strict()`)
	if verdict := verdicts(t, store, storetest.Vote(storetest.Key(1), 1, 2, 1))[0]; verdict != nil {
		t.Error(verdict)
	}
}
