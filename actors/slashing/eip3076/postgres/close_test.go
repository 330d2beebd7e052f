package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/slashing/eip3076/postgres"
	"containment-chamber/actors/slashing/eip3076/storetest"
	servers "containment-chamber/actors/storetest/postgres"
	"containment-chamber/messages"
)

// TestCloseWaitsForNobody: callers wait behind it, and a driver takes leave of a silent server for as long as 15 seconds.
func TestCloseWaitsForNobody(t *testing.T) {
	way := servers.NewProxy(t, server.Database(t))
	store := open(t, postgres.Config{URL: way.URL})
	way.Silence(true)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := store.Record(ctx, []messages.KeyDuty{storetest.Vote(storetest.Key(1), 1, 2, 1)}); !errors.Is(err, messages.ErrStoreUnavailable) {
		t.Errorf("silent: %v", err)
	}
	began := time.Now()
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}
