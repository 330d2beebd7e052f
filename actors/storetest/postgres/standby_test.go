package postgres_test

import (
	"testing"

	"containment-chamber/actors/storetest/postgres"
)

// TestStandby: what was committed before the primary ended is at the standby, which takes writes once it is promoted.
func TestStandby(t *testing.T) {
	var primary postgres.Server
	t.Cleanup(primary.Stop)
	way := postgres.NewProxy(t, primary.Database(t))
	standby := primary.Standby(t)
	before := connect(t, way.URL)
	exec(t, before, "CREATE TABLE facts (n int)")
	exec(t, before, "INSERT INTO facts VALUES (1)")
	primary.AwaitStandby(t)
	primary.Crash(t)
	way.LeadTo(standby)
	after := connect(t, way.URL)
	if n := count(t, after); n != 1 {
		t.Errorf("%d rows", n)
	}
	if _, err := after.Exec(t.Context(), "INSERT INTO facts VALUES (2)"); err == nil {
		t.Error("a standby takes writes")
	}
	standby.Promote(t)
	exec(t, after, "INSERT INTO facts VALUES (2)")
}
