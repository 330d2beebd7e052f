package actors_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

// nested is a spec of actors within actors, one for each limit; the innermost cannot start.
func nested(starts *int, limits ...actors.Restart) actors.Spec {
	s := spec("level", func(c *actors.Context, message any) {
		if _, ok := message.(actors.Started); !ok {
			return
		}
		if len(limits) > 1 {
			actors.Spawn[slashing](c, nested(starts, limits[1:]...))
			return
		}
		*starts++
		panic("cannot start")
	})
	s.Restart = limits[0]
	return s
}

// Restarts multiply along the path: an actor granted n restarts fails its parent after n+1 starts.
func TestGivingUpEscalatesUpToTheSystem(t *testing.T) {
	long := func(n int) actors.Restart {
		return actors.Restart{Max: n, Period: time.Hour, Base: time.Second, Cap: time.Second}
	}
	for _, c := range []struct {
		limits []actors.Restart
		want   int
	}{
		{[]actors.Restart{long(4)}, 4 + 1},
		{[]actors.Restart{long(2), long(4)}, (2 + 1) * (4 + 1)},
		{[]actors.Restart{long(1), long(2), long(4)}, (1 + 1) * (2 + 1) * (4 + 1)},
	} {
		actorstest.Run(t, func(k *actorstest.Kit) {
			starts := 0
			actorstest.Spawn[slashing](k, nested(&starts, c.limits...))
			k.Advance(10 * time.Minute)
			equal(t, "starts", starts, c.want)
			if k.System.Failed().Err() == nil {
				t.Fatal("the system has not failed")
			}
			want := "test" + strings.Repeat("/level", len(c.limits)) + ": panic of type string"
			if cause := context.Cause(k.System.Failed()).Error(); !strings.HasSuffix(cause, want) {
				t.Errorf("got %q, want … %q", cause, want)
			}
		})
	}
}

func TestACrashOfTheRootFailsTheSystem(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		k.Crash("test")
		if cause := context.Cause(k.System.Failed()); cause == nil || !strings.HasSuffix(cause.Error(), "test: actors: crash asked for") {
			t.Errorf("got %v", cause)
		}
		equal(t, "restarts", len(actorstest.Events[messages.ActorRestarted](k)), 0)
	})
}

func TestRestartsAreAnnouncedAndWaitTheirDelay(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := spec("worker-03", answers)
		s.Restart = actors.Restart{Max: 3, Period: time.Minute, Base: time.Second, Cap: 2 * time.Second}
		actorstest.Spawn[slashing](k, s)
		for attempt := 1; attempt <= 3; attempt++ {
			k.Crash("test/worker-03")
			e := actorstest.Expect[messages.ActorRestarted](k)
			equal(t, "event", e, messages.ActorRestarted{Actor: "worker", Name: "test/worker-03", Attempt: attempt, Delay: e.Delay})
			k.Advance(e.Delay - 1)
			equal(t, "waiting", len(k.System.NotReady()), 1)
			k.Advance(1)
			equal(t, "waiting after the delay", len(k.System.NotReady()), 0)
		}
		k.Crash("test/worker-03")
		equal(t, "event", actorstest.Expect[messages.ActorGaveUp](k), messages.ActorGaveUp{Actor: "worker", Name: "test/worker-03", Attempts: 4})
	})
}

// Crashes count for Period only.
func TestOldCrashesAreForgiven(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := spec("store", answers)
		s.Restart = restarts(2)
		actorstest.Spawn[slashing](k, s)
		for range 10 {
			k.Crash("test/store")
			k.Advance(31 * time.Second) // never three within a minute
		}
		equal(t, "given up", len(actorstest.Events[messages.ActorGaveUp](k)), 0)
		k.Crash("test/store")
		k.Advance(time.Second)
		k.Crash("test/store")
		equal(t, "given up", len(actorstest.Events[messages.ActorGaveUp](k)), 1)
	})
}

// A crash is one child's affair: its siblings live on.
func TestSiblingsAreLeftAlone(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		actorstest.Spawn[slashing](k, spec("a", answers))
		b := actorstest.Spawn[slashing](k, spec("b", answers))
		k.Crash("test/a")
		if _, err := actorstest.Ask(k, b, getHealth{}); err != nil {
			t.Error(err)
		}
		k.Advance(time.Minute)
		equal(t, "starts", len(actorstest.Events[messages.ActorStarted](k)), 4) // test, a, b, a
	})
}

func TestChildrenAreStoppedWithTheirParentsIncarnation(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		var ends []actors.ChildEnded
		parent := actorstest.Spawn[slashing](k, spec("parent", func(c *actors.Context, message any) {
			switch m := message.(type) {
			case actors.Started: // the name is free again
				actors.Spawn[slashing](c, spec("child", answers))
			case actors.ChildEnded:
				ends = append(ends, m)
			}
		}))
		before := actors.Lookup[slashing](k.System, "test/parent/child")
		for range 3 {
			k.Crash("test/parent")
			k.Advance(2 * time.Second)
			if _, err := actorstest.Ask(k, before, getHealth{}); err != nil {
				t.Errorf("the child's Ref after its parent's restart: %v", err)
			}
		}
		tell(k, parent, func(*actors.Context) {})
		equal(t, "ChildEnded of an earlier incarnation's child", len(ends), 0)
		equal(t, "tree", strings.Join(k.System.Tree(), " "), "test test/parent test/parent/child")
	})
}

func TestATemporaryChildEndsAtItsCrash(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(*actorstest.Kit, ref)
		want actors.ChildEnded
	}{
		"crash": {func(k *actorstest.Kit, _ ref) { k.Crash("test/parent/job-7") }, actors.ChildEnded{Name: "job-7", Crashed: true}},
		"stop":  {func(k *actorstest.Kit, to ref) { tell(k, to, func(c *actors.Context) { c.Stop() }) }, actors.ChildEnded{Name: "job-7"}},
	} {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				var ends []actors.ChildEnded
				parent := actorstest.Spawn[slashing](k, spec("parent", func(_ *actors.Context, message any) {
					if m, ok := message.(actors.ChildEnded); ok {
						ends = append(ends, m)
					}
				}))
				s := spec("job-7", answers)
				s.Restart.Temporary = true
				var job ref
				for range 3 { // its name can be used again
					tell(k, parent, func(c *actors.Context) { job = actors.Spawn[slashing](c, s) })
					c.end(k, job)
				}
				k.Advance(time.Hour)
				equal(t, "ends", len(ends), 3)
				equal(t, "end", ends[0], c.want)
				equal(t, "tree", strings.Join(k.System.Tree(), " "), "test test/parent")
				crashed := 0
				if c.want.Crashed {
					crashed = 3
				}
				equal(t, "ActorStopped", len(actorstest.Events[messages.ActorStopped](k)), crashed)
				equal(t, "restarts", len(actorstest.Events[messages.ActorRestarted](k)), 0)
			})
		})
	}
}
