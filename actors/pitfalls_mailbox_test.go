package actors_test

import (
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

func pitfall01(t *testing.T) {
	box, dispatcher := mailboxOf(actor.Bounded(2), func(any) {})
	box.PostUserMessage(1)
	box.PostUserMessage(2)
	posted := make(chan struct{})
	go func() {
		box.PostUserMessage(3)
		close(posted)
	}()
	for range 100 { // Gosched would let it finish, if it could
		runtime.Gosched()
	}
	select {
	case <-posted:
		t.Error("posting to a full mailbox returned")
	default:
	}
	dispatcher.run()
	<-posted
}

func pitfall02(t *testing.T) {
	var box actor.Mailbox
	received := 0
	box, dispatcher := mailboxOf(actor.BoundedDropping(4), func(m any) {
		received++
		if m == 10 { // without this the run would never end
			box.PostSystemMessage(&actor.SuspendMailbox{})
		}
	})
	for i := range 10 {
		box.PostUserMessage(i + 1)
	}
	dispatcher.run()
	equal(t, "received", received, 3)
	equal(t, "messages that an empty mailbox believes to have", box.UserMessageCount(), 10-received)
}

func pitfall03(t *testing.T) {
	box, dispatcher := mailboxOf(actor.Unbounded(), func(any) { t.Error("nil was received") })
	box.PostUserMessage(nil)
	ended := make(chan struct{})
	go func() {
		dispatcher.run()
		close(ended)
	}()
	for range 100 {
		runtime.Gosched()
	}
	box.PostSystemMessage(&actor.SuspendMailbox{}) // ends the spinning
	<-ended
	equal(t, "messages that an empty mailbox believes to have", box.UserMessageCount(), 1)

	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		engine := actors.Engine(k.System)
		for _, stranger := range []any{nil, "text", &actor.PoisonPill{}} {
			engine.Root.Send(engine.NewLocalPID("test/store"), stranger)
		}
		if _, err := actorstest.Ask(k, to, getHealth{}); err != nil {
			t.Error(err)
		}
		equal(t, "depth", k.System.Mailboxes()["store"], 0)
	})
}

func pitfall04(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		if _, ok := panicOf(func() { s.Root.Send(nil, "ping") }).(runtime.Error); !ok {
			t.Error("no nil dereference")
		}
	})
}

func pitfall05(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		start := time.Now()
		_, err := s.Root.RequestFuture(s.Root.Spawn(pinged(idle)), "panic", 3*time.Second).Result()
		if !errors.Is(err, actor.ErrTimeout) || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

type counting struct{ posted, received int }

func (*counting) MailboxStarted()       {}
func (*counting) MailboxEmpty()         {}
func (c *counting) MessagePosted(any)   { c.posted++ }
func (c *counting) MessageReceived(any) { c.received++ }

func pitfall06(t *testing.T) {
	var c counting
	box, dispatcher := mailboxOf(actor.Unbounded(&c), func(m any) {
		if m == "panic" {
			panic("x")
		}
	})
	box.PostUserMessage("panic")
	box.PostUserMessage("ping")
	dispatcher.run()
	equal(t, "posted", c.posted, 2)
	equal(t, "received", c.received, 1)
	equal(t, "in the mailbox", box.UserMessageCount(), 0)
}

func pitfall18(t *testing.T) {
	engine(t, func(t *testing.T, s *actor.ActorSystem) {
		pid := s.Root.Spawn(pinged(func(c actor.Context) {
			if c.Message() == "exit" {
				runtime.Goexit()
			}
		}))
		s.Root.Send(pid, "exit")
		synctest.Wait()
		if answered(s, pid) {
			t.Error("the mailbox runs on")
		}
	})
}

func pitfall21(t *testing.T) {
	box, _ := mailboxOf(actor.Unbounded(), func(any) {})
	for i := range 100_000 {
		box.PostUserMessage(i)
	}
	equal(t, "queued", box.UserMessageCount(), 100_000)

	actorstest.Run(t, func(k *actorstest.Kit) { // whoever forgets the limit notices at once
		s := spec("store", answers)
		s.Mailbox = 0
		if _, err := actorstest.Ask(k, actorstest.Spawn[slashing](k, s), getHealth{}); !errors.Is(err, messages.ErrOverloaded) {
			t.Errorf("got %v", err)
		}
	})
}

// The kit's Context belongs to an incarnation: what is begun with one that was kept never happens.
func pitfall23(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		var kept *actors.Context
		calls := 0
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		tell(k, to, func(c *actors.Context) { kept = c })
		k.Crash("test/store")
		k.Advance(time.Second)
		tell(k, to, func(*actors.Context) {
			kept.After(time.Second, func(*actors.Context) { calls++ })
			actors.Pipe(kept, to, getHealth{}, actors.Piped[health]{
				Within: time.Second, Then: func(*actors.Context, health, error) { calls++ },
			})
		})
		k.Advance(time.Minute)
		equal(t, "calls", calls, 0)
	})
}
