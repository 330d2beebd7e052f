package actors_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
)

func TestAwaitReady(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := spec("slow", func(c *actors.Context, message any) {
			if _, ok := message.(actors.Started); ok {
				c.After(time.Second, (*actors.Context).Ready)
			}
		})
		s.Readies = true
		actorstest.Spawn[slashing](k, s)
		start := time.Now()
		if err := k.System.AwaitReady(k.T.Context()); err != nil {
			t.Error(err)
		}
		equal(t, "waited", time.Since(start), time.Second)
	})
}

func TestAwaitReadyNamesWhoIsLate(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		for _, name := range []string{"b", "a"} {
			s := spec(name, answers)
			s.Readies = true
			actorstest.Spawn[slashing](k, s)
		}
		ctx, cancel := context.WithTimeout(k.T.Context(), time.Minute)
		defer cancel()
		err := k.System.AwaitReady(ctx)
		if err == nil || err.Error() != "not ready in time: test/a, test/b" {
			t.Errorf("got %v", err)
		}
	})
}

func TestAwaitReadyTellsWhyTheSystemFailed(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := spec("store", panicsIn[actors.Started])
		s.Restart = restarts(2)
		actorstest.Spawn[slashing](k, s)
		err := k.System.AwaitReady(k.T.Context())
		if err == nil || err != context.Cause(k.System.Failed()) || !strings.Contains(err.Error(), "test/store: ") {
			t.Errorf("got %v", err)
		}
	})
}

func TestASystemHasOneRoot(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		defer func() {
			if recover() == nil {
				t.Error("a second root was started")
			}
		}()
		actors.Start[slashing](k.System, spec("second", answers))
	})
}

func TestAnEmptySystem(t *testing.T) {
	s := actors.NewSystem(slog.New(slog.DiscardHandler))
	if err := s.AwaitReady(t.Context()); err != nil {
		t.Error(err)
	}
	if s.Crash("nobody") || s.Hang("nobody", time.Hour) {
		t.Error("found nobody")
	}
	s.Ping()
	equal(t, "silent", len(s.Silent()), 0)
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFail(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		actorstest.Spawn[slashing](k, spec("store", answers))
		cause := errors.New("hopeless")
		k.System.Fail(cause)
		k.System.Fail(errors.New("later"))
		equal(t, "cause", context.Cause(k.System.Failed()), cause)
		equal(t, "stop", k.System.Stop(k.T.Context()), nil)
		equal(t, "left", len(k.System.Tree()), 0)
	})
}
