package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076/postgres"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

// TestTwoInOneGap lets two signers judge by the same head, in a gap that leaves all numbers of the head as they are, and
// holds both up until both are about to write. One of two votes that surround each other may win.
func TestTwoInOneGap(t *testing.T) {
	ctx := t.Context()
	place := server.Database(t)
	var stores []*postgres.Store
	for range 2 {
		stores = append(stores, open(t, postgres.Config{URL: place, Timeout: time.Minute}))
	}
	verdicts(t, stores[0], storetest.Vote(storetest.Key(1), 1, 2, 1), storetest.Vote(storetest.Key(1), 10, 20, 1))
	c, err := pgx.Connect(ctx, place)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	tx, err := c.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, "SELECT FROM chamber_slashing.validators FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	outcomes := make(chan error, 2)
	for i, vote := range []messages.KeyDuty{storetest.Vote(storetest.Key(1), 3, 6, 1), storetest.Vote(storetest.Key(1), 2, 8, 1)} {
		go func() {
			recorded, err := stores[i].Record(ctx, []messages.KeyDuty{vote})
			if err != nil {
				t.Error(err)
				recorded.Verdicts = []error{err}
			}
			outcomes <- recorded.Verdicts[0]
		}()
	}
	for waiting := 0; waiting < 2 && len(outcomes) == 0; {
		text := "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
		if err := tx.QueryRow(ctx, "SELECT 1 FROM pg_stat_clear_snapshot()").Scan(new(int)); err != nil {
			t.Fatal(err)
		}
		if err := tx.QueryRow(ctx, text).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if first, second := <-outcomes, <-outcomes; (first == nil) == (second == nil) {
		t.Errorf("got %v and %v, want one of them to be refused", first, second)
	}
}
