package ceremony

import (
	"fmt"
	"log/slog"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// evidenceWithin bounds how long the audit stream is waited for: many times what a disk takes.
const evidenceWithin = 10 * time.Second

// The steps of every ceremony, in their order.
const (
	stepIntent  = "intent"  // what is about to happen is in the audit stream
	stepAct     = "act"     // the seal has done it
	stepOutcome = "outcome" // how it ended is in the audit stream
	stepReport  = "report"  // the guard knows
)

// courtroom names the protocol of sessions.
type courtroom struct{}

type (
	// finished is what a session tells the guard at its end.
	finished struct {
		fence   uint64
		outcome messages.CeremonyOutcome
		err     error
	}
	// dismiss ends a session.
	dismiss struct{}
)

// Told implements actors.Notice.
func (finished) Told(messages.Guard) {}

// Abandon implements actors.Holder: nobody hears of the tokens any more.
func (f finished) Abandon(error) { f.outcome.Wipe() }

// Told implements actors.Notice.
func (dismiss) Told(courtroom) {}

// session holds one ceremony. It is temporary: with it, the ceremony ends.
type session struct {
	cfg      Config
	guard    actors.Ref[messages.Guard]
	fence    uint64
	by       string
	ceremony messages.Ceremony
	trace    messages.Trace
	// own says that the ceremony's secrets are still the session's.
	own     bool
	next    int
	outcome messages.CeremonyOutcome
	err     error
}

type step struct {
	name string
	run  func(*session, *actors.Context)
}

func steps() []step {
	return []step{
		{stepIntent, (*session).intend}, {stepAct, (*session).act}, {stepOutcome, (*session).record}, {stepReport, (*session).report},
	}
}

func (g *guard) sessionSpec(c *actors.Context, name string, m messages.PerformCeremony) actors.Spec {
	s := &session{
		cfg: g.cfg, guard: actors.Self[messages.Guard](c), fence: g.kept.lease.Holder.Fence, by: m.By, ceremony: m.Ceremony, trace: m.Trace,
		own: true,
	}
	return actors.Spec{
		Name:    name,
		New:     func() actors.Actor { return s },
		Mailbox: 1, // nobody but the guard says anything, and only once
		Restart: actors.Restart{Temporary: true},
	}
}

// Receive implements actors.Actor.
func (s *session) Receive(c *actors.Context, message any) {
	switch message.(type) {
	case actors.Started:
		s.advance(c)
	case dismiss:
		c.Stop()
	case actors.Ended:
		s.wipe()
	}
}

// advance takes the next step. Each step calls it when it is done, in the same or in a later turn.
func (s *session) advance(c *actors.Context) {
	step := steps()[s.next]
	s.next++
	s.cfg.before(step.name)
	step.run(s, c)
}

// intend goes no further without evidence, unless the chamber is to be sealed: a disk that is full must not keep it open.
func (s *session) intend(c *actors.Context) {
	s.evidence(c, messages.CeremonyIntent(s.ceremony.Name(), s.by, s.fence), func(c *actors.Context, err error) {
		if _, sealing := s.ceremony.(messages.SealChamber); err != nil && !sealing {
			s.err = fmt.Errorf("%w: %w", messages.ErrAuditUnavailable, err)
			s.report(c)
			return
		}
		s.advance(c)
	})
}

func (s *session) act(c *actors.Context) {
	s.own = false
	part := s.trace.Part(stepAct)
	actors.Pipe(c, s.cfg.Seal, messages.ExecuteCeremony{Fence: s.fence, By: s.by, Ceremony: s.ceremony, Trace: part.Trace}, actors.Piped[messages.CeremonyOutcome]{
		Then: func(c *actors.Context, outcome messages.CeremonyOutcome, err error) {
			part.End(c.Publish, slog.Attr{}, err)
			s.outcome, s.err = outcome, err
			s.advance(c)
		},
	})
}

// record tells how it ended. What is done is done: the outcome is reported in any case, for there may be tokens in it.
func (s *session) record(c *actors.Context) {
	s.evidence(c, messages.CeremonyResult(s.ceremony.Name(), s.by, s.fence, s.err), func(c *actors.Context, err error) {
		if err != nil {
			c.Publish(messages.OutcomeUnrecorded{Ceremony: s.ceremony.Name(), By: s.by, Err: err})
		}
		s.advance(c)
	})
}

func (s *session) evidence(c *actors.Context, line messages.Line, then func(*actors.Context, error)) {
	part := s.trace.Part("evidence")
	actors.Pipe(c, s.cfg.Audit, messages.RecordEvidence{Line: line}, actors.Piped[messages.EvidenceRecorded]{
		Within: evidenceWithin,
		Then: func(c *actors.Context, _ messages.EvidenceRecorded, err error) {
			part.End(c.Publish, slog.String("record", line.Message), err)
			then(c, err)
		},
	})
}

func (s *session) report(c *actors.Context) {
	outcome := s.outcome
	s.outcome = messages.CeremonyOutcome{}
	actors.Tell(s.guard, finished{s.fence, outcome, s.err})
	c.Stop()
}

// wipe wipes what nobody was given.
func (s *session) wipe() {
	s.outcome.Wipe()
	if s.own {
		s.ceremony.Wipe()
	}
}
