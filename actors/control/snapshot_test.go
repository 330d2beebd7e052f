package control_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/messages"
)

// TestLies: what cannot be is refused by a name, the last good version is kept, and the truth is believed again.
func TestLies(t *testing.T) {
	for name, test := range map[string]struct {
		lie  []messages.Snapshot
		says string
	}{
		"rolled back":     {[]messages.Snapshot{snapshot("policies", 1, "policies 1")}, "policies has version 1, and 2 was seen"},
		"gone":            {nil, "policies has version 0, and 2 was seen"},
		"edited in place": {[]messages.Snapshot{snapshot("policies", 2, "policies x")}, "version 2 of policies has another content"},
		"twice":           {[]messages.Snapshot{snapshot("policies", 2, "policies 2"), snapshot("policies", 3, "policies 3")}, "policies is there twice"},
		"without content": {[]messages.Snapshot{snapshot("policies", 3, "")}, "version 3 with a body of 0 bytes"},
		"without version": {[]messages.Snapshot{snapshot("policies", 0, "policies")}, "version 0 with a body of 8 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, asIs, func(s *scene) {
				truth := slices.Clone(s.store.holds)
				s.store.set(func(s *store) {
					s.holds = append(test.lie, truth[1], snapshot("gossip", 1, "a name that nobody knows"))
				})
				s.Advance(2 * interval)
				e, c := s.last("policies"), s.component("policies")
				if !errors.Is(e.Err, messages.ErrStateRefused) || !strings.Contains(e.Err.Error(), test.says) {
					t.Errorf("announced: %v", e.Err)
				}
				if string(c.Last.Body) != "policies 2" || !errors.Is(c.Err, messages.ErrStateRefused) {
					t.Errorf("%+v", c)
				}
				if s.last("seal").Err != nil || s.last("tokens").Err != nil {
					t.Error("another component has failed")
				}
				s.store.set(func(s *store) { s.holds = truth })
				s.Advance(2 * interval)
				if e := s.last("policies"); e.Err != nil {
					t.Errorf("the truth is not believed: %v", e.Err)
				}
			})
		})
	}
}

// TestLiesToAConsumer: it is told that what was read makes no sense.
func TestLiesToAConsumer(t *testing.T) {
	run(t, asIs, func(s *scene) {
		s.store.set(func(s *store) { s.holds = append(s.holds, s.holds[1]) })
		s.Advance(2 * interval)
		last := s.consumer.offered[len(s.consumer.offered)-1]
		if !errors.Is(last.Err, messages.ErrStateRefused) || !errors.Is(s.last("seal").Err, messages.ErrStateRefused) {
			t.Errorf("offered %+v, announced %+v", last, s.last("seal"))
		}
	})
}

// TestVersionsNeverFall, whatever a store says in whatever order.
func TestVersionsNeverFall(t *testing.T) {
	run(t, asIs, func(s *scene) {
		var last messages.Snapshot
		rapid.Check(t, func(rt *rapid.T) {
			next := snapshot("tokens", rapid.Uint64Range(0, 5).Draw(rt, "version")+last.Version/2, fmt.Sprint(rapid.IntRange(0, 2).Draw(rt, "content")))
			s.store.set(func(s *store) { s.holds = []messages.Snapshot{next} })
			s.Advance(2 * interval)
			now := s.component("tokens")
			if now.Last.Version < last.Version || now.Last.Version == last.Version && last.Version > 0 && string(now.Last.Body) != string(last.Body) {
				rt.Fatalf("%+v after %+v", now.Last, last)
			}
			if now.Err == nil && now.Last.Version != next.Version {
				rt.Fatalf("%+v is announced, %+v was read", now.Last, next)
			}
			last = now.Last
		})
	})
}
