package actors_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
)

func pitfall07(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		var child *actor.PID
		parent := s.Root.Spawn(pinged(func(c actor.Context) {
			if _, ok := c.Message().(*actor.Started); ok {
				child = c.Spawn(pinged(idle))
			}
		}))
		synctest.Wait()
		for range 11 {
			s.Root.Send(child, "panic")
			synctest.Wait()
		}
		equal(t, "the child lives", answered(s, child), false)
		equal(t, "its supervisor lives", answered(s, parent), true)
	})
}

// supervising is a strategy that keeps the supervisor for the test.
type supervising struct{ supervisor *actor.Supervisor }

func (s supervising) HandleFailure(_ *actor.ActorSystem, sup actor.Supervisor, _ *actor.PID, _ *actor.RestartStatistics, _, _ any) {
	*s.supervisor = sup
}

func pitfall08(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		var guardian actor.Supervisor
		s.Root.Send(s.Root.Spawn(pinged(idle).Configure(actor.WithGuardian(supervising{&guardian}))), "panic")
		synctest.Wait()
		v := panicOf(func() { guardian.EscalateFailure("x", "y") })
		equal(t, "panic", fmt.Sprint(v), "guardian cannot escalate failure")
	})
}

func pitfall09(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		var gaps []time.Duration
		last := time.Now()
		pid := s.Root.Spawn(pinged(func(c actor.Context) {
			if _, ok := c.Message().(*actor.Started); ok {
				gaps = append(gaps, time.Since(last).Round(time.Millisecond))
				last = time.Now()
				panic("x")
			}
		}).Configure(actor.WithGuardian(actor.NewExponentialBackoffStrategy(time.Hour, time.Second))))
		time.Sleep(12 * time.Second)
		s.Root.Stop(pid)
		synctest.Wait()
		want := []time.Duration{0, time.Second, 2 * time.Second, 3 * time.Second, 4 * time.Second}
		if !slices.Equal(gaps, want) {
			t.Errorf("got %v, want %v", gaps, want)
		}
	})
}

func pitfall10(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		starts, stops := 0, 0
		gate := make(chan struct{})
		pid := s.Root.Spawn(pinged(func(c actor.Context) {
			switch c.Message().(type) {
			case *actor.Started:
				starts++
				child := c.Spawn(pinged(func(c actor.Context) {
					if c.Message() == "block" {
						<-gate
					}
				}))
				c.Send(child, "block")
			case *actor.Stopped:
				stops++
			}
		}))
		s.Root.Stop(pid)
		process, _ := s.ProcessRegistry.Get(pid)
		process.SendSystemMessage(pid, &actor.Restart{})
		close(gate)
		synctest.Wait()
		equal(t, "starts", starts, 2)
		equal(t, "stops", stops, 0)
	})
}

func pitfall16(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		pid := s.Root.Spawn(pinged(func(c actor.Context) {
			if _, ok := c.Message().(*actor.Stopping); ok {
				panic("x")
			}
		}))
		if err := s.Root.StopFuture(pid).Wait(); !errors.Is(err, actor.ErrTimeout) {
			t.Errorf("it stopped: %v", err)
		}
	})
}

func pitfall17(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		starts := 0
		pid, err := s.Root.SpawnNamed(pinged(func(c actor.Context) {
			if _, ok := c.Message().(*actor.Started); ok {
				starts++
				panic("x")
			}
		}), "broken")
		synctest.Wait()
		equal(t, "error", err, nil)
		equal(t, "starts", starts, 11)
		equal(t, "it lives", answered(s, pid), false)
	})
}

func pitfall20(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		parent := s.Root.Spawn(pinged(func(c actor.Context) {
			if _, ok := c.Message().(*actor.Started); ok {
				_, _ = c.SpawnNamed(pinged(idle), "child")
			}
		}))
		child := s.NewLocalPID(parent.Id + "/child")
		synctest.Wait()
		for range 2 {
			equal(t, "the child's address is good", answered(s, child), true)
			s.Root.Send(parent, "panic")
			synctest.Wait()
		}
	})
	actorstest.Run(t, func(k *actorstest.Kit) {
		if actors.Engine(k.System).Config.MetricsProvider != nil {
			t.Error("the engine measures each message")
		}
	})
}
