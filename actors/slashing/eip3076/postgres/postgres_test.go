package postgres_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/postgres"
	"containment-chamber/actors/slashing/eip3076/storetest"
	servers "containment-chamber/actors/storetest/postgres"
)

var server servers.Server

func TestMain(m *testing.M) {
	flag.Set("rapid.checks", "20") // a server answers more slowly than memory
	code := m.Run()
	server.Stop()
	os.Exit(code)
}

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Subject{
		Place: func(t *testing.T) storetest.Opener {
			url := database(t)
			return func(o storetest.Opening) (eip3076.Store, error) {
				store, err := postgres.Open(context.Background(), postgres.Config{
					URL: url, GenesisValidatorsRoot: o.GenesisValidatorsRoot, Marks: o.Marks, Witness: o.Witness,
				})
				if err != nil {
					return nil, err
				}
				return store, nil
			}
		},
		Shared: true,
		Break: func(t *testing.T, store eip3076.Store) {
			run(t, urlOf(store), "ALTER SCHEMA chamber_slashing RENAME TO elsewhere")
		},
		Damage:   damage,
		Snapshot: snapshot,
	})
}

// used are databases that tests of the suite are done with: to make one takes longer than most of these tests.
var used []string

// database returns a database without our schema.
func database(t *testing.T) string {
	t.Helper()
	var url string
	if n := len(used); n > 0 {
		url, used = used[n-1], used[:n-1]
	} else {
		url = server.Database(t)
	}
	t.Cleanup(func() {
		run(t, url, "DROP SCHEMA IF EXISTS chamber_slashing CASCADE; DROP SCHEMA IF EXISTS elsewhere CASCADE")
		used = append(used, url)
	})
	return url
}

func urlOf(store eip3076.Store) string { return postgres.URL(store.(*postgres.Store)) }

// run runs statements on a database, beside the store.
func run(t testing.TB, url, text string, args ...any) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, text, append([]any{pgx.QueryExecModeSimpleProtocol}, args...)...); err != nil {
		t.Fatal(err)
	}
}

func damage(t *testing.T, store eip3076.Store, d storetest.Damage) bool {
	table, column, edit := "validators", "", "low_slot = 1, low_source = 1, low_target = 1"
	where := fmt.Sprintf("v.public_key = '\\x%x'", d.Key[:])
	switch d.Kind {
	case eip3076.RowBlock:
		table, column = "blocks", "slot"
	case eip3076.RowAttestation:
		table, column = "attestations", "target_epoch"
	}
	if column != "" {
		where = fmt.Sprintf("r.validator = v.id AND r.%s = %d AND ", column, d.At) + where
		edit = "signing_root = set_byte(r.signing_root, 31, 2)"
	} else {
		where = "r.id = v.id AND " + where
	}
	switch d.Harm {
	case storetest.Unmarked:
		edit = "scheme = 0, mac = ''"
	case storetest.Foreign:
		edit = "scheme = 7"
	case storetest.ShortMAC:
		edit = "mac = substr(r.mac, 1, 3)"
	case storetest.ShortRoot:
		if column == "" {
			return false
		}
		edit = "signing_root = substr(r.signing_root, 1, 3)"
	}
	url := urlOf(store)
	run(t, url, fmt.Sprintf("ALTER TABLE chamber_slashing.%s DROP CONSTRAINT IF EXISTS %s_signing_root_check", table, table))
	run(t, url, fmt.Sprintf("UPDATE chamber_slashing.%s r SET %s FROM chamber_slashing.validators v WHERE %s", table, edit, where))
	return true
}

var snapshots int

func snapshot(t *testing.T, store eip3076.Store) func() {
	snapshots++
	url, name := urlOf(store), fmt.Sprintf("kept%d", snapshots)
	run(t, url, "CREATE SCHEMA "+name)
	for _, table := range []string{"metadata", "validators", "blocks", "attestations"} {
		run(t, url, fmt.Sprintf("CREATE TABLE %s.%s AS TABLE chamber_slashing.%s", name, table, table))
	}
	return func() {
		var text string
		for _, table := range []string{"metadata", "validators", "blocks", "attestations"} {
			text += fmt.Sprintf("DELETE FROM chamber_slashing.%s; INSERT INTO chamber_slashing.%s OVERRIDING SYSTEM VALUE TABLE %s.%s;", table, table, name, table)
		}
		run(t, url, text)
	}
}
