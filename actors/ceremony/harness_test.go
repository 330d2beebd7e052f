package ceremony_test

import (
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/ceremony"
	"containment-chamber/messages"
)

// harness is a guard between a seal and an audit stream that do as they are told.
type harness struct {
	*actorstest.Kit
	guard actors.Ref[messages.Guard]
	hold  *ceremony.Hold
	seal  *fakeSeal
	audit *fakeAudit
	shown map[string][]string
}

func run(t *testing.T, before func(string), test func(*harness)) {
	t.Helper()
	actorstest.Run(t, func(k *actorstest.Kit) {
		h := &harness{
			Kit: k, hold: &ceremony.Hold{}, shown: map[string][]string{},
			seal:  &fakeSeal{state: messages.StateUninitialized, mode: messages.ModeKMS, wait: map[uint64]actors.Promise[messages.CeremonyOutcome]{}},
			audit: &fakeAudit{},
		}
		cfg := ceremony.Config{
			Seal:       actorstest.Spawn[messages.Seal](k, actors.Spec{Name: "seal", Mailbox: 64, New: func() actors.Actor { return h.seal }}),
			Audit:      actorstest.Spawn[messages.Audit](k, actors.Spec{Name: "audit", Mailbox: 64, New: func() actors.Actor { return h.audit }}),
			BreakAfter: 3 * time.Minute,
			Show:       func(what, token string) { h.shown[what] = append(h.shown[what], token) },
			Hold:       h.hold,
		}
		if before != nil {
			cfg = cfg.Before(before)
		}
		h.guard = actorstest.Spawn[messages.Guard](k, ceremony.Spec(cfg))
		test(h)
	})
}

// perform asks for a ceremony.
func (h *harness) perform(c messages.Ceremony) (messages.CeremonyOutcome, error) {
	h.T.Helper()
	outcome, err := actorstest.Ask(h.Kit, h.guard, messages.PerformCeremony{By: "alice", Ceremony: c})
	h.Wait() // until all have heard of it
	return outcome, err
}

// start asks for a ceremony that will take its time; the answer comes through the channel.
func (h *harness) start(c messages.Ceremony) <-chan error {
	done := make(chan error, 1)
	go func() {
		_, err := actors.Ask(h.T.Context(), h.guard, messages.PerformCeremony{By: "alice", Ceremony: c})
		done <- err
	}()
	h.Wait()
	return done
}

func (h *harness) held() bool {
	h.T.Helper()
	status, err := actorstest.Ask(h.Kit, h.guard, messages.GetGuardStatus{})
	if err != nil {
		h.T.Fatal(err)
	}
	if status != h.hold.Get() {
		h.T.Errorf("the guard says %+v, and shows %+v", status, h.hold.Get())
	}
	return status.Held
}

// fakeSeal does what it is asked for at once, unless hang is set.
type fakeSeal struct {
	state     messages.SealState
	mode      messages.SealMode
	refuse    error
	hang      bool
	wait      map[uint64]actors.Promise[messages.CeremonyOutcome]
	executed  []messages.ExecuteCeremony
	abandoned []uint64
}

func (f *fakeSeal) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case messages.GetSealStatus:
		actors.Answer(c, m, messages.SealStatus{State: f.state, Mode: f.mode})
	case messages.AbandonCeremony:
		f.abandoned = append(f.abandoned, m.Fence)
		actors.Answer(c, m, messages.CeremonyAbandoned{})
	case messages.ExecuteCeremony:
		f.executed = append(f.executed, m)
		switch {
		case f.hang:
			f.wait[m.Fence] = actors.Defer(c, m)
		case f.refuse != nil:
			m.Ceremony.Wipe()
			actors.Refuse(c, f.refuse)
		default:
			m.Ceremony.Wipe()
			actors.Answer(c, m, messages.CeremonyOutcome{})
		}
	}
}

// Abandon implements actors.Holder.
func (f *fakeSeal) Abandon(err error) {
	for _, p := range f.wait {
		p.Fail(err)
	}
}

// fakeAudit keeps what it is told, unless it is broken.
type fakeAudit struct {
	broken error
	hang   bool
	lines  []messages.Line
	held   []actors.Promise[messages.EvidenceRecorded]
}

func (f *fakeAudit) Receive(c *actors.Context, message any) {
	m, ok := message.(messages.RecordEvidence)
	switch {
	case !ok:
	case f.hang:
		f.held = append(f.held, actors.Defer(c, m))
	case f.broken != nil:
		actors.Refuse(c, f.broken)
	default:
		f.lines = append(f.lines, m.Line)
		actors.Answer(c, m, messages.EvidenceRecorded{})
	}
}

// Abandon implements actors.Holder.
func (f *fakeAudit) Abandon(err error) {
	for _, p := range f.held {
		p.Fail(err)
	}
}

// secret makes a secret, and says later whether it was wiped.
func secret(text string) (messages.Secret, func() bool) {
	raw := []byte(text)
	return messages.NewSecret(raw), func() bool {
		for _, b := range raw {
			if b != 0 {
				return false
			}
		}
		return true
	}
}
