package sqlite_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/messages"
)

const addValidator = "INSERT INTO validators (public_key) VALUES (zeroblob(48))"

// A transaction that fails, is cancelled or panics leaves nothing, and the store goes on.
func TestATransactionEndsAsAWhole(t *testing.T) {
	store, _ := fresh(t)
	mine := errors.New("mine")
	err := sqlite.Transact(context.Background(), store, func(exec func(string) error) error {
		return errors.Join(exec(addValidator), mine)
	})
	if !errors.Is(err, mine) {
		t.Errorf("failed: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err = sqlite.Transact(ctx, store, func(exec func(string) error) error {
		cancel()
		return exec(addValidator)
	})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, messages.ErrStoreUnavailable) {
		t.Errorf("cancelled: %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was lost")
			}
		}()
		_ = sqlite.Transact(context.Background(), store, func(exec func(string) error) error {
			if err := exec(addValidator); err != nil {
				t.Error(err)
			}
			panic("constant")
		})
	}()
	err = sqlite.Transact(context.Background(), store, func(exec func(string) error) error { return exec("no statement") })
	if !errors.Is(err, messages.ErrStoreUnavailable) {
		t.Errorf("not SQL: %v", err)
	}
	if report, err := store.Verify(context.Background()); err != nil || report.Validators != 0 {
		t.Errorf("something is left: %+v, %v", report, err)
	}
}

func TestWhoWaitsForItsTurnCanStopWaiting(t *testing.T) {
	store, _ := fresh(t)
	err := sqlite.Transact(context.Background(), store, func(func(string) error) error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		if err := store.Probe(ctx); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, messages.ErrStoreUnavailable) {
			t.Errorf("got %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
