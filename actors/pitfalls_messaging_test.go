package actors_test

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

func pitfall11(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		f := actor.NewFuture(s, time.Second)
		s.Root.Send(f.PID(), "first")
		s.Root.Send(f.PID(), "second")
		got, _ := f.Result()
		equal(t, "answer", got, any("second"))
	})
}

// numbered is an actor that knows which incarnation it is.
type numbered struct{ number, ran, alive *int }

func (a *numbered) Receive(c actor.Context) {
	switch m := c.Message().(type) {
	case *actor.Started:
		*a.alive = *a.number
	case *actor.Future:
		c.ReenterAfter(m, func(any, error) { *a.ran = *a.number })
	case string:
		panic("x")
	}
}

func pitfall12(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		made, ran, alive := 0, 0, 0
		pid := s.Root.Spawn(actor.PropsFromProducer(func() actor.Actor {
			made++
			number := made
			return &numbered{&number, &ran, &alive}
		}))
		f := actor.NewFuture(s, time.Minute)
		s.Root.Send(pid, f)
		s.Root.Send(pid, "panic")
		synctest.Wait()
		s.Root.Send(f.PID(), "done")
		synctest.Wait()
		equal(t, "incarnation that lives", alive, 2)
		equal(t, "incarnation that continued", ran, 1)
	})
}

func pitfall13(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		var got []any
		stash := true
		pid := s.Root.Spawn(pinged(func(c actor.Context) {
			switch m := c.Message().(type) {
			case int:
				if stash {
					c.Stash()
					return
				}
				got = append(got, m, c.Sender() == nil)
			case string:
				stash = false
			}
		}))
		for i := range 3 {
			s.Root.RequestFuture(pid, i, time.Second)
		}
		s.Root.Send(pid, "ready")
		synctest.Wait()
		equal(t, "unstashed without a restart", len(got), 0)
		s.Root.Send(pid, "panic")
		synctest.Wait()
		if want := []any{2, true, 1, true, 0, true}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func pitfall14(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		s.EventStream.Subscribe(func(e any) {
			if e == "event" {
				panic("subscriber")
			}
		})
		equal(t, "panic of the publisher", panicOf(func() { s.EventStream.Publish("event") }), any("subscriber"))
	})
}

func pitfall15(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		pid := s.Root.Spawn(pinged(idle))
		s.Shutdown()
		equal(t, "the actor lives", answered(s, pid), true)
		if panicOf(s.Shutdown) == nil {
			t.Error("a second Shutdown does not panic")
		}
	})
}

func pitfall19(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		var out bytes.Buffer
		s := actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
			return slog.New(slog.NewTextHandler(&out, nil))
		}))
		s.Root.Send(s.NewLocalPID("nobody"), "secret-in-message")
		s.Root.Send(s.Root.Spawn(actor.PropsFromFunc(func(c actor.Context) {
			if c.Message() == "panic" {
				panic("secret-in-panic")
			}
		})), "panic")
		time.Sleep(time.Minute)
		synctest.Wait()
		for _, leak := range []string{"secret-in-message", "secret-in-panic"} {
			if !strings.Contains(out.String(), leak) {
				t.Errorf("%s is not logged", leak)
			}
		}
	})
}
