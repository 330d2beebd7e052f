package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076/postgres"
	"containment-chamber/messages"
)

// TestProbe: it needs what a signature needs of each table of the history, and leaves nothing behind.
func TestProbe(t *testing.T) {
	place := database(t)
	store := open(t, postgres.Config{URL: place})
	for _, table := range []string{"blocks", "attestations"} {
		run(t, place, `CREATE FUNCTION chamber_slashing.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no space' USING ERRCODE = 'disk_full'; END $$;
			CREATE TRIGGER full_disk BEFORE INSERT ON chamber_slashing.`+table+` FOR EACH ROW EXECUTE FUNCTION chamber_slashing.full_disk()`)
		if err := store.Probe(context.Background()); !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), "disk of the server is full") {
			t.Errorf("no room for %s: %v", table, err)
		}
		run(t, place, "DROP FUNCTION chamber_slashing.full_disk CASCADE")
		if err := store.Probe(context.Background()); err != nil {
			t.Errorf("with room for %s again: %v", table, err)
		}
	}
	if n := rows(t, store); n != 0 {
		t.Errorf("probes have left %d rows", n)
	}
}
