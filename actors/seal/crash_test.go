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

// scene is a ceremony, and what must have come before it and what comes after.
type scene struct {
	name string
	kind seal.Kind
	// before brings a replica to where the ceremony can begin.
	before func(*world, seal.Config) *replica
	// hold holds it. It is called again after a fault, and must then succeed, unless it had succeeded before.
	hold func(*replica) error
	// end is where it leads.
	end messages.SealState
	// open opens another replica thereafter.
	open func(*replica)
	// first are those who give shares before it is held, if nobody has given any.
	first []string
}

func scenes() []scene {
	nobody, opening := []string(nil), []string{"carol", "bob"}
	byKMS := func(*replica) {}
	byQuorum := func(r *replica) { r.open("alice", "bob") }
	initialized := func(plan func(*world) messages.KeyPlan) func(*world, seal.Config) *replica {
		return func(w *world, cfg seal.Config) *replica {
			r := w.replica(cfg)
			r.must(messages.InitializeChamber{Plan: plan(w)})
			return r
		}
	}
	kms := func(w *world) messages.KeyPlan { return w.plan(3, 2, 0, 0) }
	both := func(w *world) messages.KeyPlan { return w.plan(3, 2, 3, 2) }
	quorum := func(w *world, cfg seal.Config) *replica {
		r := initialized(both)(w, cfg)
		r.register("alice", "bob", "carol")
		r.open("carol", "bob")
		return r
	}
	rotating := func(w *world, cfg seal.Config) *replica {
		r := quorum(w, cfg)
		r.must(messages.RotateQuorum{Plan: w.plan(0, 0, 2, 2)})
		r.register("bob")
		return r
	}
	do := func(c func(*replica) messages.Ceremony) func(*replica) error {
		return func(r *replica) error { _, err := r.do(c(r)); return err }
	}
	registering := func(name string) func(*replica) messages.Ceremony {
		return func(r *replica) messages.Ceremony {
			return messages.RegisterOperator{Operator: name, Token: r.token(name), Credential: yubikey(name)}
		}
	}
	always := func(c messages.Ceremony) func(*replica) messages.Ceremony {
		return func(*replica) messages.Ceremony { return c }
	}
	return []scene{
		{"init kms", messages.CeremonyInit, (*world).replica, do(func(r *replica) messages.Ceremony {
			return messages.InitializeChamber{Plan: kms(r.world)}
		}), messages.StateUnsealed, byKMS, nobody},
		{"last registration", messages.CeremonyRegister, func(w *world, cfg seal.Config) *replica {
			r := initialized(both)(w, cfg)
			r.register("bob", "carol")
			return r
		}, do(registering("alice")), messages.StateKMSUnsealed, byQuorum, nobody},
		{"last share", messages.CeremonyShare, func(w *world, cfg seal.Config) *replica {
			r := initialized(both)(w, cfg)
			r.register("bob", "carol", "alice")
			r.open("carol")
			return r
		}, do(func(*replica) messages.Ceremony { return share("bob") }), messages.StateUnsealed, byQuorum, []string{"carol"}},
		{"unseal kms", messages.CeremonyUnsealKMS, func(w *world, cfg seal.Config) *replica {
			r := initialized(kms)(w, cfg)
			r.must(messages.SealChamber{})
			return r
		}, do(always(messages.UnsealByKMS{})), messages.StateUnsealed, byKMS, nobody},
		{"seal", messages.CeremonySeal, quorum, do(always(messages.SealChamber{Reason: "fire"})), messages.StateSealed, byQuorum, opening},
		{"rotate kms", messages.CeremonyRotateKMS, quorum, do(func(r *replica) messages.Ceremony {
			return messages.RotateKMS{Plan: messages.KeyPlan{KMS: r.references[2:], KMSThreshold: 2}}
		}), messages.StateUnsealed, byQuorum, opening},
		{"rotate quorum", messages.CeremonyRotateQuorum, quorum, do(func(r *replica) messages.Ceremony {
			return messages.RotateQuorum{Plan: r.plan(0, 0, 2, 2)}
		}), messages.StateAwaitingRotation, byQuorum, opening},
		{"last registration of a rotation", messages.CeremonyRegister, rotating, do(registering("alice")), messages.StateUnsealed, byQuorum, opening},
		{"rotate mode", messages.CeremonyRotateMode, quorum, do(func(r *replica) messages.Ceremony {
			return messages.RotateMode{Plan: r.plan(2, 1, 0, 0)}
		}), messages.StateUnsealed, byKMS, opening},
		{"abort", messages.CeremonyAbort, rotating, do(always(messages.AbortRotation{})), messages.StateUnsealed, byQuorum, opening},
		{"root token", messages.CeremonyRootToken, quorum, func(r *replica) error {
			if _, err := r.do(messages.GenerateRootToken{Operator: "alice", Credential: yubikey("alice")}); err != nil && !errors.Is(err, messages.ErrShareRepeated) {
				return err
			}
			_, err := r.do(messages.GenerateRootToken{Operator: "bob", Credential: yubikey("bob")})
			return err
		}, messages.StateUnsealed, byQuorum, opening},
	}
}

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
