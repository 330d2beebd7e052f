package watchdog

import (
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

const (
	guardEvery  = 5 * time.Second
	guardWithin = 2 * time.Second
)

// Guard is the guard of ceremonies, and how to see from outside whether it is stuck.
type Guard struct {
	Ref actors.Ref[messages.Guard]
	// Holder says which ceremony is under way, at once and without asking the guard. Nil when there is no guard.
	Holder func() messages.GuardStatus
	// StuckAfter is how long a ceremony may take, and BreakAfter when the guard breaks it off.
	StuckAfter, BreakAfter time.Duration
}

// lookAtGuard looks for a ceremony that takes too long, and for a guard that does not answer: two findings, for each can
// be without the other.
func (d *dog) lookAtGuard(c *actors.Context) {
	publish(c, d.suspect.look(d.cfg.Guard.Holder(), d.cfg.Guard.StuckAfter, time.Now()))
	actors.Pipe(c, d.cfg.Guard.Ref, messages.GetGuardStatus{}, actors.Piped[messages.GuardStatus]{
		Within: guardWithin,
		Then:   func(c *actors.Context, _ messages.GuardStatus, err error) { publish(c, d.suspect.heard(err == nil)) },
	})
}

// watch says how the guard stands at this moment.
func (d *dog) watch(now time.Time) messages.GuardWatch {
	watch := messages.GuardWatch{Unresponsive: d.suspect.silent}
	if d.cfg.Guard.Holder == nil {
		return watch
	}
	if holder := d.cfg.Guard.Holder(); holder.Held {
		watch.Holder, watch.HeldFor, watch.BreakAt = holder, now.Sub(holder.Since), holder.Since.Add(d.cfg.Guard.BreakAfter)
		watch.Overdue = watch.HeldFor >= d.cfg.Guard.StuckAfter
	}
	return watch
}

func publish(c *actors.Context, events []messages.Event) {
	for _, e := range events {
		c.Publish(e)
	}
}

// suspicion is what was found of the guard, so that each finding is told once, and once more when it is over.
type suspicion struct {
	fence  uint64 // of the ceremony that takes too long; 0 for none
	silent bool
}

// look judges who holds the guard.
func (s *suspicion) look(holder messages.GuardStatus, limit time.Duration, now time.Time) []messages.Event {
	var found []messages.Event
	if s.fence != 0 && s.fence != holder.Fence {
		s.fence = 0
		found = append(found, messages.GuardRecovered{Finding: messages.StuckHeld})
	}
	held := now.Sub(holder.Since)
	if holder.Held && held >= limit && s.fence == 0 {
		s.fence = holder.Fence
		found = append(found, messages.GuardStuck{Finding: messages.StuckHeld, Ceremony: holder.Ceremony, By: holder.By, HeldFor: held})
	}
	return found
}

// heard judges whether the guard has answered.
func (s *suspicion) heard(answered bool) []messages.Event {
	was := s.silent
	s.silent = !answered
	switch {
	case s.silent && !was:
		return []messages.Event{messages.GuardStuck{Finding: messages.StuckUnresponsive}}
	case was && !s.silent:
		return []messages.Event{messages.GuardRecovered{Finding: messages.StuckUnresponsive}}
	}
	return nil
}
