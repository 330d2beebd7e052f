package main

import (
	"fmt"
	"slices"

	"containment-chamber/messages"
)

// next is what to type next, given how all signers stand. What several of them want is typed once.
func (o *operator) next(all answers[chamberStatus]) []step {
	var steps []step
	for _, a := range all.Signers {
		if a.err == nil {
			steps = o.also(steps, a.Reply)
		}
	}
	return steps
}

// also adds what one more signer wants.
func (o *operator) also(steps []step, chamber *chamberStatus) []step {
	for _, s := range o.nextFor(chamber) {
		if !slices.ContainsFunc(steps, func(known step) bool { return known.Command == s.Command }) {
			steps = append(steps, s)
		}
	}
	return steps
}

// nextFor is what to type next for one signer.
func (o *operator) nextFor(s *chamberStatus) []step {
	if s.Closing {
		return nil
	}
	if s.Guard.Stuck { // nothing else can be done meanwhile
		return []step{o.look("until no ceremony is stuck any more")}
	}
	switch s.State {
	case messages.StateUninitialized:
		return []step{{Why: "make the master key: the setup token is in the signer's log; name your own keys and operators, or only one of the two", Command: o.command(o.first(),
			"init", "--kms-key-arns", "KEY,KEY,KEY", "--kms-threshold", "2", "--operators", "alice,bob,carol", "--quorum-threshold", "2")}}
	case messages.StateAwaitingRegistration:
		return append(o.registrations(&s.Quorum), step{
			Why: "only if a registration token is lost: undo the initialisation, with the setup token of the signer's log", Command: o.command(o.first(), "rotate", "abort"),
		})
	case messages.StateAwaitingRotation:
		var steps []step
		if s.Rotation != nil {
			steps = o.registrations(s.Rotation)
		}
		return append(steps, step{Why: "only to give the rotation up, and keep the operators that there are", Command: o.command(o.first(), "rotate", "abort")})
	case messages.StateSealed:
		return o.opening(s)
	case messages.StateKMSUnsealed:
		return o.shares(&s.Quorum)
	default: // unsealed, or not known
		return nil
	}
}

func (o *operator) registrations(q *quorumStatus) []step {
	var steps []step
	for _, name := range q.names(unregistered) {
		steps = append(steps, o.registration(name, nil))
	}
	return steps
}

// registration is an operator's turn to register. The token is shown to whoever has just made it.
func (o *operator) registration(name string, token shown) step {
	return step{By: name, Why: "register, with the registration token when asked", Command: o.command(o.first(), "register", "--operator", name), token: token}
}

func (o *operator) shares(q *quorumStatus) []step {
	var steps []step
	for _, name := range q.names(missing) {
		steps = append(steps, step{By: name, Why: "give the share; " + enough(q.Threshold-q.Given), Command: o.command(o.signers, "unseal", "--operator", name)})
	}
	return steps
}

// enough says how many operators are still needed.
func enough(left int) string {
	if left == 1 {
		return "1 more is enough"
	}
	return fmt.Sprintf("%d more are enough", left)
}

// look is a look at how the chamber stands.
func (o *operator) look(why string) step {
	return step{Why: why, Command: o.command(o.signers, "status")}
}

// opening is what opens a sealed chamber.
func (o *operator) opening(s *chamberStatus) []step {
	byKeys := step{Why: "have the key-encryption keys open it; on the signer's own machine", Command: o.command(o.signers, "unseal", "--kms")}
	switch {
	case s.Sealed != nil && s.Quorum.Threshold > 0:
		return o.shares(&s.Quorum)
	case s.Sealed != nil:
		return []step{byKeys}
	case s.KMS.Threshold > 0 && !s.KMS.Open:
		byKeys.Why = "the signer goes on trying by itself; to try at once, on its own machine"
		return []step{byKeys}
	}
	return nil
}
