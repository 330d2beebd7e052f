package postgres

import (
	"slices"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// trial judges the duties of one key in one group, in order. It is pure: what it knows was read before.
type trial struct {
	key    messages.PublicKey
	duties []messages.Duty
	// at are the places of the duties in the group.
	at []int

	// was is the head that the duties are judged by; nil when it is not known.
	was *head
	// read says that rows holds, for each duty, every row that it depends on. They are not needed for a duty that the
	// head admits.
	read bool
	rows []related

	// verdicts and what follows are what the judgement has found.
	verdicts []error
	next     eip3076.Head
	blocks   []eip3076.Block       // to put on record
	votes    []eip3076.Attestation // to put on record
}

// related are the rows that one duty depends on.
type related struct {
	blocks []eip3076.Block
	votes  []eip3076.Attestation
	// refused is why one of them cannot be believed.
	refused error
}

// trials sorts the duties that are still to be judged by key.
func trials(duties []messages.KeyDuty, verdicts []error) []*trial {
	var list []*trial
	byKey := make(map[messages.PublicKey]*trial)
	for i, d := range duties {
		if verdicts[i] != nil || !d.Duty.Operation.Protected() {
			continue
		}
		t := byKey[d.Key]
		if t == nil {
			t = &trial{key: d.Key}
			byKey[d.Key] = t
			list = append(list, t)
		}
		t.duties, t.at = append(t.duties, d.Duty), append(t.at, i)
	}
	return list
}

// forget drops what was known, so that everything is read anew.
func (t *trial) forget() { t.was, t.read = nil, false }

// judge decides about every duty, and reports whether it could: without rows it can only allow what the head admits.
func (t *trial) judge() bool {
	t.next = t.was.Head
	t.verdicts = make([]error, len(t.duties))
	t.blocks, t.votes = nil, nil
	for i, d := range t.duties {
		var known related
		if t.read {
			known = t.rows[i]
		}
		if known.refused != nil {
			t.verdicts[i] = known.refused
			continue
		}
		admitted, err := t.judgeBlockOrVote(d, known)
		if !t.read && (!admitted || err != nil) {
			return false
		}
		t.verdicts[i] = err
	}
	return true
}

// judgeBlockOrVote decides about one duty, and says whether it is above every row.
func (t *trial) judgeBlockOrVote(d messages.Duty, known related) (admitted bool, err error) {
	if d.Operation == messages.Attestation {
		a := eip3076.AttestationOf(d)
		admitted = t.next.Top.AdmitsAttestation(a)
		repeat, err := eip3076.CheckAttestation(a, t.next.Low, slices.Concat(known.votes, t.votes))
		if err == nil && !repeat {
			t.next.Summary, t.votes = t.next.SignAttestation(a), append(t.votes, a)
		}
		return admitted, err
	}
	b := eip3076.BlockOf(d)
	admitted = t.next.Top.AdmitsBlock(b)
	repeat, err := eip3076.CheckBlock(b, t.next.Low, slices.Concat(known.blocks, t.blocks))
	if err == nil && !repeat {
		t.next.Summary, t.blocks = t.next.SignBlock(b), append(t.blocks, b)
	}
	return admitted, err
}

// writes says whether the judgement has to be put on record.
func (t *trial) writes() bool { return len(t.blocks)+len(t.votes) > 0 }

// refuse gives every duty the same verdict.
func (t *trial) refuse(err error) {
	t.verdicts = make([]error, len(t.duties))
	for i := range t.verdicts {
		t.verdicts[i] = err
	}
}
