package postgres_test

import (
	"context"
	"errors"
	"flag"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/state"
	"containment-chamber/actors/state/postgres"
	"containment-chamber/actors/state/statetest"
	servers "containment-chamber/actors/storetest/postgres"
)

var server servers.Server

func TestMain(m *testing.M) {
	flag.Set("rapid.checks", "10") // a server answers more slowly than memory
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

func opener(url string) statetest.Opener {
	return func(ctx context.Context) (state.Store, error) {
		store, err := postgres.Open(ctx, postgres.Config{URL: url})
		if err != nil {
			return nil, err
		}
		return store, nil
	}
}

// run runs statements on a database, beside the store.
func run(t *testing.T, url, text string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, text, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
}

// prepared returns a database in which somebody has run a few statements.
func prepared(text string) func(t *testing.T) statetest.Opener {
	return func(t *testing.T) statetest.Opener {
		url := server.Database(t)
		run(t, url, text)
		return opener(url)
	}
}

// used returns a database that the signer has used before somebody ran a few statements.
func used(text string) func(t *testing.T) statetest.Opener {
	return func(t *testing.T) statetest.Opener {
		url := server.Database(t)
		open(t, postgres.Config{URL: url})
		run(t, url, text)
		return opener(url)
	}
}

func open(t *testing.T, cfg postgres.Config) *postgres.Store {
	t.Helper()
	store, err := postgres.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func TestConformance(t *testing.T) {
	statetest.Run(t, statetest.Subject{
		Place: func(t *testing.T) statetest.Opener { return opener(server.Database(t)) },
		Lossy: func(t *testing.T) (statetest.Opener, func(int)) {
			proxy := servers.NewProxy(t, server.Database(t))
			return opener(proxy.URL), proxy.LoseAnswer
		},
		Answers: 4, // begin, set_config, the swap, commit
		Foreign: map[string]func(t *testing.T) statetest.Opener{
			"another table":   prepared("CREATE SCHEMA chamber_state; CREATE TABLE chamber_state.blocks (slot bigint)"),
			"other columns":   prepared("CREATE SCHEMA chamber_state; CREATE TABLE chamber_state.records (name text, body text)"),
			"other version":   prepared("CREATE SCHEMA chamber_state; CREATE TABLE chamber_state.schema_version (version text)"),
			"a table beside":  used("CREATE TABLE chamber_state.blocks (slot bigint)"),
			"a column beside": used("ALTER TABLE chamber_state.records ADD COLUMN note text"),
			"a column less":   used("ALTER TABLE chamber_state.records DROP COLUMN ticket"),
		},
		Newer: used("UPDATE chamber_state.schema_version SET version = 99; ALTER TABLE chamber_state.records ADD COLUMN note text"),
	})
}

func TestReplicasStartTogether(t *testing.T) {
	url := server.Database(t)
	outcomes := make(chan error)
	for range 8 {
		go func() {
			store, err := postgres.Open(context.Background(), postgres.Config{URL: url, PoolSize: 1})
			if err == nil {
				err = store.Close()
			}
			outcomes <- err
		}()
	}
	for range 8 {
		if err := <-outcomes; err != nil {
			t.Error(err)
		}
	}
}

func TestOtherThingsInTheDatabaseDoNoHarm(t *testing.T) {
	url := server.Database(t)
	run(t, url, "CREATE TABLE records (slot bigint); CREATE SCHEMA slashing; CREATE TABLE slashing.records (slot bigint)")
	open(t, postgres.Config{URL: url})
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
	if !errors.Is(err, state.ErrUnavailable) || !strings.Contains(err.Error(), "CREATE SCHEMA chamber_state AUTHORIZATION") {
		t.Errorf("without a schema: %v", err)
	}
	run(t, admin, "CREATE SCHEMA chamber_state AUTHORIZATION "+role)
	open(t, postgres.Config{URL: u.String()})
}

func TestCommitIsWaitedFor(t *testing.T) {
	url := server.Database(t)
	run(t, url, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`)
	store := open(t, postgres.Config{URL: url})
	run(t, url, `
CREATE FUNCTION chamber_state.strict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF current_setting('synchronous_commit') = 'off' THEN RAISE 'not durable'; END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER strict BEFORE INSERT ON chamber_state.records FOR EACH ROW EXECUTE FUNCTION chamber_state.strict()`)
	if err := store.Write(context.Background(), state.Record{Name: state.Seal, Version: 1, Body: []byte("x")}); err != nil {
		t.Error(err)
	}
}

func TestServerThatRestarts(t *testing.T) {
	store := open(t, postgres.Config{URL: server.Database(t)})
	r := state.Record{Name: state.Seal, Version: 1, Body: []byte("before")}
	if err := store.Write(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	server.Crash(t)
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := store.Read(short); !errors.Is(err, state.ErrUnavailable) {
		t.Errorf("read while it is down: %v", err)
	}
	written := make(chan error)
	go func() {
		written <- store.Write(context.Background(), state.Record{Name: state.Seal, Version: 2, Body: []byte("after")})
	}()
	server.Restart(t)
	if err := <-written; err != nil {
		t.Errorf("write across the restart: %v", err)
	}
	found, err := store.Read(context.Background())
	if err != nil || len(found) != 1 || found[0].Version != 2 {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	good := server.Database(t)
	for text, cfg := range map[string]postgres.Config{
		"it must look like postgres://": {URL: "postgres://user:s3cret@host:notaport/x"},
		"create the database first":     {URL: strings.Replace(good, "/test", "/none", 1)},
		"the server refuses the user":   {URL: strings.Replace(good, "postgres@", "nobody:s3cret@", 1)},
		"read only connection":          {URL: good + "&default_transaction_read_only=on"},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := postgres.Open(ctx, cfg)
		if !errors.Is(err, state.ErrUnavailable) || !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("got %v, want %q", err, text)
		}
	}
}

// Of several hosts the first may hang: it must not use up the time of the others.
func TestHostThatHangsIsPassedOver(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	open(t, postgres.Config{URL: strings.Replace(server.Database(t), "127.0.0.1", silent.Addr().String()+",127.0.0.1", 1)})
}

func TestForceIPv4(t *testing.T) {
	good := server.Database(t)
	open(t, postgres.Config{URL: strings.Replace(good, "127.0.0.1", "localhost", 1), ForceIPv4: true})
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if _, err := postgres.Open(ctx, postgres.Config{URL: strings.Replace(good, "127.0.0.1", "[::1]", 1), ForceIPv4: true}); !errors.Is(err, state.ErrUnavailable) {
		t.Errorf("over IPv6: %v", err)
	}
}
