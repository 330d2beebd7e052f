package dynamodb

import (
	"errors"
	"slices"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

const (
	// roomInHead is how many rows a head holds: with 16 it stays within 2 KB, which are two write units.
	roomInHead = 16
	// roomInBundle is how many rows a bundle holds that an import fills: 25 KB.
	roomInBundle = 500
	// depth is how many bundles are read at most to judge a duty: those that signing has filled hold 512 rows, the votes
	// of more than two days.
	depth = 32
)

// errUnread says that older rows are needed.
var errUnread = errors.New("older rows have to be read")

// view is the history of a validator as far as it was read, and as a task wants to have it.
type view struct {
	document
	// read holds the newest bundles, the newest first. The first of them, as many as sealed says, are not stored yet.
	read   []bundle
	sealed int
	// dropped are the bundles that the history does without from now on.
	dropped []uint64
	// kept says that the validator is to be known, even if nothing is known of it.
	kept bool
	// remarked says that the head is to be written for the sake of its mark.
	remarked bool
}

// unread returns a floor above all rows that were not read, and whether there are any.
func (v *view) unread() (eip3076.Floor, bool) {
	if v.older.next-uint64(len(v.read)) == v.older.first {
		return eip3076.Floor{}, false
	}
	if len(v.read) == 0 {
		return v.older.floor, true
	}
	return v.read[len(v.read)-1].below, true
}

// left returns the bundle with this index in read, without what was pruned.
func (v *view) left(i int) rows {
	return v.read[i].rows.after(v.older.cutAt(v.older.next - 1 - uint64(i)))
}

// all returns the rows that were read, in the order in which they were put on record.
func (v *view) all() rows {
	var list rows
	for i := range slices.Backward(v.read) {
		left := v.left(i)
		list.blocks = append(list.blocks, left.blocks...)
		list.votes = append(list.votes, left.votes...)
	}
	list.blocks = append(list.blocks, v.rows.blocks...)
	list.votes = append(list.votes, v.rows.votes...)
	return list
}

func (v *view) seal() {
	v.read = slices.Insert(v.read, 0, v.document.seal())
	v.sealed++
}

// addBlock puts b on record. Before that, the rows leave the head if there are as many as there is room for.
func (v *view) addBlock(b eip3076.Block, room int) {
	if v.rows.count() >= room {
		v.seal()
	}
	v.rows.blocks = append(v.rows.blocks, b)
	v.Top = v.Top.Raise(b.Floor())
}

// addVote does the same for a vote.
func (v *view) addVote(a eip3076.Attestation, room int) {
	if v.rows.count() >= room {
		v.seal()
	}
	v.rows.votes = append(v.rows.votes, a)
	v.Top = v.Top.Raise(a.Floor())
}

// judge decides about one duty, and puts it on record if it may be signed. The error is errUnread.
func (v *view) judge(d messages.Duty) (verdict, err error) {
	if d.Operation == messages.Attestation {
		return v.judgeVote(eip3076.AttestationOf(d))
	}
	return v.judgeBlock(eip3076.BlockOf(d))
}

func (v *view) judgeBlock(b eip3076.Block) (verdict, err error) {
	if _, never := eip3076.CheckBlock(b, eip3076.Floor{}, nil); never != nil {
		return never, nil
	}
	unread, more := v.unread()
	deep := more && !unread.AdmitsBlock(b)
	if deep && len(v.read) < depth {
		return nil, errUnread
	}
	repeat, verdict := eip3076.CheckBlock(b, v.Low, v.all().blocks)
	if verdict == nil && deep {
		_, verdict = eip3076.CheckBlock(b, v.Low.Raise(unread), nil)
	}
	if verdict != nil || repeat {
		return verdict, nil
	}
	v.Summary = v.SignBlock(b)
	v.addBlock(b, roomInHead)
	return nil, nil
}

func (v *view) judgeVote(a eip3076.Attestation) (verdict, err error) {
	if _, never := eip3076.CheckAttestation(a, eip3076.Floor{}, nil); never != nil {
		return never, nil
	}
	unread, more := v.unread()
	deep := more && !unread.AdmitsAttestation(a)
	if deep && len(v.read) < depth {
		return nil, errUnread
	}
	repeat, verdict := eip3076.CheckAttestation(a, v.Low, v.all().votes)
	if verdict == nil && deep {
		_, verdict = eip3076.CheckAttestation(a, v.Low.Raise(unread), nil)
	}
	if verdict != nil || repeat {
		return verdict, nil
	}
	v.Summary = v.SignAttestation(a)
	v.addVote(a, roomInHead)
	return nil, nil
}
