// Package control owns the refresh of the control plane: it alone reads the signer state again and again, so that this
// process follows what other replicas have changed.
//
// # What it guarantees
//
//   - The state is read each interval, give or take a tenth, all components in one trip. One read is under way at a
//     time, in a child that may crash or hang: this actor never waits.
//   - A read ends after ten seconds. One that goes on nevertheless counts as failed, again and again, until it is back;
//     no other begins meanwhile, so nothing piles up.
//   - Each read ends in one event for each component, messages.ControlRefreshed: that it was read and its consumer
//     believes it, or why not.
//   - A consumer is offered whatever is read, and told when nothing could be. One that refuses it, or does not answer
//     within five seconds, keeps what it had, and harms no other component.
//   - What a component without a consumer was is not forgotten for what is older, or has another content at the same
//     version: that is refused by name. Bodies are opaque here: who can authenticate one does.
//   - The clock may jump: pauses and the order of reads and writes do not depend on it.
//
// # Decisions
//
// A consumer is offered each read, not only those with a new version. Only the consumer knows what is news to it: what it
// has written itself is none, and what it could not follow yet, because a ceremony was under way, or could not
// authenticate yet, for want of the master key, still is. A record of at most 256 KiB is decoded in a moment.
//
// It is pushed to consumers instead of announced to everybody, so that there is an answer: a record that nobody believes
// must not look as if it were in force.
//
// Who writes a record still reads it by itself, within its own compare-and-swap. What is read here may be older than that
// by the time it arrives: so it says when the read began, on the clock that does not jump.
//
// Too many crashes end the process, as those of other owners do. One that cannot follow the others would not hear of an
// emergency seal.
package control

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

const (
	// readWithin bounds one read; a store of the signer state takes no longer by itself. A read that goes on is overdue.
	readWithin = 10 * time.Second
	overdue    = readWithin + 2*time.Second
	// takeWithin is how long a consumer may take to judge a snapshot: a thousand times what it takes.
	takeWithin = 5 * time.Second
	// retryAfter is the pause after a failure where no other read is to come.
	retryAfter = time.Second
	// jitter is how much an interval differs, in parts: replicas that started together do not ask together for ever.
	jitter = 10
)

// Store is what is read. It may return the components in any order, and leaves out those that were never written. Its
// errors wrap messages.ErrStateUnavailable or messages.ErrStateRefused.
type Store interface {
	Read(context.Context) ([]messages.Snapshot, error)
}

// Config says what to read, and for whom.
type Config struct {
	Store Store
	// Interval is the time from one read to the next. 0 reads at the start, until that succeeds, and when asked to.
	Interval time.Duration
	// Consumers are those who judge a component; one for each at most.
	Consumers []Consumer
	// Trace begins the trace of a refresh. Optional.
	Trace func() messages.Trace
}

// Consumer is an actor that understands messages.TakeSnapshot.
type Consumer struct {
	component string
	offer     func(*actors.Context, messages.Snapshot, error, func(*actors.Context, error))
}

// ConsumerOf makes an actor the consumer of a component.
func ConsumerOf[P any](component string, ref actors.Ref[P]) Consumer {
	return Consumer{component, func(c *actors.Context, s messages.Snapshot, err error, then func(*actors.Context, error)) {
		actors.Pipe(c, ref, messages.TakeSnapshot[P]{Snapshot: s, Err: err}, actors.Piped[messages.SnapshotTaken]{
			Within: takeWithin,
			Then:   func(c *actors.Context, _ messages.SnapshotTaken, err error) { then(c, err) },
		})
	}}
}

// excuse tells a consumer why there is nothing for it. What it answers changes nothing.
func (consumer Consumer) excuse(c *actors.Context, err error) {
	consumer.offer(c, messages.Snapshot{Component: consumer.component}, err, func(*actors.Context, error) {})
}

// Spec describes the actor.
func Spec(cfg Config) actors.Spec {
	if cfg.Trace == nil {
		cfg.Trace = func() messages.Trace { return messages.Trace{} }
	}
	memory := &kept{components: map[string]messages.Component{}}
	for _, name := range messages.Components() {
		memory.components[name] = messages.Component{Last: messages.Snapshot{Component: name}}
	}
	return actors.Spec{
		Name: "control",
		New:  func() actors.Actor { return &owner{cfg: cfg, kept: memory} },
		// A consumer that starts anew asks once; nobody else does so regularly.
		Mailbox: 64,
		Restart: actors.Restart{Max: 4, Period: time.Minute, Base: 200 * time.Millisecond, Cap: 10 * time.Second},
	}
}

// kept is what survives a crash: an older version must not be believed after it.
type kept struct {
	reads      int // their children's names are never used twice
	components map[string]messages.Component
}

// owner is one incarnation.
type owner struct {
	cfg     Config
	kept    *kept
	round   *round // under way; nil between two
	again   bool   // somebody has asked for another
	stopped bool
}

// Receive implements actors.Actor.
func (o *owner) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		o.tick(c)
	case messages.RefreshControl:
		o.refresh(c)
		actors.Answer(c, m, messages.RefreshBegun{})
	case messages.GetComponent:
		o.component(c, m)
	case arrived:
		o.arrive(c, m)
	case actors.ChildEnded:
		o.childEnded(c, m)
	case actors.Ended:
		o.cancel()
	}
}

// Drain implements actors.Drainer: nobody needs what is being read.
func (o *owner) Drain(c *actors.Context) {
	o.stopped = true
	o.cancel()
	c.Drained()
}

func (o *owner) component(c *actors.Context, m messages.GetComponent) {
	found, ok := o.kept.components[m.Name]
	if !ok {
		actors.Refuse(c, fmt.Errorf("%w: component %.40q is not one of %v", messages.ErrMalformed, m.Name, messages.Components()))
		return
	}
	actors.Answer(c, m, found)
}

// tick begins a round, if none is under way, and comes again.
func (o *owner) tick(c *actors.Context) {
	if o.cfg.Interval > 0 {
		c.After(pause(o.cfg.Interval), o.tick)
	}
	o.begin(c)
}

// refresh begins a round now, or right after the one that is under way: that may have asked too early.
func (o *owner) refresh(c *actors.Context) {
	o.again = o.round != nil
	o.begin(c)
}

// pause is an interval, give or take a tenth.
func pause(interval time.Duration) time.Duration {
	tenth := interval / jitter
	return interval - tenth + rand.N(2*tenth+1)
}
