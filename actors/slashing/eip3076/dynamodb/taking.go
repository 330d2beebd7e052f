package dynamodb

import "containment-chamber/actors/slashing/eip3076"

// mostTaken is how many rows of a validator are put on record in one write: with the head they fit into a transaction.
const mostTaken = 80 * roomInBundle

// taking is the import of one validator's rows.
type taking struct {
	facts  rows
	report eip3076.ImportedValidator
	// blocks and votes were added by earlier writes, addedBlocks and addedVotes by this one.
	blocks, votes           int
	addedBlocks, addedVotes int
	// more says that there are rows left for another write.
	more bool
}

// next says whether another write is needed.
func (t *taking) next() bool {
	t.blocks += t.addedBlocks
	t.votes += t.addedVotes
	return t.more
}

// decide adds what is new among the facts, until it is enough for one write, and moves the watermark with the last one.
func (t *taking) decide(v *view) error {
	if err := v.whole(); err != nil {
		return err
	}
	v.kept = true
	tally := eip3076.Tally{Report: eip3076.ImportedValidator{Key: t.report.Key}}
	t.addedBlocks, t.addedVotes, t.more = 0, 0, false
	t.take(v, &tally)
	if v.rows.count() > roomInHead {
		v.seal()
	}
	if t.more {
		return nil
	}
	v.Low, v.Imported = tally.Lift(v.Low, v.Imported)
	if err := tally.Sweep(v.all().history()); err != nil {
		return err // unreachable: the rows are at hand, and were believed
	}
	t.report = tally.Report
	t.report.Blocks += t.blocks
	t.report.Attestations += t.votes
	t.report.Present -= t.blocks + t.votes
	return nil
}

func (t *taking) take(v *view, tally *eip3076.Tally) {
	before := v.all()
	blocks, votes := set(before.blocks), set(before.votes)
	for _, b := range t.facts.blocks {
		taken := v.Low.TakeBlock(b)
		isNew := !blocks[b] && !blocks[taken]
		if isNew {
			if t.more = t.addedBlocks == mostTaken; t.more {
				return
			}
			blocks[taken] = true
			v.addBlock(taken, roomInBundle)
			t.addedBlocks++
		}
		tally.Block(b, isNew)
	}
	for _, a := range t.facts.votes {
		taken := v.Low.TakeAttestation(a)
		isNew := !votes[a] && !votes[taken]
		if isNew {
			if t.more = t.addedBlocks+t.addedVotes == mostTaken; t.more {
				return
			}
			votes[taken] = true
			v.addVote(taken, roomInBundle)
			t.addedVotes++
		}
		tally.Attestation(a, isNew)
	}
}

func set[T comparable](list []T) map[T]bool {
	m := make(map[T]bool, len(list))
	for _, row := range list {
		m[row] = true
	}
	return m
}
