package memory

import (
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Snapshot keeps what the store holds; the function that it returns puts that back.
func Snapshot(s *Store) (restore func()) {
	kept := s.now.clone()
	return func() { s.now = kept.clone() }
}

// EditBlock changes the block at a slot and its mark, behind the store's back.
func EditBlock(s *Store, key messages.PublicKey, slot uint64, edit func(*eip3076.Block, *eip3076.Mark)) {
	v := s.now.validators[key]
	for i, b := range v.blocks {
		if b.Slot == slot {
			mark := v.blockMarks[b]
			delete(v.blockMarks, b)
			edit(&v.blocks[i], &mark)
			v.blockMarks[v.blocks[i]] = mark
		}
	}
}

// EditVote does the same to the vote for a target.
func EditVote(s *Store, key messages.PublicKey, target uint64, edit func(*eip3076.Attestation, *eip3076.Mark)) {
	v := s.now.validators[key]
	for i, a := range v.votes {
		if a.Target == target {
			mark := v.voteMarks[a]
			delete(v.voteMarks, a)
			edit(&v.votes[i], &mark)
			v.voteMarks[v.votes[i]] = mark
		}
	}
}

// EditHead does the same to the low watermark.
func EditHead(s *Store, key messages.PublicKey, edit func(*eip3076.Floor, *eip3076.Mark)) {
	v := s.now.validators[key]
	edit(&v.summary.Low, &v.headMark)
	s.now.validators[key] = v
}
