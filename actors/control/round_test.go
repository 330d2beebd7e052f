package control_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/control"
	"containment-chamber/messages"
)

// TestAway: all components fail, their consumers hear of it, and nothing is forgotten; the recovery is noticed.
func TestAway(t *testing.T) {
	run(t, asIs, func(s *scene) {
		s.store.set(func(s *store) { s.err = messages.ErrStateUnavailable })
		s.Advance(10 * interval)
		for component, version := range map[string]uint64{"seal": 7, "policies": 2, "tokens": 0} {
			if c := s.component(component); !errors.Is(c.Err, messages.ErrStateUnavailable) || c.Last.Version != version || time.Since(c.Refreshed) < 8*interval {
				t.Errorf("%s: %+v", component, c)
			}
			if n := len(s.events(component)); n < 9 || n > 13 {
				t.Errorf("%d events of %s", n, component)
			}
		}
		if last := s.consumer.offered[len(s.consumer.offered)-1]; !errors.Is(last.Err, messages.ErrStateUnavailable) || last.Snapshot.Body != nil {
			t.Errorf("the consumer was told %+v", last)
		}
		s.store.set(func(s *store) { s.err = nil })
		s.Advance(2 * interval)
		for _, component := range messages.Components() {
			var changes []error
			for _, e := range s.events(component) {
				if e.Changed {
					changes = append(changes, e.Err)
				}
			}
			if len(changes) != 2 || changes[0] == nil || changes[1] != nil {
				t.Errorf("changes of %s: %v", component, changes)
			}
		}
	})
}

// TestSlow: rounds do not pile up behind a read that takes its time, and one that takes too long ends.
func TestSlow(t *testing.T) {
	run(t, func(store *store, _ *control.Config) { store.wait = 4 * time.Second }, func(s *scene) {
		s.Advance(20 * time.Second)
		if n := s.reads(); n < 4 || n > 5 || s.last("seal").Err != nil {
			t.Errorf("%d reads, %+v", n, s.last("seal"))
		}
		s.store.set(func(s *store) { s.wait = time.Hour })
		s.Advance(26 * time.Second)
		if e := s.last("tokens"); !errors.Is(e.Err, messages.ErrStateUnavailable) {
			t.Errorf("%+v", e)
		}
		s.store.set(func(s *store) { s.wait = 0 })
		s.Advance(13 * time.Second)
		if e := s.last("tokens"); e.Err != nil {
			t.Errorf("%+v", e)
		}
	})
}

// TestDeaf: a store that does not come back when it must is told of again and again, nobody asks it anew, and this actor
// answers all the while.
func TestDeaf(t *testing.T) {
	run(t, asIs, func(s *scene) {
		s.store.set(func(s *store) { s.wait, s.deaf = time.Minute, true })
		before := s.reads()
		s.Advance(40 * time.Second)
		var failures []error
		for _, e := range s.events("policies") {
			if e.Err != nil {
				failures = append(failures, e.Err)
			}
		}
		if len(failures) != 3 || !strings.Contains(failures[2].Error(), "no answer for 36s") || s.reads() != before+1 {
			t.Errorf("%d reads, failures: %v", s.reads()-before, failures)
		}
		if c := s.component("policies"); !errors.Is(c.Err, messages.ErrStateUnavailable) {
			t.Errorf("%+v", c)
		}
		s.store.set(func(s *store) { s.wait = 0 })
		s.Advance(30 * time.Second)
		if s.last("policies").Err != nil || s.reads() < before+5 {
			t.Errorf("%+v after %d reads", s.last("policies"), s.reads()-before)
		}
	})
}

// TestReadCrashes: that is counted, and the next round reads again.
func TestReadCrashes(t *testing.T) {
	run(t, func(store *store, _ *control.Config) { store.crash = true }, func(s *scene) {
		s.Advance(5 * interval)
		if n := len(s.events("seal")); n < 5 || !errors.Is(s.last("seal").Err, messages.ErrCrashed) {
			t.Errorf("%d events, %+v", n, s.last("seal"))
		}
		s.store.set(func(s *store) { s.crash = false })
		s.Advance(2 * interval)
		if e := s.last("seal"); e.Err != nil {
			t.Errorf("%+v", e)
		}
	})
}

// TestConsumers: what a consumer refuses, or does not answer, is its component's failure alone, and is offered again.
func TestConsumers(t *testing.T) {
	for name, test := range map[string]struct {
		fault func(*consumer) *atomic.Bool
		want  error
	}{
		"refuses":         {func(u *consumer) *atomic.Bool { return &u.refuses }, messages.ErrStateRefused},
		"does not answer": {func(u *consumer) *atomic.Bool { return &u.hangs }, messages.ErrExpired},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, asIs, func(s *scene) {
				test.fault(s.consumer).Store(true)
				s.store.set(func(s *store) { s.holds[1] = snapshot("seal", 8, "seal 8") })
				s.Advance(20 * time.Second)
				if c := s.component("seal"); !errors.Is(c.Err, test.want) || c.Last.Version != 7 {
					t.Errorf("%+v", c)
				}
				for _, other := range []string{"policies", "tokens"} {
					if c := s.component(other); c.Err != nil || time.Since(c.Refreshed) > 7*time.Second {
						t.Errorf("%s: %+v", other, c)
					}
				}
				test.fault(s.consumer).Store(false)
				s.Advance(10 * time.Second)
				if c := s.component("seal"); c.Err != nil || c.Last.Version != 8 {
					t.Errorf("%+v", c)
				}
			})
		})
	}
}

// TestTrace: a refresh is a trace, of which the read and what consumers make of it are parts; without one, nothing is told.
func TestTrace(t *testing.T) {
	whole := messages.Trace{ID: [16]byte{1}, Span: [8]byte{2}, Sampled: true}
	run(t, func(_ *store, cfg *control.Config) { cfg.Trace = func() messages.Trace { return whole } }, func(s *scene) {
		s.consumer.refuses.Store(true)
		s.Advance(interval * 11 / 10)
		var told []string
		for _, e := range actorstest.Events[messages.PartFinished](s.Kit)[3:] {
			if of := e.Part.Trace; of != whole && (of.Parent != whole.Span || of.ID != whole.ID) {
				t.Errorf("%+v", e)
			}
			told = append(told, fmt.Sprint(e.Part.Name, " ", e.About.Value, " ", e.Err))
		}
		want := []string{"state read <nil> <nil>", "take seal signer state refused", "refresh <nil> signer state refused"}
		if !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
	run(t, asIs, func(s *scene) {
		if told := actorstest.Events[messages.PartFinished](s.Kit); len(told) > 0 {
			t.Errorf("told %v", told)
		}
	})
}

// TestConsumerCrashes: the next round offers it again.
func TestConsumerCrashes(t *testing.T) {
	run(t, asIs, func(s *scene) {
		s.Crash("test/consumer")
		s.Advance(10 * interval)
		if e := s.last("seal"); e.Err != nil {
			t.Errorf("%+v", e)
		}
	})
}
