package control_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/control"
	"containment-chamber/messages"
)

// TestRefresh: each component is announced and kept, and a consumer is offered its own.
func TestRefresh(t *testing.T) {
	run(t, asIs, func(s *scene) {
		for component, version := range map[string]uint64{"seal": 7, "policies": 2, "tokens": 0} {
			if e := s.last(component); e.Err != nil || e.Changed || !e.At.Equal(time.Now()) {
				t.Errorf("%+v", e)
			}
			if c := s.component(component); c.Last.Version != version || c.Last.Component != component || c.Err != nil || !c.Refreshed.Equal(time.Now()) {
				t.Errorf("%+v", c)
			}
		}
		offered := s.consumer.offered
		if len(offered) != 1 || string(offered[0].Snapshot.Body) != "seal 7" || !offered[0].Snapshot.Began.Equal(s.store.reads[0]) || offered[0].Err != nil {
			t.Errorf("offered %+v", offered)
		}
		if _, err := actorstest.Ask(s.Kit, s.ref, messages.GetComponent{Name: "keys"}); !errors.Is(err, messages.ErrMalformed) {
			t.Error(err)
		}
		s.store.set(func(s *store) { s.holds = append(s.holds, snapshot("tokens", 1, "tokens 1")) })
		s.Advance(2 * interval)
		if c := s.component("tokens"); string(c.Last.Body) != "tokens 1" {
			t.Errorf("%+v", c)
		}
	})
}

// TestInterval: it differs by a tenth at most, and does differ, so that replicas drift apart.
func TestInterval(t *testing.T) {
	run(t, asIs, func(s *scene) {
		s.Advance(100 * interval)
		gaps := map[time.Duration]bool{}
		for i, at := range s.store.reads[1:] {
			gap := at.Sub(s.store.reads[i])
			gaps[gap] = true
			if gap < interval*9/10 || gap > interval*11/10 {
				t.Errorf("%v from read %d to the next", gap, i)
			}
		}
		if len(gaps) < 10 {
			t.Errorf("%d different gaps in %d reads", len(gaps), s.reads())
		}
		if n := len(s.consumer.offered); n != s.reads() {
			t.Errorf("%d reads, %d offers", s.reads(), n)
		}
	})
}

// TestOnlyAtTheStart: without an interval it reads until that succeeds, and then when asked to.
func TestOnlyAtTheStart(t *testing.T) {
	run(t, func(store *store, cfg *control.Config) { cfg.Interval, store.err = 0, messages.ErrStateUnavailable }, func(s *scene) {
		s.Advance(3*time.Second + time.Millisecond)
		if n := s.reads(); n != 4 {
			t.Errorf("%d reads of a store that is away", n)
		}
		s.store.set(func(s *store) { s.err = nil })
		s.Advance(time.Hour)
		if n := s.reads(); n != 5 || s.last("seal").Err != nil {
			t.Errorf("%d reads, %+v", n, s.last("seal"))
		}
		s.ask()
		if n := s.reads(); n != 6 {
			t.Errorf("%d reads after somebody has asked", n)
		}
	})
}

// ask asks for a refresh.
func (s *scene) ask() {
	s.T.Helper()
	if _, err := actorstest.Ask(s.Kit, s.ref, messages.RefreshControl{}); err != nil {
		s.T.Error(err)
	}
}

// TestAskedForDuringARead: that one may have begun too early; one more follows, however many have asked.
func TestAskedForDuringARead(t *testing.T) {
	run(t, func(store *store, cfg *control.Config) { cfg.Interval, store.wait = time.Hour, time.Second }, func(s *scene) {
		for range 3 {
			s.ask()
		}
		if n := s.reads(); n != 1 {
			t.Errorf("%d reads under way", n)
		}
		s.Advance(time.Minute)
		if n := s.reads(); n != 2 {
			t.Errorf("%d reads", n)
		}
	})
}

// TestCrash: what was seen is not forgotten, and the read of an incarnation that is gone ends with it.
func TestCrash(t *testing.T) {
	run(t, asIs, func(s *scene) {
		s.store.set(func(s *store) { s.wait = 3 * time.Second })
		s.Advance(2 * interval)
		s.store.set(func(s *store) { s.holds[0] = snapshot("policies", 1, "policies 1") })
		for range 4 {
			s.Crash("test/control")
			s.Advance(20 * time.Second)
			if e := s.last("policies"); !errors.Is(e.Err, messages.ErrStateRefused) || s.last("seal").Err != nil {
				t.Errorf("%+v, %+v", e, s.last("seal"))
			}
		}
	})
}

// TestStop: a read that nobody waits for is ended, and is no failure.
func TestStop(t *testing.T) {
	run(t, func(store *store, _ *control.Config) { store.wait = 9 * time.Second }, func(s *scene) {
		s.Advance(time.Second)
		began := time.Now()
		if err := s.System.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 0 {
			t.Errorf("it took %v", took)
		}
		if all := s.events("seal"); len(all) != 0 {
			t.Errorf("announced: %+v", all)
		}
	})
}
