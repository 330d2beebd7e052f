package eip3076

import (
	"fmt"

	"containment-chamber/messages"
)

// Witness remembers how far the history of each validator reached when this process last saw it. It outlives the store,
// which is opened anew after a failure: that is when a standby takes over that lags behind, or a backup was put back.
// A nil Witness remembers nothing. Its user serialises the calls.
type Witness struct {
	tops map[messages.PublicKey]Floor
}

// NewWitness returns a Witness that has seen nothing.
func NewWitness() *Witness { return &Witness{tops: make(map[messages.PublicKey]Floor)} }

// See compares what a store knows of a validator now with what it knew before, and remembers the higher of both in each
// number. The error is a [messages.ErrStoreRegressed].
func (w *Witness) See(key messages.PublicKey, top Floor) error {
	if w == nil {
		return nil
	}
	seen := w.tops[key]
	w.tops[key] = seen.Raise(top)
	if top.Raise(seen) == top {
		return nil
	}
	return fmt.Errorf("%w: of validator %v it knew blocks below slot %d and votes up to %d→%d, now below %d and up to %d→%d: "+
		"a backup was put back, or a standby lags behind; bring it up to date, or import a complete history and restart the signer",
		messages.ErrStoreRegressed, key, seen.Slot, seen.Source, target(seen), top.Slot, top.Source, target(top))
}

// target is the highest target that a top stands above.
func target(top Floor) uint64 { return top.Target - min(top.Target, 1) }
