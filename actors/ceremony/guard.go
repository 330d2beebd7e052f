// Package ceremony owns the guard: the one door to every change of the chamber's state. It admits one ceremony at a time,
// and holds each in a session of its own.
//
// # What it guarantees
//
//   - At most one ceremony is under way in this process ([Lease]). It belongs to a session, and ends with it, however
//     that ends: nobody can forget to unlock.
//   - What somebody intends is in the audit stream, on the disk, before anything is done; how it ended is there before
//     anybody is told. Without an audit stream there are no ceremonies but sealing.
//   - A ceremony that takes longer than Config.BreakAfter is broken off, and the guard is free again. What its session
//     does after that is refused by its fence, which is lower than that of every later one.
//   - To seal the chamber breaks off whatever else is under way, and needs no audit stream.
//   - Whoever asks is answered, also when the session or the guard crashes.
//   - An operator that has given five wrong credentials within five minutes is refused for five minutes ([Attempts]).
//   - The setup token and one-time codes are shown once, in the log, and kept as a hash. Secrets are wiped by whoever holds
//     them last: here, when the ceremony is refused, or breaks off before the seal was asked.
//
// # Decisions
//
// The lease is held for one transition, not from the first operator to the last: the shares that were given wait in the
// seal. Two operators at the same moment is no error of theirs, and the second is told to ask again in two seconds.
//
// The list of steps is the same for every ceremony, since all that differs between them is the seal's. Only one of the
// steps writes to the signer state, in one compare-and-swap: so there is nothing half done to be found by whoever looks
// after a crash. The tests crash at each step, ask again, and expect to get to the end.
//
// The guard keeps the promise to whoever asks, and the session reports to the guard: a session that hangs keeps nobody
// waiting once it is broken off.
//
// A token that only this process knows authorises the initialisation. It lives in memory: another replica shows one of
// its own, and a restart makes a new one, for as long as the chamber waits to be initialised or for its first operators.
// In the latter case it undoes the initialisation, because registration tokens that were lost are lost for good.
//
// The lease, the attempts and the tokens outlive a crash of the guard, so that a crash opens nothing. Attempts do not
// outlive the process: a restart takes about as long as the passphrases that it would save. Nor are they shared: each replica
// counts its own, and passphrases that are accepted at all stand up to a few guesses a minute at each.
//
// Who can reach the ceremonies can keep an operator out with wrong credentials, and everybody with ceremonies that lead
// nowhere, but can keep nobody from sealing. To count by address would not end that, and would give whoever has many
// addresses more guesses: the list of addresses that may take part ends it.
//
// Nothing here looks whether the guard is stuck: a timer inside of what hangs would hang with it. The watchdog does, and
// reads the lease without asking ([Hold]).
package ceremony

import (
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// Config says what the guard works with.
type Config struct {
	Seal  actors.Ref[messages.Seal]
	Audit actors.Ref[messages.Audit]
	// BreakAfter is how long a ceremony may take, more than 0.
	BreakAfter time.Duration
	// Show writes a token to the signer's log, where those who run the signer can read it, and nobody else. What names
	// it: "setup token" or "one-time code".
	Show func(what, token string)
	// Hold shows the lease to others. Optional.
	Hold *Hold

	before func(step string) // of a session; tests crash there
}

// Spec describes the guard. What must survive a crash belongs to the Spec.
func Spec(cfg Config) actors.Spec {
	if cfg.Hold == nil {
		cfg.Hold = &Hold{}
	}
	if cfg.before == nil {
		cfg.before = func(string) {}
	}
	memory := &kept{}
	return actors.Spec{
		Name: "ceremony",
		New: func() actors.Actor {
			return &guard{cfg: cfg, kept: memory, wishes: map[int]actors.Promise[messages.CeremonyOutcome]{}}
		},
		// People and the watchdog ask, a few a second; all but one are refused at once.
		Mailbox: 64,
		Restart: actors.Restart{Max: 2, Period: time.Minute},
	}
}

// kept is what survives a crash.
type kept struct {
	lease    Lease
	attempts Attempts
	setup    oneTime
	code     oneTime
	sessions int // ever made: their names are never used twice
}

// guard is one incarnation.
type guard struct {
	cfg   Config
	kept  *kept
	state messages.SealState // as it was last announced

	// Of the session under way.
	session actors.Ref[courtroom]
	name    string
	asked   messages.PerformCeremony // its secrets are not the guard's any more
	promise actors.Promise[messages.CeremonyOutcome]
	part    messages.Part // of the trace of what was asked

	wishes map[int]actors.Promise[messages.CeremonyOutcome] // for a one-time code, until the seal has said how it stands
	wished int
}

// Receive implements actors.Actor.
func (g *guard) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		g.start(c)
	case messages.PerformCeremony:
		g.perform(c, m)
	case messages.GetGuardStatus:
		actors.Answer(c, m, g.kept.lease.Holder)
	case finished:
		g.finish(c, m)
	case actors.ChildEnded:
		g.ended(c, m)
	}
}

