package ceremony

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// authorize decides what the guard can decide: tokens of this process, and operators that are refused for a while.
// Whoever asks through HTTP has shown a management token where one is needed.
func (g *guard) authorize(m messages.Ceremony, now time.Time) error {
	if left := g.kept.attempts.Refused(operator(m), now); left > 0 {
		return messages.LockedOut{Operator: operator(m), For: left}
	}
	switch m := m.(type) {
	case messages.InitializeChamber:
		if g.state != "" && !g.kept.setup.known { // so there is nothing to show a token for
			return fmt.Errorf("%w: the chamber is %s: it was initialized before", messages.ErrWrongState, g.state)
		}
		return g.kept.setup.fits(m.SetupToken, "setup token", now)
	case messages.AbortRotation:
		if !g.state.Signs() || !m.SetupToken.Empty() { // the initialisation is undone, or somebody believes so
			return g.kept.setup.fits(m.SetupToken, "setup token", now)
		}
	case messages.GenerateRootToken:
		if m.Operator == "" {
			return g.kept.code.fits(m.Code, "one-time code", now)
		}
	default: // the seal decides
	}
	return nil
}

// operator is whose credential comes with a ceremony, or "".
func operator(m messages.Ceremony) string {
	switch m := m.(type) {
	case messages.SubmitShare:
		return m.Operator
	case messages.GenerateRootToken:
		return m.Operator
	default:
		return ""
	}
}

// finish takes the outcome of a session, unless it was broken off.
func (g *guard) finish(c *actors.Context, m finished) {
	if !g.release(c, m.fence, messages.ReleasedFinished) {
		m.outcome.Wipe()
		return
	}
	g.count(c, m.err)
	g.part.End(c.Publish, slog.String("ceremony", g.asked.Ceremony.Name()), m.err)
	if m.err != nil {
		m.outcome.Wipe()
		g.refused(c, g.asked, m.err)
		g.promise.Fail(m.err)
		return
	}
	if _, ok := g.asked.Ceremony.(messages.GenerateRootToken); ok {
		g.kept.code = oneTime{}
	}
	g.promise.Resolve(m.outcome) // tokens that nobody sees are wiped: the ceremony can be aborted
}

// count counts wrong credentials.
func (g *guard) count(c *actors.Context, err error) {
	who := operator(g.asked.Ceremony)
	switch {
	case who == "":
	case err == nil:
		g.kept.attempts.Right(who)
	case errors.Is(err, messages.ErrWrongCredential) && g.kept.attempts.Wrong(who, time.Now()):
		c.Publish(messages.OperatorLockedOut{Operator: who, For: penalty})
	}
}

func (g *guard) refused(c *actors.Context, m messages.PerformCeremony, err error) {
	c.Publish(messages.CeremonyRefused{Ceremony: m.Ceremony.Name(), By: m.By, Operator: operator(m.Ceremony), Err: err})
}

// ended notices a session that crashed. One that has not crashed has reported: that overtakes its report.
func (g *guard) ended(c *actors.Context, m actors.ChildEnded) {
	if g.held() && m.Name == g.name && m.Crashed {
		g.giveUp(c, messages.ReleasedCrashed, messages.ErrCrashed)
	}
}

// breakOff ends a ceremony that has taken too long.
func (g *guard) breakOff(c *actors.Context, fence uint64) {
	if g.held() && g.kept.lease.Holder.Fence == fence {
		actors.Tell(g.session, dismiss{})
		g.giveUp(c, messages.ReleasedBroken, fmt.Errorf("%w: it took longer than %v", messages.ErrFenced, g.cfg.BreakAfter))
	}
}

// giveUp answers for a session that will not.
func (g *guard) giveUp(c *actors.Context, cause messages.ReleaseCause, err error) {
	fence := g.kept.lease.Holder.Fence
	g.release(c, fence, cause)
	g.abandon(c, fence)
	g.part.End(c.Publish, slog.String("ceremony", g.asked.Ceremony.Name()), err)
	g.refused(c, g.asked, err)
	g.promise.Fail(err)
}

// abandon has the seal give up what a session has begun. It is sent before any later ceremony, and so arrives before.
func (g *guard) abandon(c *actors.Context, fence uint64) {
	actors.Pipe(c, g.cfg.Seal, messages.AbandonCeremony{Fence: fence}, actors.Piped[messages.CeremonyAbandoned]{
		Then: func(*actors.Context, messages.CeremonyAbandoned, error) {}, // it will, or it is gone itself
	})
}
