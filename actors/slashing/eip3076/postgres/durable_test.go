package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076/postgres"
	"containment-chamber/actors/slashing/eip3076/storetest"
	servers "containment-chamber/actors/storetest/postgres"
	"containment-chamber/messages"
)

// followed is a primary whose commits wait for a standby, and a store in it.
func followed(t *testing.T) (store *postgres.Store, place string, standby *servers.Server) {
	t.Helper()
	primary := &servers.Server{}
	t.Cleanup(primary.Stop)
	place = primary.Database(t)
	store = open(t, postgres.Config{URL: place, Timeout: time.Minute})
	standby = primary.Standby(t)
	primary.Set(t, "synchronous_standby_names", "'*'")
	run(t, place, `DO $$ BEGIN
		WHILE NOT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync') LOOP
			PERFORM pg_sleep(0.01);
			PERFORM pg_stat_clear_snapshot();
		END LOOP;
	END $$`)
	run(t, place, "CHECKPOINT") // so the process that releases the waiting knows of it too
	return store, place, standby
}

// TestStandbyAway: what the primary alone has on disk is shown to everybody once the wait for the standby was cut short, and is
// gone when the standby takes over. So it is no leave to sign, however often it is asked for.
func TestStandbyAway(t *testing.T) {
	store, _, standby := followed(t)
	before, after := storetest.Vote(storetest.Key(1), 1, 2, 1), storetest.Vote(storetest.Key(1), 2, 3, 1)
	verdicts(t, store, before)
	standby.Crash(t)
	for n := range 3 {
		err := within(t, time.Second, func(ctx context.Context) error {
			_, err := store.Record(ctx, []messages.KeyDuty{after})
			return err
		})
		if !errors.Is(err, messages.ErrStoreUnavailable) {
			t.Fatalf("time %d: without a standby: %v", n, err)
		}
	}
	standby.Restart(t)
	for i, verdict := range verdicts(t, store, before, after, storetest.Vote(storetest.Key(1), 2, 3, 2)) {
		if (verdict != nil) != (i == 2) {
			t.Errorf("with the standby, duty %d: %v", i, verdict)
		}
	}
}

// TestWaitForStandbyCancelled: the server calls a commit done, with a warning, when somebody cancels its wait for the standby.
func TestWaitForStandbyCancelled(t *testing.T) {
	store, place, standby := followed(t)
	verdicts(t, store, storetest.Vote(storetest.Key(1), 1, 2, 1))
	standby.Crash(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	answer := make(chan error, 1)
	go func() {
		_, err := store.Record(ctx, []messages.KeyDuty{storetest.Vote(storetest.Key(1), 2, 3, 1)})
		answer <- err
	}()
	cancelled(t, place, answer)
	select {
	case err := <-answer:
		if err == nil {
			t.Error("the primary alone has it, and it may be signed")
		}
	case <-time.After(100 * time.Millisecond): // it asks again, and waits
		cancel()
		if err := <-answer; !errors.Is(err, messages.ErrStoreUnavailable) {
			t.Errorf("got %v", err)
		}
	}
}

// cancelled waits until a session waits for the standby, and cancels that.
func cancelled(t *testing.T, place string, answer <-chan error) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		var n int
		err := c.QueryRow(t.Context(), "SELECT count(*) FROM (SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep') c").Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return
		}
		if len(answer) > 0 {
			break
		}
	}
	t.Fatal("nobody waits for the standby")
}
