package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"

	"containment-chamber/actors/seal/quorum"
	"containment-chamber/messages"
)

// Pending is the set whose operators are to register: the next one, or the first. It is nil when there is none.
func (r Record) Pending() *Set {
	if r.Stage == Registering {
		return r.Set
	}
	return r.Next
}

// Register exchanges an operator's registration token for a credential, and proves that it opens. A token that is not
// the operator's, or whose operator is not to register, is [messages.ErrUnauthorized]; one that was used, [messages.ErrShareRepeated].
func (r Record) Register(m messages.RegisterOperator) (Record, error) {
	index := r.Pending().Find(m.Operator)
	if index < 0 {
		return r, notTheToken(m.Operator) // who is to register is not for everybody to know
	}
	pending := r.Pending().clone()
	operator := &pending.Quorum.Operators[index]
	generation := pending.Quorum.Generation
	at := place{layerQuorum, r.Chamber, generation}
	used := at.tokenDigest(m.Token)
	if operator.Registered() {
		if subtle.ConstantTimeCompare(used, operator.Used) != 1 {
			return r, notTheToken(m.Operator)
		}
		return r, fmt.Errorf("%w: operator %s has registered", messages.ErrShareRepeated, m.Operator)
	}
	b := r.binding(m.Operator, generation)
	share, err := openPending(operator.Credential, m.Token, b)
	if err != nil {
		return r, err
	}
	defer clear(share)
	if err := at.prove(share, operator.Digest); err != nil {
		return r, err
	}
	operator.Used = used
	if operator.Credential, err = sealCredential(share, operator.Challenge, m.Credential, b); err != nil {
		return r, err
	}
	again, err := r.Share(&pending, index, m.Credential)
	if err != nil {
		return r, err
	}
	clear(again)
	if r.Stage == Registering {
		r.Set = &pending
		if pending.Complete() {
			r.Stage = Ready
		}
	} else {
		r.Next = &pending
	}
	r.Serial++
	return r, nil
}

func openPending(stored quorum.Credential, given messages.Secret, b quorum.Binding) (share []byte, err error) {
	given.Use(func(text []byte) {
		var token *quorum.Token
		if token, err = quorum.ParseToken(text); err == nil {
			share, err = stored.OpenWithToken(token, b)
			token.Wipe()
		}
	})
	if errors.Is(err, quorum.ErrWrongCredential) {
		return nil, notTheToken(b.Operator)
	}
	return share, damaged(err)
}

func notTheToken(operator string) error {
	return fmt.Errorf("%w: this is not the registration token of operator %.100s", messages.ErrUnauthorized, operator)
}

func sealCredential(share, challenge []byte, given messages.Credential, b quorum.Binding) (sealed quorum.Credential, err error) {
	if given.YubiKeyResponse.Empty() {
		given.Passphrase.Use(func(passphrase []byte) { sealed = quorum.SealUnderPassphrase(share, passphrase, b) })
		return sealed, nil
	}
	given.YubiKeyResponse.Use(func(response []byte) { sealed, err = quorum.SealUnderYubiKey(share, challenge, response, b) })
	return sealed, err
}

// credentialError is what an operator is told.
func credentialError(operator string, err error) error {
	if errors.Is(err, quorum.ErrWrongCredential) {
		return fmt.Errorf("%w: operator %s", messages.ErrWrongCredential, operator)
	}
	return damaged(err)
}

func damaged(err error) error {
	if errors.Is(err, quorum.ErrDamaged) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// Challenge returns what an operator's YubiKey has to answer: to register, or to prove who it is. Who is no operator has one
// as well, and who takes a passphrase: it is there on every replica, and tells nobody who the operators are.
func (r Record) Challenge(operator string, registering bool) ([]byte, error) {
	set, why := r.Set, "the chamber has no operators"
	if registering {
		set, why = r.Pending(), "no operators are to register"
	}
	if set == nil || set.Quorum == nil {
		return nil, fmt.Errorf("%w: %s", messages.ErrWrongState, why)
	}
	if index := set.Find(operator); index >= 0 {
		return slices.Clone(set.Quorum.Operators[index].Challenge), nil
	}
	mac := hmac.New(sha256.New, r.Verifier)
	fmt.Fprintf(mac, "challenge of nobody %d %q", set.Quorum.Generation, operator) // hashes never fail
	return mac.Sum(nil), nil
}
