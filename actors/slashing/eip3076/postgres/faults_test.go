package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/postgres"
	"containment-chamber/actors/slashing/eip3076/storetest"
	servers "containment-chamber/actors/storetest/postgres"
	"containment-chamber/messages"
)

// open opens a store for the test.
func open(t testing.TB, cfg postgres.Config) *postgres.Store {
	t.Helper()
	store, err := postgres.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// verdicts are those on duties in one call.
func verdicts(t testing.TB, store *postgres.Store, duties ...messages.KeyDuty) []error {
	t.Helper()
	recorded, err := store.Record(context.Background(), duties)
	if err != nil {
		t.Fatal(err)
	}
	return recorded.Verdicts
}

// rows counts the votes in a database.
func rows(t *testing.T, store *postgres.Store) int {
	t.Helper()
	report, err := store.Verify(context.Background())
	if err != nil || len(report.Findings) > 0 {
		t.Fatalf("verify: %+v, %v", report.Findings, err)
	}
	return report.Attestations + report.Blocks
}

// TestLostAnswers drops the answer to each trip of a call in turn: the server has done what it was asked by then.
func TestLostAnswers(t *testing.T) {
	direct := open(t, postgres.Config{URL: server.Database(t)})
	proxy := servers.NewProxy(t, postgres.URL(direct))
	store := open(t, postgres.Config{URL: proxy.URL})
	verdicts(t, store, storetest.Vote(storetest.Key(1), 0, 1, 1))
	want := 1
	for target := uint64(2); target < 40; target++ {
		proxy.LoseAnswer(int(target % 5))
		group := []messages.KeyDuty{storetest.Vote(storetest.Key(1), target-1, target, 1), storetest.Block(storetest.Key(byte(target)), target, 1)}
		want += len(group)
		for i, verdict := range verdicts(t, store, group...) {
			if verdict != nil {
				t.Fatalf("target %d, duty %d: %v", target, i, verdict)
			}
		}
		if got := rows(t, direct); got != want {
			t.Fatalf("after target %d there are %d rows, want %d", target, got, want)
		}
	}
	if !proxy.Lost() {
		proxy.LoseAnswer(0)
	}
	if verdict := verdicts(t, store, storetest.Vote(storetest.Key(1), 38, 39, 2))[0]; eip3076.RuleOf(verdict) != eip3076.RuleDoubleVote {
		t.Errorf("got %v", verdict)
	}
}

func TestRoundTrips(t *testing.T) {
	proxy := servers.NewProxy(t, server.Database(t))
	store := open(t, postgres.Config{URL: proxy.URL, Marks: &eip3076.Marker{}})
	group := func(target uint64) []messages.KeyDuty {
		duties := make([]messages.KeyDuty, 64)
		for i := range duties {
			duties[i] = storetest.Vote(storetest.Key(byte(i)), target-1, target, 1)
		}
		return duties
	}
	verdicts(t, store, group(1)...) // learns heads, and prepares
	verdicts(t, store, group(2)...)
	before := proxy.Trips()
	const groups = 10
	for target := uint64(3); target < 3+groups; target++ {
		for _, verdict := range verdicts(t, store, group(target)...) {
			if verdict != nil {
				t.Fatal(verdict)
			}
		}
	}
	if trips := proxy.Trips() - before; trips != groups {
		t.Errorf("%d groups of 64 took %d round trips, want one each", groups, trips)
	}
	before = proxy.Trips()
	again := append(group(5), group(3+groups)...) // repeats beside what is new
	for _, verdict := range verdicts(t, store, again...) {
		if verdict != nil {
			t.Fatal(verdict)
		}
	}
	if trips := proxy.Trips() - before; trips > 3 {
		t.Errorf("repeats beside new votes took %d round trips", trips)
	}
}

// within runs a call that has to end by the deadline, and returns its error.
func within(t *testing.T, limit time.Duration, call func(context.Context) error) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	begun := time.Now()
	err := call(ctx)
	if took := time.Since(begun); took > limit+5*time.Second {
		t.Errorf("it took %v, with a deadline after %v", took, limit)
	}
	return err
}

