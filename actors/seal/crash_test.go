package seal_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/seal"
	"containment-chamber/messages"
)

// trap crashes a job before one of its steps, or does something else there, once.
type trap struct {
	kind seal.Kind
	step string
	do   func()
}

func (p *trap) spring(kind seal.Kind, step string) {
	if p.do != nil && kind == p.kind && step == p.step {
		do := p.do
		p.do = nil
		do()
	}
}

func crash() { panic("test: a job crashes") }

// TestCrashAtEachStep crashes the job of each ceremony before each of its steps, holds the ceremony again, and expects to
// get to its end; and that at any moment the record opens, to the same master key.
func TestCrashAtEachStep(t *testing.T) {
	for _, s := range scenes() {
		for _, step := range seal.Steps(s.kind) {
			t.Run(s.name+" before "+step, func(t *testing.T) {
				s.fault(t, step, func(*world, *replica) { crash() }, messages.ErrCrashed)
			})
		}
	}
}

// TestLostAnswers: the record is written, and nobody is told so. Whoever looks next finds it, and goes on from there.
func TestLostAnswers(t *testing.T) {
	for _, s := range scenes() {
		steps := seal.Steps(s.kind)
		if s.reads {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			s.fault(t, steps[len(steps)-1], func(w *world, _ *replica) { w.store.set(func(m *memory) { m.lose = true }) }, messages.ErrStateUnavailable)
		})
	}
}

// TestTheActorCrashesAtEachStep crashes the seal itself while a job is under way: it comes back sealed, and opens again.
func TestTheActorCrashesAtEachStep(t *testing.T) {
	for _, s := range scenes() {
		for _, step := range seal.Steps(s.kind) {
			t.Run(s.name+" before "+step, func(t *testing.T) {
				s.fault(t, step, func(w *world, r *replica) {
					w.System.Crash("test/" + r.name)
				}, messages.ErrCrashed)
			})
		}
	}
}

// TestCrashInTheAutomaticOpening: it is not asked for by anybody, and it is tried again until it succeeds.
func TestCrashInTheAutomaticOpening(t *testing.T) {
	faults := map[string]func(*world, string){
		"the job":   func(*world, string) { crash() },
		"the actor": func(w *world, name string) { w.System.Crash("test/" + name) },
	}
	for what, fault := range faults {
		for _, step := range seal.Steps(seal.Automatic) {
			t.Run(what+" before "+step, func(t *testing.T) {
				inWorld(t, func(w *world) {
					w.opened(w.plan(3, 2, 0, 0))
					fell := false
					p := &trap{kind: seal.Automatic, step: step, do: func() { fell = true; fault(w, "seal2") }}
					r := w.replica(w.config().Before(p.spring))
					w.Advance(10 * time.Second)
					if r.is(messages.StateUnsealed); !fell {
						t.Error("the fault has no effect")
					}
				})
			})
		}
	}
}

func (s scene) fault(t *testing.T, step string, fault func(*world, *replica), want error) {
	t.Helper()
	inWorld(t, func(w *world) {
		p := &trap{}
		r := s.before(w, w.config().Before(p.spring))
		var key [32]byte
		if keyed := r.status().State.Signs(); keyed {
			key = r.key()
		}
		p.kind, p.step, p.do = s.kind, step, func() { fault(w, r) }
		err := s.hold(r)
		if err == nil {
			t.Fatal("the fault has no effect")
		}
		if !errors.Is(err, want) {
			t.Errorf("it is answered %v, want %v", err, want)
		}
		w.Advance(10 * time.Second)
		s.resume(r)
		r.is(s.end)
		other := w.replica(w.config())
		s.open(other)
		if !other.status().State.Signs() {
			t.Fatalf("a new replica is %s", other.status().State)
		}
		if key != [32]byte{} && other.key() != key {
			t.Error("the master key is another")
		}
		for _, e := range actorstest.Events[messages.SealRecordRefused](w.Kit) {
			t.Errorf("refused: %v", e.Err)
		}
	})
}

// resume does what the operators would: they look at the state, open the chamber if it is sealed, and ask again unless it
// is done.
func (s scene) resume(r *replica) {
	if s.done(r) {
		return
	}
	if status := r.status(); !status.State.Signs() && status.Quorum.Given == 0 {
		r.open(s.first...)
	}
	if err := s.hold(r); err != nil {
		r.T.Fatalf("held again: %v", err)
	}
}

// done reports whether the ceremony has had its effect although it was answered with an error.
func (s scene) done(r *replica) bool {
	if s.had != nil {
		return s.had(r)
	}
	status := r.status()
	switch s.kind {
	case messages.CeremonyInit:
		return status.State == messages.StateUnsealed
	case messages.CeremonyRegister:
		done := status.State != messages.StateAwaitingRegistration && status.State != messages.StateAwaitingRotation && len(status.Rotation.Operators) == 0
		if done && s.end == messages.StateUnsealed && !status.State.Signs() {
			r.open("alice", "bob") // the new quorum
		}
		return done
	case messages.CeremonyUnsealKMS:
		return status.State.Signs()
	case messages.CeremonySeal:
		return status.Emergency.Standing && !status.Emergency.Unrecorded
	case messages.CeremonyRotateKMS:
		return reopened(r, status.Generation == 2, "alice", "bob")
	case messages.CeremonyRotateMode:
		return status.Mode == messages.ModeKMS
	case messages.CeremonyRotateQuorum:
		return reopened(r, len(status.Rotation.Operators) > 0, "alice", "bob")
	case messages.CeremonyAbort:
		return reopened(r, len(status.Rotation.Operators) == 0, "alice", "bob")
	}
	return false
}

// reopened gives shares to a chamber that was sealed by the fault, if the ceremony is done.
func reopened(r *replica, done bool, operators ...string) bool {
	if done && !r.status().State.Signs() {
		r.open(operators...)
	}
	return done
}
