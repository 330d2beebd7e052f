package actors_test

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asynkron/protoactor-go/actor"
)

// engine runs test in a bubble, with an engine of its own and none of the kit.
func engine(t *testing.T, test func(*testing.T, *actor.ActorSystem)) {
	synctest.Test(t, func(t *testing.T) {
		test(t, actor.NewActorSystem(actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger {
			return slog.New(slog.DiscardHandler)
		})))
		time.Sleep(time.Minute) // virtual: the engine's futures and throttles end
	})
}

// pinged is the engine's kind of actor: it answers "ping", panics at "panic" and does extra with anything else.
func pinged(extra func(actor.Context)) *actor.Props {
	return actor.PropsFromFunc(func(c actor.Context) {
		switch c.Message() {
		case "ping":
			c.Respond("pong")
		case "panic":
			panic("x")
		default:
			extra(c)
		}
	})
}

func idle(actor.Context) {}

// answered reports whether the actor answers a ping.
func answered(s *actor.ActorSystem, pid *actor.PID) bool {
	_, err := s.Root.RequestFuture(pid, "ping", time.Second).Result()
	return err == nil
}

// panicOf returns what f panics with.
func panicOf(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// stalled is a dispatcher that runs a mailbox only when it is told to.
type stalled struct{ run func() }

func (d *stalled) Schedule(run func()) { d.run = run }
func (d *stalled) Throughput() int     { return 300 }

// invoker is the actor behind a mailbox.
type invoker func(message any)

func (i invoker) InvokeSystemMessage(any)  {}
func (i invoker) InvokeUserMessage(m any)  { i(m) }
func (i invoker) EscalateFailure(_, _ any) {}

// mailboxOf is an engine's mailbox without an actor: see gets its messages when the dispatcher runs.
func mailboxOf(produce actor.MailboxProducer, see invoker) (actor.Mailbox, *stalled) {
	box, dispatcher := produce(), &stalled{}
	box.RegisterHandlers(see, dispatcher)
	return box, dispatcher
}
