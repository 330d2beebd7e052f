package seal_test

import (
	"errors"
	"slices"
	"testing"

	"containment-chamber/actors/seal"
	"containment-chamber/messages"
)

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
	// had reports whether it has had its effect although it was answered with an error; nil for what is usual for its kind.
	had func(*replica) bool
	// reads says that it writes nothing.
	reads bool
}

// scenes are all ceremonies, in each of the ways in which one can go.
func scenes() []scene {
	return slices.Concat(scenesOfTheFirstSet(), scenesOfOpening(), scenesOfRotation(), scenesOfTheRest())
}

// TestEveryCeremonyHasAScene holds the list against that of the machine's tests, which draw the package comment.
func TestEveryCeremonyHasAScene(t *testing.T) {
	for _, kind := range kinds() {
		if !slices.ContainsFunc(scenes(), func(s scene) bool { return s.kind == kind }) {
			t.Errorf("no scene crashes %s", kind)
		}
	}
}

// Plans, by what they name.
func kms(w *world) messages.KeyPlan    { return w.plan(3, 2, 0, 0) }
func both(w *world) messages.KeyPlan   { return w.plan(3, 2, 3, 2) }
func people(w *world) messages.KeyPlan { return w.plan(0, 0, 3, 2) }

// initialized is a chamber that was just made, where some have registered.
func initialized(plan func(*world) messages.KeyPlan, registered ...string) func(*world, seal.Config) *replica {
	return func(w *world, cfg seal.Config) *replica {
		r := w.replica(cfg)
		r.must(messages.InitializeChamber{Plan: plan(w)})
		r.register(registered...)
		return r
	}
}

// then goes on from there.
func then(before func(*world, seal.Config) *replica, do func(*replica)) func(*world, seal.Config) *replica {
	return func(w *world, cfg seal.Config) *replica {
		r := before(w, cfg)
		do(r)
		return r
	}
}

// unsealed is a chamber with a quorum that is open.
func unsealed(w *world, cfg seal.Config) *replica {
	return then(initialized(both, "alice", "bob", "carol"), func(r *replica) { r.open("carol", "bob") })(w, cfg)
}

// rotating is one whose next quorum is alice and bob, of whom bob has registered.
func rotating(w *world, cfg seal.Config) *replica {
	return then(unsealed, func(r *replica) {
		r.must(messages.RotateQuorum{Plan: w.plan(0, 0, 2, 2)})
		r.register("bob")
	})(w, cfg)
}

func by(operators ...string) func(*replica) { return func(r *replica) { r.open(operators...) } }

func nothing(*replica) {}

// holding holds a ceremony, which is made anew each time because its secrets are wiped.
func holding(c func(*replica) messages.Ceremony) func(*replica) error {
	return func(r *replica) error { _, err := r.do(c(r)); return err }
}

func registering(name string) func(*replica) error {
	return holding(func(r *replica) messages.Ceremony {
		return messages.RegisterOperator{Operator: name, Token: r.token(name), Credential: yubikey(name)}
	})
}

func in(state messages.SealState) func(*replica) bool {
	return func(r *replica) bool { return r.status().State == state }
}

func scenesOfTheFirstSet() []scene {
	return []scene{
		{
			name: "init kms", kind: messages.CeremonyInit, before: (*world).replica, end: messages.StateUnsealed, open: nothing,
			hold: holding(func(r *replica) messages.Ceremony { return messages.InitializeChamber{Plan: kms(r.world)} }),
		},
		{
			name: "init quorum", kind: messages.CeremonyInit, before: (*world).replica, end: messages.StateAwaitingRegistration,
			hold: func(r *replica) error {
				if r.status().State == messages.StateAwaitingRegistration { // the tokens are lost
					r.must(messages.AbortRotation{})
				}
				_, err := r.do(messages.InitializeChamber{Plan: both(r.world)})
				return err
			},
			open: func(r *replica) { r.register("alice", "bob", "carol"); r.open("alice", "bob") },
			had:  func(r *replica) bool { return len(r.tokens) == 3 },
		},
		{
			name: "first registration", kind: messages.CeremonyRegister, before: initialized(both), hold: registering("bob"),
			end: messages.StateAwaitingRegistration, had: func(r *replica) bool { return r.status().Quorum.Operators[1].Registered },
			open: func(r *replica) { r.register("alice", "carol"); r.open("alice", "bob") },
		},
		{
			name: "last registration", kind: messages.CeremonyRegister, before: initialized(both, "bob", "carol"), hold: registering("alice"),
			end: messages.StateKMSUnsealed, open: by("alice", "bob"),
		},
		{
			name: "abort of the initialisation", kind: messages.CeremonyAbort, before: initialized(both, "bob"), end: messages.StateUninitialized,
			hold: holding(func(*replica) messages.Ceremony { return messages.AbortRotation{} }), had: in(messages.StateUninitialized),
			open: func(r *replica) { r.must(messages.InitializeChamber{Plan: kms(r.world)}) },
		},
	}
}

