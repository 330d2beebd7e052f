package memory

import (
	"cmp"
	"iter"
	"maps"
	"slices"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// validator is the history of one key, both lists in ascending order, and the marks of all that is in it.
type validator struct {
	summary    eip3076.Summary
	imported   eip3076.Imported
	blocks     []eip3076.Block
	votes      []eip3076.Attestation
	headMark   eip3076.Mark
	blockMarks map[eip3076.Block]eip3076.Mark
	voteMarks  map[eip3076.Attestation]eip3076.Mark
}

func (v validator) head() eip3076.Head { return eip3076.Head{Summary: v.summary, Imported: v.imported} }

func (v validator) clone() validator {
	v.blocks, v.votes = slices.Clone(v.blocks), slices.Clone(v.votes)
	v.blockMarks, v.voteMarks = maps.Clone(v.blockMarks), maps.Clone(v.voteMarks)
	return v
}

// rows are all rows, and errors in place of those that cannot be believed.
func (v validator) rows(key messages.PublicKey, m eip3076.Marker) eip3076.Rows {
	return eip3076.Rows{
		Blocks:       checked(v.blocks, func(b eip3076.Block) error { return m.CheckBlock(key, b, v.blockMarks[b]) }),
		Attestations: checked(v.votes, func(a eip3076.Attestation) error { return m.CheckAttestation(key, a, v.voteMarks[a]) }),
	}
}

func checked[F any](facts []F, check func(F) error) iter.Seq2[F, error] {
	return func(yield func(F, error) bool) {
		for _, fact := range facts {
			if !yield(fact, check(fact)) {
				return
			}
		}
	}
}

// check returns the error of the first row that cannot be believed.
func (v validator) check(key messages.PublicKey, m eip3076.Marker) error {
	if err := m.CheckHead(key, v.head(), v.headMark); err != nil {
		return err
	}
	all := v.rows(key, m)
	for _, err := range all.Blocks {
		if err != nil {
			return err
		}
	}
	for _, err := range all.Attestations {
		if err != nil {
			return err
		}
	}
	return nil
}

// mark marks the head, and what has no mark yet; it forgets the marks of what is gone.
func (v *validator) mark(key messages.PublicKey, m eip3076.Marker) {
	v.headMark = m.Head(key, v.head())
	v.blockMarks = marked(v.blocks, v.blockMarks, func(b eip3076.Block) eip3076.Mark { return m.Block(key, b) })
	v.voteMarks = marked(v.votes, v.voteMarks, func(a eip3076.Attestation) eip3076.Mark { return m.Attestation(key, a) })
}

func marked[F comparable](facts []F, marks map[F]eip3076.Mark, mark func(F) eip3076.Mark) map[F]eip3076.Mark {
	next := make(map[F]eip3076.Mark, len(facts))
	for _, fact := range facts {
		m, ok := marks[fact]
		if !ok {
			m = mark(fact)
		}
		next[fact] = m
	}
	return next
}

// rekey replaces every mark, and returns how many differ.
func (v *validator) rekey(key messages.PublicKey, now eip3076.Marker, how eip3076.Rekeying) (rows int, err error) {
	count := func(changed bool) {
		if changed {
			rows++
		}
	}
	var changed bool
	if v.headMark, changed, err = how.Head(now, eip3076.Row[eip3076.Head]{Key: key, Fact: v.head(), Mark: v.headMark}); err != nil {
		return 0, err
	}
	count(changed)
	for _, b := range v.blocks {
		if v.blockMarks[b], changed, err = how.Block(now, eip3076.Row[eip3076.Block]{Key: key, Fact: b, Mark: v.blockMarks[b]}); err != nil {
			return 0, err
		}
		count(changed)
	}
	for _, a := range v.votes {
		if v.voteMarks[a], changed, err = how.Attestation(now, eip3076.Row[eip3076.Attestation]{Key: key, Fact: a, Mark: v.voteMarks[a]}); err != nil {
			return 0, err
		}
		count(changed)
	}
	return rows, nil
}

// addBlock puts b in its place and reports whether it was new.
func (v *validator) addBlock(b eip3076.Block) bool {
	if slices.Contains(v.blocks, b) {
		return false
	}
	at, _ := slices.BinarySearchFunc(v.blocks, b.Slot+1, func(r eip3076.Block, slot uint64) int { return cmp.Compare(r.Slot, slot) })
	v.blocks = slices.Insert(v.blocks, at, b)
	v.summary.Top = v.summary.Top.Raise(b.Floor())
	return true
}

// addVote puts a in its place and reports whether it was new.
func (v *validator) addVote(a eip3076.Attestation) bool {
	if slices.Contains(v.votes, a) {
		return false
	}
	at, _ := slices.BinarySearchFunc(v.votes, a.Target+1, func(r eip3076.Attestation, target uint64) int { return cmp.Compare(r.Target, target) })
	v.votes = slices.Insert(v.votes, at, a)
	v.summary.Top = v.summary.Top.Raise(a.Floor())
	return true
}

// prune deletes what lies below the edge of the retention.
func (v *validator) prune(keep eip3076.Retention) eip3076.PruneReport {
	edge := keep.Edge(v.summary)
	blocks, votes := len(v.blocks), len(v.votes)
	v.blocks = slices.DeleteFunc(v.blocks, func(b eip3076.Block) bool { return b.Slot < edge.Slot })
	v.votes = slices.DeleteFunc(v.votes, func(a eip3076.Attestation) bool {
		if a.Target < edge.Target {
			edge.Source = max(edge.Source, a.Source)
			return true
		}
		return false
	})
	for i, a := range v.votes {
		if a.Source < edge.Source { // it surrounds one that is gone
			v.votes[i] = eip3076.Attestation{Source: a.Source, Target: a.Target}
		}
	}
	v.summary.Low = v.summary.Low.Raise(edge)
	return eip3076.PruneReport{Blocks: blocks - len(v.blocks), Attestations: votes - len(v.votes)}
}
