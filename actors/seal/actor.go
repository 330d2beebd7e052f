package seal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/seal/opening"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// Config says what the seal works with.
type Config struct {
	Store Store
	Keys  opening.Keys
	// Control reads the record again and again, so that this process follows the others, and offers what it has read.
	Control actors.Ref[messages.Control]
	// ShareWindow is how long shares wait for the others, more than 0.
	ShareWindow time.Duration
	// WorkTimeout bounds one job, more than 0.
	WorkTimeout time.Duration
	// Consumers are those who are given keys, and have to drop them.
	Consumers []Consumer

	before func(kind Kind, step string) // of a job; tests crash there
	step   func(State, Event) (State, []Effect, error)
}

// Spec describes the seal actor.
func Spec(cfg Config) actors.Spec {
	if cfg.before == nil {
		cfg.before = func(Kind, string) {}
	}
	if cfg.step == nil {
		cfg.step = State.Step
	}
	memory := &kept{}
	return actors.Spec{
		Name: "seal",
		New: func() actors.Actor {
			return &owner{
				cfg: cfg, kept: memory, arena: &memory.arena, pending: map[uint64]*pending{}, shares: map[int][]byte{},
				state: State{Fence: memory.fence, Marked: memory.marked, Jobs: memory.jobs},
			}
		},
		// Ceremonies come one at a time; consumers and status, a few a second.
		Mailbox: 64,
		Restart: actors.Restart{Max: 1, Period: 10 * time.Minute},
	}
}

// kept is what survives a crash: nothing secret, and nothing that opens.
type kept struct {
	arena  secmem.Arena
	last   snapshot  // the highest that was seen
	learnt time.Time // when it became higher: what was read before that may be older
	lived  bool      // there was an incarnation before this one
	fence  uint64
	marked bool
	jobs   uint64             // their children's names are never used twice
	sealed messages.Emergency // the last that was asked for here
}

// owner is one incarnation.
type owner struct {
	cfg   Config
	kept  *kept
	arena *secmem.Arena
	state State
	from  origin    // of the last event
	since time.Time // of the state that is reported

	// What is kept, as the machine says.
	master *secmem.Secret
	inner  []byte
	shares map[int][]byte

	pending map[uint64]*pending // jobs that somebody waits for
	cancel  context.CancelCauseFunc
	arrived *result // that is being taken
	trouble error   // with the signer state
	opening error   // the last failure of the automatic opening
	marking error   // the last failure to record a seal
	retryAt time.Time
	expires time.Time // of shares or consents
	stopped bool
}

// pending is a ceremony that somebody waits for.
type pending struct {
	promise  actors.Promise[messages.CeremonyOutcome]
	ceremony messages.Ceremony // its secrets are the job's
	by       string
	index    int // of the operator, or -1
	trace    messages.Trace
	outcome  messages.CeremonyOutcome
	err      error
}

// Receive implements actors.Actor.
func (o *owner) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		o.since = time.Now()
		o.askAgain(c)
	case messages.TakeSnapshot[messages.Seal]:
		o.look(c, m)
	case messages.ExecuteCeremony:
		o.execute(c, m)
	case messages.AbandonCeremony:
		_ = o.tell(c, Abandoned{m.Fence}, origin{cause: "broken off"}) // is never refused
		actors.Answer(c, m, messages.CeremonyAbandoned{})
	case messages.GetSealStatus:
		actors.Answer(c, m, o.status())
	case messages.GetChallenge:
		o.challenge(c, m)
	case messages.GetDerivedKey:
		o.deriveKey(c, m)
	case messages.CheckManagementToken:
		o.checkToken(c, m)
	case worked:
		o.take(c, m.result)
	case actors.ChildEnded:
		o.childEnded(c, m)
	case actors.Ended:
		o.end(c, m.Crashed)
	}
}

// Drain implements actors.Drainer: what nobody has asked for is broken off, and what somebody has is waited for.
func (o *owner) Drain(c *actors.Context) {
	o.stopped = true
	if o.state.Job.Kind == Automatic {
		o.cancel(messages.ErrDraining)
	}
	c.Drained()
}

// Abandon implements actors.Holder.
func (o *owner) Abandon(err error) {
	for _, p := range o.pending {
		p.promise.Fail(err)
		p.outcome.Wipe()
	}
}

// end wipes everything, however the end has come. Whoever has keys is told of a crash: the next incarnation will not know.
func (o *owner) end(c *actors.Context, crashed bool) {
	if crashed && o.state.Reported().Signs() {
		for _, consumer := range o.cfg.Consumers {
			consumer.drop(c, func(*actors.Context, error) {})
		}
		c.Publish(messages.SealChanged{From: o.state.Reported(), To: messages.StateSealed, Cause: "crash", Generation: o.kept.last.stored.Record.Generation})
	}
	o.wipeMaster()
	o.wipeShares()
	if o.cancel != nil {
		o.cancel(messages.ErrCrashed)
	}
}

// origin says what led to an event, and who.
type origin struct{ cause, by string }

// tell gives an event to the machine, and does what it says. A refusal changes nothing.
func (o *owner) tell(c *actors.Context, e Event, from origin) error {
	before := o.state
	next, effects, err := o.decide(c, e)
	if err != nil {
		return err
	}
	o.state, o.from = next, from
	o.kept.fence, o.kept.marked, o.kept.jobs = next.Fence, next.Marked, next.Jobs
	for _, effect := range effects {
		o.perform(c, effect)
	}
	o.announce(c, before, from)
	if before.unrecorded() && next.Record.Marked && before.Job.Kind != messages.CeremonySeal {
		c.Publish(messages.SealRecorded{By: o.kept.sealed.By})
	}
	return nil
}

// errBug is what a bug in the machine is answered with.
var errBug = errors.New("seal: the state machine has failed; see the signer's log")

// decide asks the machine. A bug there cannot have changed a state, which is a value: it counts as a refusal, so that a
// status that cannot be read does not get five operators out of bed.
func (o *owner) decide(c *actors.Context, e Event) (next State, effects []Effect, err error) {
	defer func() {
		if recover() != nil {
			next, effects, err = o.state, nil, fmt.Errorf("%w: %w", messages.ErrCrashed, errBug)
			c.Publish(messages.ActorPanicked{
				Actor: "seal", Name: "seal", Message: fmt.Sprintf("%T", e), Cause: errBug.Error(), Stack: messages.Stack(0),
			})
		}
	}()
	return o.cfg.step(o.state, e)
}

// announce tells everybody that the state is another.
func (o *owner) announce(c *actors.Context, before State, from origin) {
	was, is := before.Reported(), o.state.Reported()
	if was == is {
		return
	}
	o.since = time.Now()
	c.Publish(messages.SealChanged{From: was, To: is, Cause: from.cause, By: from.by, Generation: o.kept.last.stored.Record.Generation})
}
