package eip3076

import (
	"errors"
	"fmt"
	"slices"

	"containment-chamber/messages"
)

// The rules that refuse a message, by the stable names that [RuleOf] returns.
const (
	RuleSourceAfterTarget = "source_after_target"
	RuleDoubleVote        = "double_vote"
	RuleSurroundingVote   = "surrounding_vote"
	RuleSurroundedVote    = "surrounded_vote"
	RuleDoubleProposal    = "double_proposal"
	RuleBelowWatermark    = "below_low_watermark"
	RuleOutOfRange        = "number_out_of_range"
)

// refusal is a [messages.ErrSlashable] that remembers its rule.
type refusal struct{ rule, reason string }

func refuse(rule, format string, args ...any) error {
	return refusal{rule: rule, reason: fmt.Sprintf(format, args...)}
}

// Error names the rule and the numbers that broke it.
func (r refusal) Error() string {
	return fmt.Sprintf("%v: %s: %s", messages.ErrSlashable, r.rule, r.reason)
}

// Unwrap makes errors.Is find the sentinel.
func (r refusal) Unwrap() error { return messages.ErrSlashable }

// RuleOf returns the name of the rule that made err, or "" when err is no refusal of this package.
func RuleOf(err error) string {
	var r refusal
	if errors.As(err, &r) {
		return r.rule
	}
	return ""
}

// CheckBlock decides whether b may be signed. Recorded holds at least every row of the validator at the slot of b;
// other rows are ignored. A nil error allows the signature; repeat then says that b is on record already.
//
// EIP-3076 §Conditions: no block that is slashable with respect to the history (1), none at or below the lowest slot
// (2), except if it is a repeat signing as determined by the signing root.
func CheckBlock(b Block, low Floor, recorded []Block) (repeat bool, err error) {
	if b.Slot > MaxNumber {
		return false, refuse(RuleOutOfRange, "slot %d is greater than %d", b.Slot, uint64(MaxNumber))
	}
	for _, r := range recorded {
		if err := doubleProposal(b, r); err != nil {
			return false, err
		}
	}
	repeat = slices.Contains(recorded, b)
	if !repeat && !low.AdmitsBlock(b) {
		return false, refuse(RuleBelowWatermark, "slot %d is below %d, the lowest slot that may still be signed", b.Slot, low.Slot)
	}
	return repeat, nil
}

// CheckAttestation decides whether a may be signed. Recorded holds at least every row of the validator at the target
// of a, one row that a surrounds if there is any, and one that surrounds a if there is any; rows that do not conflict
// are ignored. A nil error allows the signature; repeat then says that a is on record already.
//
// EIP-3076 §Conditions: no attestation that is slashable with respect to the history (3), none with a source below
// the lowest source (4), none with a target at or below the lowest target (5), except if it is a repeat signing as
// determined by the signing root. The consensus specification's is_valid_indexed_attestation asks nothing of the order
// of source and target, but no honest vote has a source after its target.
func CheckAttestation(a Attestation, low Floor, recorded []Attestation) (repeat bool, err error) {
	if a.Source > MaxNumber || a.Target > MaxNumber {
		return false, refuse(RuleOutOfRange, "an epoch of %d→%d is greater than %d", a.Source, a.Target, uint64(MaxNumber))
	}
	if a.Source > a.Target {
		return false, refuse(RuleSourceAfterTarget, "source epoch %d is after target epoch %d", a.Source, a.Target)
	}
	for _, conflict := range [...]func(a, r Attestation) error{doubleVote, surroundingVote, surroundedVote} {
		for _, r := range recorded {
			if err := conflict(a, r); err != nil {
				return false, err
			}
		}
	}
	repeat = slices.Contains(recorded, a)
	switch {
	case repeat:
		return true, nil
	case a.Source < low.Source:
		return false, refuse(RuleBelowWatermark, "source epoch %d is below %d, the lowest source that may still be signed", a.Source, low.Source)
	case a.Target < low.Target:
		return false, refuse(RuleBelowWatermark, "target epoch %d is below %d, the lowest target that may still be signed", a.Target, low.Target)
	}
	return false, nil
}

// doubleProposal compares b with a row. One without a root may be any block, so it contradicts everything at its slot.
func doubleProposal(b, r Block) error {
	switch {
	case r.Slot != b.Slot || r.HasRoot && r == b:
		return nil
	case !r.HasRoot:
		return refuse(RuleDoubleProposal, "a block at slot %d is on record, and its signing root is not known", b.Slot)
	}
	return refuse(RuleDoubleProposal, "another block at slot %d is on record", b.Slot)
}

// doubleVote compares a with a row (consensus-specs, is_slashable_attestation_data, double vote). One without a root
// may be any vote, so it contradicts everything with its target.
func doubleVote(a, r Attestation) error {
	switch {
	case r.Target != a.Target || r.HasRoot && r == a:
		return nil
	case !r.HasRoot:
		return refuse(RuleDoubleVote, "a vote for target epoch %d is on record, and its signing root is not known", a.Target)
	}
	return refuse(RuleDoubleVote, "another vote for target epoch %d is on record", a.Target)
}

// surroundingVote compares a with a row (consensus-specs, is_slashable_attestation_data, surround vote).
func surroundingVote(a, r Attestation) error {
	if !a.Surrounds(r) {
		return nil
	}
	return refuse(RuleSurroundingVote, "vote %d→%d surrounds the recorded vote %d→%d", a.Source, a.Target, r.Source, r.Target)
}

// surroundedVote compares a with a row the other way round.
func surroundedVote(a, r Attestation) error {
	if !r.Surrounds(a) {
		return nil
	}
	return refuse(RuleSurroundedVote, "vote %d→%d is surrounded by the recorded vote %d→%d", a.Source, a.Target, r.Source, r.Target)
}