func TestLatencySilenceAndResets(t *testing.T) {
	proxy := servers.NewProxy(t, server.Database(t))
	store := open(t, postgres.Config{URL: proxy.URL, Timeout: 20 * time.Second})
	vote := func(target uint64) func(context.Context) error {
		return func(ctx context.Context) error {
			recorded, err := store.Record(ctx, []messages.KeyDuty{storetest.Vote(storetest.Key(1), target-1, target, 1)})
			return errors.Join(append(recorded.Verdicts, err)...)
		}
	}
	proxy.Delay(25 * time.Millisecond)
	for target := uint64(1); target < 10; target++ {
		if err := within(t, 20*time.Second, vote(target)); err != nil {
			t.Errorf("with 50 ms of latency: %v", err)
		}
	}
	proxy.Delay(0)

	proxy.Silence(true)
	for range 2 {
		if err := within(t, 300*time.Millisecond, vote(10)); !errors.Is(err, messages.ErrStoreUnavailable) {
			t.Errorf("silent: %v", err)
		}
	}
	if err := within(t, 300*time.Millisecond, store.Probe); !errors.Is(err, messages.ErrStoreUnavailable) {
		t.Errorf("probe: %v", err)
	}
	proxy.Silence(false)
	if err := within(t, 20*time.Second, vote(10)); err != nil {
		t.Errorf("after the silence: %v", err)
	}
	for target := uint64(11); target < 20; target++ {
		proxy.Cut()
		if err := within(t, 20*time.Second, vote(target)); err != nil {
			t.Errorf("after a reset: %v", err)
		}
	}
}

func TestServerThatRestarts(t *testing.T) {
	store := open(t, postgres.Config{URL: server.Database(t)})
	vote := storetest.Vote(storetest.Key(1), 1, 2, 1)
	verdicts(t, store, vote)
	server.Crash(t)
	down := func() {
		t.Helper()
		if _, err := store.Record(context.Background(), []messages.KeyDuty{storetest.Vote(storetest.Key(1), 2, 3, 1)}); !errors.Is(err, messages.ErrStoreUnavailable) {
			t.Errorf("while it is down: %v", err)
		}
		if err := store.Probe(context.Background()); !errors.Is(err, messages.ErrStoreUnavailable) {
			t.Errorf("probe while it is down: %v", err)
		}
	}
	down()
	server.Restart(t)
	for i, verdict := range verdicts(t, store, vote, storetest.Vote(storetest.Key(1), 1, 2, 2), storetest.Vote(storetest.Key(1), 2, 3, 1)) {
		if (verdict != nil) != (i == 1) {
			t.Errorf("duty %d after the restart: %v", i, verdict)
		}
	}
	if err := store.Probe(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestReadOnly: a primary that has become a standby, or an operator who forbids writing.
func TestReadOnly(t *testing.T) {
	place := server.Database(t)
	store := open(t, postgres.Config{URL: place})
	verdicts(t, store, storetest.Vote(storetest.Key(1), 1, 2, 1))
	readOnly := func(on string) {
		run(t, place, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = `+on+`', current_database()); END $$`)
		run(t, place, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	}
	readOnly("on")
	if err := store.Probe(context.Background()); !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), "takes no writes") {
		t.Errorf("probe: %v", err)
	}
	if _, err := store.Record(context.Background(), []messages.KeyDuty{storetest.Vote(storetest.Key(1), 2, 3, 1)}); !errors.Is(err, messages.ErrStoreUnavailable) {
		t.Errorf("record: %v", err)
	}
	run(t, place, `BEGIN READ WRITE; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()); END $$; COMMIT`)
	if err := store.Probe(context.Background()); err != nil {
		t.Errorf("probe afterwards: %v", err)
	}
	if verdict := verdicts(t, store, storetest.Vote(storetest.Key(1), 2, 3, 1))[0]; verdict != nil {
		t.Error(verdict)
	}
}