// Abandon implements actors.Holder.
func (g *guard) Abandon(err error) {
	if g.held() {
		g.promise.Fail(err)
	}
	for _, wish := range g.wishes {
		wish.Fail(err)
	}
}

// held reports whether this incarnation has a session.
func (g *guard) held() bool { return g.name != "" }

// start cleans up behind an incarnation that crashed, and learns the state of the chamber.
func (g *guard) start(c *actors.Context) {
	if holder := g.kept.lease.Holder; holder.Held {
		g.release(c, holder.Fence, messages.ReleasedCrashed)
		g.abandon(c, holder.Fence)
	}
	c.Subscribe(isSealChange, func(_ *actors.Context, e messages.Event) { g.learn(e.(messages.SealChanged).To) })
	actors.Pipe(c, g.cfg.Seal, messages.GetSealStatus{}, actors.Piped[messages.SealStatus]{
		Then: func(_ *actors.Context, status messages.SealStatus, err error) {
			if err == nil && g.state == "" {
				g.learn(status.State)
			}
		},
	})
}

func isSealChange(e messages.Event) bool {
	_, ok := e.(messages.SealChanged)
	return ok
}

// learn shows the setup token as soon as there is a use for it, and forgets it when there is none any more.
func (g *guard) learn(state messages.SealState) {
	g.state = state
	switch state {
	case messages.StateUninitialized, messages.StateAwaitingRegistration:
		if !g.kept.setup.known {
			g.kept.setup = newOneTime(setupPrefix, func(token string) { g.cfg.Show("setup token", token) })
		}
	case "": // not known yet
	default:
		g.kept.setup = oneTime{}
	}
}

// perform admits a ceremony, or refuses it.
func (g *guard) perform(c *actors.Context, m messages.PerformCeremony) {
	if asksForCode(m.Ceremony) {
		g.offerCode(c, m)
		return
	}
	now := time.Now()
	err := g.authorize(m.Ceremony, now)
	if err == nil {
		g.makeWay(c, m.Ceremony)
		g.kept.lease, err = g.kept.lease.Acquire(m.Ceremony.Name(), m.By, now)
	}
	if err != nil {
		m.Ceremony.Wipe()
		g.refused(c, m, err)
		actors.Refuse(c, err)
		return
	}
	g.begin(c, m)
}

// makeWay breaks off whatever is under way when the chamber is to be sealed: that waits for nothing.
func (g *guard) makeWay(c *actors.Context, m messages.Ceremony) {
	if _, sealing := m.(messages.SealChamber); sealing && g.held() && g.asked.Ceremony.Name() != m.Name() {
		actors.Tell(g.session, dismiss{})
		g.giveUp(c, messages.ReleasedBroken, fmt.Errorf("%w: the chamber is being sealed", messages.ErrFenced))
	}
}

func (g *guard) begin(c *actors.Context, m messages.PerformCeremony) {
	holder := g.kept.lease.Holder
	g.cfg.Hold.set(holder)
	c.Publish(messages.GuardAcquired{Ceremony: holder.Ceremony, By: holder.By, Fence: holder.Fence})
	g.kept.sessions++
	g.name = fmt.Sprintf("session-%02d", g.kept.sessions)
	g.part = m.Trace.Part("ceremony")
	m.Trace = g.part.Trace
	g.asked, g.promise = m, actors.Defer(c, m)
	c.After(g.cfg.BreakAfter, func(c *actors.Context) { g.breakOff(c, holder.Fence) })
	g.session = actors.Spawn[courtroom](c, g.sessionSpec(c, g.name, m))
}

// release makes the guard free again, if it is this ceremony that is under way.
func (g *guard) release(c *actors.Context, fence uint64, cause messages.ReleaseCause) bool {
	holder := g.kept.lease.Holder
	lease, err := g.kept.lease.Release(fence)
	if err != nil {
		return false
	}
	g.kept.lease, g.name = lease, ""
	g.cfg.Hold.set(lease.Holder)
	c.Publish(messages.GuardReleased{Ceremony: holder.Ceremony, By: holder.By, Fence: fence, HeldFor: time.Since(holder.Since), Cause: cause})
	return true
}
