package dynamodb

import (
	"crypto/sha256"

	"containment-chamber/actors/slashing/eip3076"
)

// digest is a SHA-256 hash.
type digest = [sha256.Size]byte

// rows are signed messages in the order in which they were put on record.
type rows struct {
	blocks []eip3076.Block
	votes  []eip3076.Attestation
}

func (r rows) count() int { return len(r.blocks) + len(r.votes) }

// floor is above every row.
func (r rows) floor() eip3076.Floor {
	var f eip3076.Floor
	for _, b := range r.blocks {
		f = f.Raise(b.Floor())
	}
	for _, a := range r.votes {
		f = f.Raise(a.Floor())
	}
	return f
}

// document is what the table holds of one validator: its head. The newest rows are in it; the older ones are in bundles,
// which are numbered and never change.
type document struct {
	eip3076.Head
	older older
	rows  rows
}

// older is what the head knows of the bundles.
type older struct {
	// The bundles from first on and before next are part of the history.
	first, next uint64
	// floor is above every row in them.
	floor eip3076.Floor
	// last is the digest of the newest bundle.
	last digest
	// cuts are what pruning has left out of them.
	cuts []cut
}

// cut is what one pruning has left out: rows that stand before until, and below the floor's slot or target. Votes before
// until with a source below the floor's have lost their root.
type cut struct {
	until uint64
	floor eip3076.Floor
}

// maxCuts is how many of them a head has room for. As each pruning goes further than the one before, there is one.
const maxCuts = 8

// bundle holds rows that had to leave the head.
type bundle struct {
	// below is above every row in the bundles before this one, and previous is the digest of the one before it: all of
	// them hang on the head, whose mark stands for every row.
	below    eip3076.Floor
	previous digest
	rows     rows
}

// seal moves the rows out of the head, into a bundle that is the newest from now on.
func (d *document) seal() bundle {
	b := bundle{below: d.older.below(), previous: d.older.last, rows: d.rows}
	d.older.next++
	d.older.floor = b.below.Raise(b.rows.floor())
	d.older.last = b.digest()
	d.rows = rows{}
	return b
}

// below is above every row in the bundles.
func (o older) below() eip3076.Floor {
	if o.first == o.next {
		return eip3076.Floor{} // there are none
	}
	return o.floor
}

// cutAt returns what pruning has left out of the bundle with this number.
func (o older) cutAt(number uint64) eip3076.Floor {
	var f eip3076.Floor
	for _, c := range o.cuts {
		if number < c.until {
			f = f.Raise(c.floor)
		}
	}
	return f
}

// prune leaves out of the present bundles what is below the floor. An earlier cut that says no more than this one is
// forgotten. If there are more cuts than a head has room for, they become one, which leaves out no less.
func (o *older) prune(floor eip3076.Floor) {
	if o.first == o.next {
		o.cuts = nil
		return
	}
	kept := []cut{{until: o.next, floor: floor}}
	for _, c := range o.cuts {
		switch {
		case c.until <= o.first || floor.Raise(c.floor) == floor:
		case len(o.cuts) < maxCuts:
			kept = append(kept, c)
		default:
			kept[0].floor = kept[0].floor.Raise(c.floor)
		}
	}
	o.cuts = kept
}

// after returns what a pruning at this floor leaves of the rows.
func (r rows) after(floor eip3076.Floor) rows {
	var left rows
	for _, b := range r.blocks {
		if b.Slot >= floor.Slot {
			left.blocks = append(left.blocks, b)
		}
	}
	for _, a := range r.votes {
		if a.Target < floor.Target {
			continue
		}
		if a.Source < floor.Source {
			a = eip3076.Attestation{Source: a.Source, Target: a.Target}
		}
		left.votes = append(left.votes, a)
	}
	return left
}
