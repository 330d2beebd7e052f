package seal

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"containment-chamber/actors/seal/quorum"
	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// step is one part of a job. Of all steps only the last one that writes changes anything outside of the job, and that in
// one compare-and-swap: so a crash before or after any step leaves the old record, or the new one.
type step struct {
	name string
	run  func(*work) error
}

// stepsOf lists what each kind of job does, in order.
func stepsOf(kind Kind) []step {
	read, write := step{"read", (*work).readRecord}, step{"write", (*work).write}
	check, wrap, prove := step{"check", (*work).checkKeys}, step{"wrap", (*work).wrap}, step{"prove", (*work).prove}
	peel := step{"peel", (*work).peel}
	switch kind {
	case messages.CeremonyInit:
		return []step{read, check, {"make", (*work).makeChamber}, wrap, prove, {"propose", (*work).propose}, write}
	case messages.CeremonyRegister:
		return []step{{"judge", (*work).judge}, read, {"register", (*work).register}, {"commit", (*work).commit}, write}
	case Automatic, messages.CeremonyUnsealKMS:
		return []step{read, peel, {"open", (*work).openByKMS}, {"lift", (*work).lift}}
	case messages.CeremonyShare:
		return []step{read, peel, {"share", (*work).openShare}, {"open", (*work).openByQuorum}, {"lift", (*work).lift}}
	case messages.CeremonySeal, Recording:
		return []step{{"mark", (*work).mark}}
	case messages.CeremonyRotateKMS, messages.CeremonyRotateQuorum, messages.CeremonyRotateMode:
		return []step{read, check, {"make", (*work).makeSet}, wrap, prove, {"propose", (*work).propose}, write}
	case messages.CeremonyAbort:
		return []step{read, {"abort", (*work).abort}, write}
	case messages.CeremonyRootToken:
		return []step{read, {"consent", (*work).consent}, {"issue", (*work).issue}}
	}
	panic("seal: a job of an unknown kind")
}

// judge refuses a new passphrase that breaks the rules, before anything costly.
func (w *work) judge() (err error) {
	m := w.ceremony.(messages.RegisterOperator)
	if !m.Credential.YubiKeyResponse.Empty() {
		return nil
	}
	endpoint := "register"
	if w.known.stored.Record.Next != nil {
		endpoint = "rotate"
	}
	m.Credential.Passphrase.Use(func(b []byte) {
		err = quorum.CheckPassphrase(b, m.Operator, func(took time.Duration) { w.publish(messages.PassphraseEstimated{Took: took}) })
	})
	var refusal *quorum.Refusal
	if errors.As(err, &refusal) {
		w.publish(messages.PassphraseRefused{Reason: string(refusal.Reason), Endpoint: endpoint})
		return fmt.Errorf("%w: %s: %w", messages.ErrPassphrase, refusal.Reason, refusal)
	}
	return err
}

func (w *work) register() error {
	m := w.ceremony.(messages.RegisterOperator)
	return w.proof(m.Credential, func() error {
		next, err := w.read.stored.Record.Register(m)
		w.next = next
		return err
	})
}

// commit puts the next set in force when its last operator has registered, but first has the key-encryption keys show that
// they open it. The operators' shares were proved one by one, and that they fit together when they were made.
func (w *work) commit() error {
	next := w.next.Next
	if next == nil || !next.Complete() {
		return nil
	}
	inner, err := w.peelSet(next)
	if err != nil {
		return err
	}
	rotation := w.next.Rotation
	w.next = w.next.Commit()
	w.result.inner, w.result.gained.Outer = inner, true
	w.result.events = append(w.result.events, messages.RotationFinished{Kind: metricKind(rotation), By: w.by, Generation: w.next.Generation})
	return nil
}

// metricKind is what the metric calls a rotation.
func metricKind(ceremony string) string {
	switch ceremony {
	case messages.CeremonyRotateKMS:
		return "kms"
	case messages.CeremonyRotateMode:
		return "mode"
	}
	return "unseal"
}

// abort gives up what is to come.
func (w *work) abort() error {
	w.next = w.read.stored.Record.Abort()
	return nil
}

// consent proves that it is the operator. What it opens is not needed.
func (w *work) consent() error {
	m, r := w.ceremony.(messages.GenerateRootToken), w.read.stored.Record
	if r.Set.Quorum == nil {
		return nil
	}
	w.result.gained.Consent = !w.job.Last
	return w.proof(m.Credential, func() error {
		share, err := w.shareOf(m.Operator, m.Credential)
		clear(share)
		return w.first(err, "consent; it takes another operator's, too")
	})
}

// first refuses what an operator who has proved to be one does again.
func (w *work) first(err error, what string) error {
	if err == nil && w.job.Repeated {
		return fmt.Errorf("%w: this operator's %s", messages.ErrShareRepeated, what)
	}
	return err
}

// issue makes the token after the last consent.
func (w *work) issue() error {
	if !w.job.Last {
		w.result.now = w.read
		return nil
	}
	next, text := w.read.stored.Record.Issue(w.tokenKey, w.by, time.Now())
	w.result.outcome.RootToken = messages.NewSecret(text)
	w.result.events = append(w.result.events, messages.ManagementTokenIssued{ID: next.Management.ID, By: w.by})
	w.next = next
	return w.write()
}

// openShare opens one operator's share.
func (w *work) openShare() error {
	m := w.ceremony.(messages.SubmitShare)
	w.result.gained.Share = true
	w.result.now = w.read
	return w.proof(m.Credential, func() (err error) {
		w.result.share, err = w.shareOf(m.Operator, m.Credential)
		return w.first(err, "share")
	})
}

// shareOf opens the share of the operator whose part it is. A name that is no operator's is refused as late, and as a wrong
// credential is.
func (w *work) shareOf(name string, c messages.Credential) ([]byte, error) {
	r := w.read.stored.Record
	if w.job.Operator < 0 {
		return nil, r.NoShare(name, c)
	}
	return r.Share(r.Set, w.job.Operator, c)
}

// openByQuorum rebuilds the master key from all shares, if this was the last one.
func (w *work) openByQuorum() error {
	if !w.job.Last {
		return nil
	}
	master, err := w.fresh()
	if err != nil {
		return err
	}
	w.result.master = master
	r := w.read.stored.Record
	if err := r.OpenByQuorum(r.Set, w.result.inner, append(slices.Clip(w.shares), w.result.share), master); err != nil {
		return err
	}
	w.result.gained.Master, w.result.gained.Share = true, false
	return w.authenticate()
}

// openByKMS rebuilds the master key, if no operators are needed.
func (w *work) openByKMS() error {
	w.result.now = w.read
	if w.read.stored.Record.Set.Quorum == nil {
		return w.authenticate()
	}
	return nil
}

// authenticate checks the record that the master key was rebuilt from, now that this can be done.
func (w *work) authenticate() (err error) {
	if w.stateKey == nil {
		if w.stateKey, err = w.fresh(); err != nil {
			return err
		}
	}
	record.Derive(w.read.stored.Record.Chamber, w.result.master, w.stateKey, messages.PurposeSignerState)
	return w.read.stored.Authentic(w.stateKey)
}
