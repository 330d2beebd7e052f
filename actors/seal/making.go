package seal

import (
	"fmt"
	"slices"

	"containment-chamber/actors/seal/opening"
	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// keyPlan is what the ceremony plans, and how it is stored.
func (w *work) keyPlan() (messages.KeyPlan, error) {
	var plan messages.KeyPlan
	switch m := w.ceremony.(type) {
	case messages.InitializeChamber:
		plan = m.Plan
	case messages.RotateKMS:
		plan = m.Plan
		if len(plan.KMS) == 0 {
			return plan, fmt.Errorf("%w: plan: it names no key-encryption keys", messages.ErrMalformed)
		}
		if len(plan.Operators) > 0 {
			return plan, fmt.Errorf("%w: plan: operators are replaced by a rotation of the quorum", messages.ErrMalformed)
		}
	case messages.RotateQuorum:
		plan = m.Plan
		if len(plan.Operators) == 0 {
			return plan, fmt.Errorf("%w: plan: it names no operators", messages.ErrMalformed)
		}
		if set := w.read.stored.Record.Set; len(plan.KMS) == 0 && set.KMS != nil { // they stay
			plan.KMS, plan.KMSThreshold = referencesOf(set), set.KMS.Threshold
		}
	case messages.RotateMode:
		plan = m.Plan
	default: // unreachable: the others have none
		return plan, messages.ErrMalformed
	}
	return record.CheckPlan(plan)
}

// modeOf is the mode of a set that is made by a plan.
func modeOf(plan messages.KeyPlan) messages.SealMode {
	switch {
	case len(plan.Operators) == 0:
		return messages.ModeKMS
	case len(plan.KMS) == 0:
		return messages.ModeQuorum
	}
	return messages.ModeKMSQuorum
}

func referencesOf(s *record.Set) []string {
	var names []string
	if s != nil && s.KMS != nil {
		for _, share := range s.KMS.Shares {
			names = append(names, share.Reference)
		}
	}
	return names
}

// checkKeys looks at the plan, and at each key-encryption key that it names.
func (w *work) checkKeys() error {
	plan, err := w.keyPlan()
	if err != nil {
		return err
	}
	if set := w.read.stored.Record.Set; set != nil {
		before, after := setMode(set), modeOf(plan)
		switch w.job.Kind {
		case messages.CeremonyRotateMode:
			if before == after {
				return fmt.Errorf("%w: the mode is %s already; rotate kms or quorum", messages.ErrWrongState, before)
			}
		case messages.CeremonyRotateQuorum:
			if before != after {
				return fmt.Errorf("%w: the mode is %s and would be %s; rotate the mode", messages.ErrWrongState, before, after)
			}
		case messages.CeremonyRotateKMS:
			if set.KMS == nil {
				return fmt.Errorf("%w: the mode is %s, without key-encryption keys; rotate the mode", messages.ErrWrongState, before)
			}
		default: // nothing is there to be compared with
		}
	}
	return w.withEach(len(plan.KMS), func(i int) error {
		key, err := w.key(plan.KMS[i])
		if err == nil {
			err = key.Check(w.ctx)
		}
		return err
	})
}

// makeChamber makes the master key.
func (w *work) makeChamber() error {
	plan, err := w.keyPlan()
	if err != nil {
		return err
	}
	master, err := w.fresh()
	if err != nil {
		return err
	}
	w.result.master = master
	if w.next, w.draft, err = record.New(plan, master); err != nil {
		return err
	}
	if before := w.read.stored.Record; w.read.version > 0 { // one that was undone: numbers never fall
		w.next.Serial = before.Serial + 1
	}
	w.result.events = append(w.result.events, messages.ChamberInitialized{By: w.by, ChamberID: w.next.Chamber.String(), Mode: modeOf(plan)})
	return nil
}

// makeSet makes a set that is to replace the one in force.
func (w *work) makeSet() error {
	plan, err := w.keyPlan()
	if err != nil {
		return err
	}
	r := w.read.stored.Record
	w.next = r
	if w.job.Kind != messages.CeremonyRotateKMS || r.Set.Quorum == nil {
		w.draft, err = r.Renew(plan, w.master)
		return err
	}
	inner := w.inner
	if inner == nil {
		if inner, err = w.peelSet(r.Set); err != nil {
			return err
		}
	}
	w.draft = r.Rewrap(plan, inner)
	w.result.inner, w.result.gained.Outer = slices.Clone(inner), true
	return nil
}

// wrap has each share encrypted by its key-encryption key.
func (w *work) wrap() error {
	return w.withEach(len(w.draft.Outer), func(i int) error {
		entry := &w.draft.Set.KMS.Shares[i]
		key, err := w.key(entry.Reference)
		if err == nil {
			entry.Wrapped, err = key.Wrap(w.ctx, w.draft.Outer[i], w.next.Binding(i))
		}
		return err
	})
}

// prove has every share decrypted again, and opens the set with the first and with the last of them, before it replaces
// anything. That a quorum opens what is beneath was proved when it was made.
func (w *work) prove() error {
	set := &w.draft.Set
	if set.KMS == nil {
		return nil
	}
	shares := make([][]byte, len(set.KMS.Shares))
	defer opening.Wipe(shares)
	err := w.withEach(len(shares), func(i int) (err error) {
		shares[i], err = opening.UnwrapOne(w.ctx, w.cfg.Keys, w.next, opening.Share{Set: set, Index: i})
		return err
	})
	if err != nil {
		return err
	}
	for _, some := range [][][]byte{shares[:set.KMS.Threshold], shares[len(shares)-set.KMS.Threshold:]} {
		if err := w.proveWith(set, some); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) proveWith(set *record.Set, shares [][]byte) error {
	if set.Quorum != nil {
		_, err := w.next.Peel(set, shares)
		return err
	}
	again, err := w.fresh()
	if err != nil {
		return err
	}
	defer again.Wipe()
	return w.next.OpenByKMS(set, shares, again)
}

// propose puts the new set into the record: in force if nobody has to register, otherwise beside the old one.
func (w *work) propose() error {
	set, plan := w.draft.Set, w.job.Kind
	w.result.outcome.RegistrationTokens = w.draft.Tokens
	switch {
	case plan == messages.CeremonyInit:
		w.next.Set = &set
		if w.result.gained.Master = set.Quorum == nil; w.result.gained.Master {
			w.next = w.next.Open()
			return w.deriveStateKey()
		}
		w.result.master.Wipe() // from here on it is the operators'
	case set.Complete():
		w.next = w.next.Replace(set)
		w.result.events = append(w.result.events, messages.RotationFinished{Kind: metricKind(string(plan)), By: w.by, Generation: w.next.Generation})
	default:
		w.next = w.next.Propose(set, string(plan))
	}
	return nil
}

// deriveStateKey makes the key for the tag of a chamber that was just made.
func (w *work) deriveStateKey() (err error) {
	if w.stateKey, err = w.fresh(); err == nil {
		record.Derive(w.next.Chamber, w.result.master, w.stateKey, messages.PurposeSignerState)
	}
	return err
}