func scenesOfOpening() []scene {
	sealed := func(r *replica) { r.must(messages.SealChamber{}) }
	byKMS := holding(func(*replica) messages.Ceremony { return messages.UnsealByKMS{} })
	return []scene{
		{
			name: "first share", kind: messages.CeremonyShare, before: initialized(both, "bob", "carol", "alice"), end: messages.StateKMSUnsealed,
			hold: holding(func(*replica) messages.Ceremony { return share("bob") }), open: by("alice", "bob"), reads: true,
		},
		{
			name: "last share", kind: messages.CeremonyShare, end: messages.StateUnsealed, open: by("alice", "bob"), first: []string{"carol"},
			before: then(initialized(both, "bob", "carol", "alice"), by("carol")),
			hold:   holding(func(*replica) messages.Ceremony { return share("bob") }),
		},
		{
			name: "last share without kms", kind: messages.CeremonyShare, end: messages.StateUnsealed, open: by("alice", "bob"), first: []string{"carol"},
			before: then(initialized(people, "bob", "carol", "alice"), by("carol")),
			hold:   holding(func(*replica) messages.Ceremony { return share("bob") }),
		},
		{
			name: "unseal kms", kind: messages.CeremonyUnsealKMS, before: then(initialized(kms), sealed), hold: byKMS,
			end: messages.StateUnsealed, open: nothing,
		},
		{
			name: "unseal kms beneath a quorum", kind: messages.CeremonyUnsealKMS, before: then(unsealed, sealed), hold: byKMS,
			end: messages.StateKMSUnsealed, open: by("alice", "bob"), had: in(messages.StateKMSUnsealed), reads: true,
		},
	}
}

func scenesOfRotation() []scene {
	opening := []string{"carol", "bob"}
	lastTwo := holding(func(r *replica) messages.Ceremony {
		return messages.RotateKMS{Plan: messages.KeyPlan{KMS: r.references[2:], KMSThreshold: 2}}
	})
	proposed := func(r *replica) bool { return len(r.status().Rotation.Operators) > 0 }
	return []scene{
		{
			name: "rotate kms", kind: messages.CeremonyRotateKMS, before: unsealed, hold: lastTwo, end: messages.StateUnsealed,
			open: by("alice", "bob"), first: opening,
		},
		{
			name: "rotate kms without a quorum", kind: messages.CeremonyRotateKMS, before: initialized(kms), hold: lastTwo,
			end: messages.StateUnsealed, open: nothing,
		},
		{
			name: "rotate quorum", kind: messages.CeremonyRotateQuorum, before: unsealed, end: messages.StateAwaitingRotation,
			hold: holding(func(r *replica) messages.Ceremony { return messages.RotateQuorum{Plan: r.plan(0, 0, 2, 2)} }),
			open: by("alice", "bob"), first: opening,
		},
		{
			name: "last registration of a rotation", kind: messages.CeremonyRegister, before: rotating, hold: registering("alice"),
			end: messages.StateUnsealed, open: by("alice", "bob"), first: opening,
		},
		{
			name: "rotate mode to kms", kind: messages.CeremonyRotateMode, before: unsealed, end: messages.StateUnsealed, open: nothing, first: opening,
			hold: holding(func(r *replica) messages.Ceremony { return messages.RotateMode{Plan: r.plan(2, 1, 0, 0)} }),
		},
		{
			name: "rotate mode to a quorum", kind: messages.CeremonyRotateMode, before: initialized(kms), end: messages.StateAwaitingRotation,
			hold: holding(func(r *replica) messages.Ceremony { return messages.RotateMode{Plan: r.plan(2, 1, 2, 2)} }),
			open: nothing, had: proposed,
		},
		{
			name: "last registration of the first quorum", kind: messages.CeremonyRegister, hold: registering("alice"),
			before: then(initialized(kms), func(r *replica) {
				r.must(messages.RotateMode{Plan: r.plan(2, 1, 2, 2)})
				r.register("bob")
			}),
			end: messages.StateUnsealed, open: by("alice", "bob"),
		},
		{
			name: "abort", kind: messages.CeremonyAbort, before: rotating, end: messages.StateUnsealed, open: by("alice", "bob"), first: opening,
			hold: holding(func(*replica) messages.Ceremony { return messages.AbortRotation{} }),
		},
	}
}

func scenesOfTheRest() []scene {
	fire := holding(func(*replica) messages.Ceremony { return messages.SealChamber{Reason: "fire"} })
	consents := func(r *replica) error {
		if _, err := r.do(messages.GenerateRootToken{Operator: "alice", Credential: yubikey("alice")}); err != nil && !errors.Is(err, messages.ErrShareRepeated) {
			return err
		}
		_, err := r.do(messages.GenerateRootToken{Operator: "bob", Credential: yubikey("bob")})
		return err
	}
	return []scene{
		{
			name: "seal", kind: messages.CeremonySeal, before: unsealed, hold: fire, end: messages.StateSealed, open: by("alice", "bob"),
			first: []string{"carol", "bob"},
		},
		{
			name: "seal without the master key", kind: messages.CeremonySeal, before: initialized(both, "alice", "bob", "carol"), hold: fire,
			end: messages.StateSealed, open: by("alice", "bob"),
		},
		{
			name: "root token", kind: messages.CeremonyRootToken, before: unsealed, hold: consents, end: messages.StateUnsealed,
			open: by("alice", "bob"), first: []string{"carol", "bob"},
		},
		{
			name: "root token without a quorum", kind: messages.CeremonyRootToken, before: initialized(kms), end: messages.StateUnsealed, open: nothing,
			hold: holding(func(*replica) messages.Ceremony { return messages.GenerateRootToken{} }),
		},
	}
}
