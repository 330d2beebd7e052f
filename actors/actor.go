package actors

import (
	"math"
	"time"
)

// Actor is one incarnation of an actor. Receive is called with one message at a time: [Started] first, then requests
// and notices of its protocol, at last [Ended]. It may panic: the kit answers whoever waits and asks the supervisor.
type Actor interface {
	Receive(c *Context, message any)
}

type (
	// Started is the first message of every incarnation.
	Started struct{}
	// Ended is the last message of every incarnation that was Started: it is about to stop, or it has just crashed.
	// Close and wipe here. The actor's children may still run.
	Ended struct{ Crashed bool }
	// ChildEnded tells a parent that a child is gone for good. A child that is restarted is not reported.
	ChildEnded struct {
		Name    string // the child's own name, without its parent's
		Crashed bool
	}
)

// Holder holds requests of others that have not been answered. An actor that keeps a [Promise] in its state is a
// Holder, and so is a message that carries one. Abandon answers them all with err; the kit calls it when an
// incarnation crashes or ends, and when a message is lost: refused, undeliverable, or being handled at a crash.
type Holder interface {
	Abandon(err error)
}

// Drainer is an actor with work to finish before it may stop. Drain is called once; it must see to it that
// [Context.Drained] is called, at once or later. Until then its children serve it, and those that end are reported; but
// one that crashes is not restarted any more.
type Drainer interface {
	Drain(c *Context)
}

// Spec says how an actor is made and looked after.
type Spec struct {
	// Name is unique among its siblings. "worker-03" belongs to the class "worker", which is its metric label.
	Name string
	// New makes an incarnation. It is called in the actor's own turn, so it may panic.
	New func() Actor
	// Mailbox is how many messages may wait; a request that comes beyond is refused with messages.ErrOverloaded. Give
	// the reason for the number in a comment: requests per second times the seconds that one may wait.
	Mailbox int
	// Restart says how crashes are answered.
	Restart Restart
	// Turn is how long one turn may take, where that is more than a moment. Whoever looks for actors that hang waits
	// that much longer.
	Turn time.Duration
	// Readies says that the actor is ready only when it calls [Context.Ready], not as soon as Started was handled.
	Readies bool
}

// Restart limits restarts: up to Max within Period, each after a pause that begins at Base, doubles up to Cap and is
// half jittered. One crash more fails the supervisor. The zero value grants none, [NoLimit] any number.
type Restart struct {
	Max       int
	Period    time.Duration
	Base, Cap time.Duration
	// Temporary ends the actor at its first crash, and does not fail the supervisor; the parent gets [ChildEnded].
	Temporary bool
}

// NoLimit is a Max that is never reached.
const NoLimit = math.MaxInt
