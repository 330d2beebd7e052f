package eip3076

import (
	"errors"
	"iter"

	"containment-chamber/messages"
)

// Rows reads the whole history of a validator: the blocks in ascending order of their slots, and then the votes in that of
// their targets. Rows that cannot be believed are a [RowError] each; any other error is the last.
type Rows struct {
	Blocks       iter.Seq2[Block, error]
	Attestations iter.Seq2[Attestation, error]
}

// swept is what a sweep has shown: how many rows there are, and the floor above all that can be believed.
type swept struct {
	blocks, votes int
	top           Floor
}

// sweep calls found for each row that contradicts an earlier one, or cannot be believed. The error is one of reading.
func (r Rows) sweep(found func(error)) (all swept, err error) {
	var sweep Sweep
	met := func(err error) error {
		if errors.Is(err, messages.ErrRowRefused) || errors.Is(err, messages.ErrSlashable) {
			found(err)
			return nil
		}
		return err
	}
	for b, err := range r.Blocks {
		all.blocks++
		if err == nil {
			all.top = all.top.Raise(b.Floor())
			err = sweep.Block(b)
		}
		if err := met(err); err != nil {
			return all, err
		}
	}
	for a, err := range r.Attestations {
		all.votes++
		if err == nil {
			all.top = all.top.Raise(a.Floor())
			err = sweep.Attestation(a)
		}
		if err := met(err); err != nil {
			return all, err
		}
	}
	return all, nil
}

// Sweep finds the messages of one validator that contradict each other, in one pass over its rows in ascending order
// of slot or target. It holds three numbers, whatever the length of the history. The zero Sweep is ready.
type Sweep struct {
	blocks, votes int
	slot, target  uint64
	// earlier is the vote with the greatest source among the targets below the present one, level the one among the
	// votes for it.
	earlier, level Attestation
}

// Block takes the next block. Its error is the refusal that signing b again would meet; nil when b stands alone at
// its slot so far.
func (s *Sweep) Block(b Block) error {
	double := s.blocks > 0 && s.slot == b.Slot
	s.blocks++
	s.slot = b.Slot
	if double {
		return refuse(RuleDoubleProposal, "the history holds two blocks at slot %d", b.Slot)
	}
	return nil
}

// Attestation takes the next vote. Its error names the first rule that a breaks together with the votes before it.
func (s *Sweep) Attestation(a Attestation) error {
	first := s.votes == 0
	if !first && a.Target != s.target && s.level.Source >= s.earlier.Source {
		s.earlier = s.level
	}
	double := !first && a.Target == s.target
	if !double || a.Source > s.level.Source {
		s.level = a
	}
	s.votes++
	s.target = a.Target
	switch {
	case a.Source > a.Target:
		return refuse(RuleSourceAfterTarget, "the history holds a vote with source epoch %d after target epoch %d", a.Source, a.Target)
	case double:
		return refuse(RuleDoubleVote, "the history holds two votes for target epoch %d", a.Target)
	case a.Surrounds(s.earlier):
		return refuse(RuleSurroundingVote, "in the history, vote %d→%d surrounds vote %d→%d", a.Source, a.Target, s.earlier.Source, s.earlier.Target)
	}
	return nil
}
