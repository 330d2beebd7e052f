package eip3076

import (
	"fmt"
	"maps"

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

// Reach returns a copy of how far each history reached.
func (w *Witness) Reach() map[messages.PublicKey]Floor { return maps.Clone(w.tops) }

// See compares how far a store's history of a validator reaches now ([Summary.Reach]) with how far it reached before,
// and remembers the higher of both in each number. It is told of what is durable only: of what was read, and of what was
// written once that is certain. The error is a [messages.ErrStoreRegressed].
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
		"a backup was put back, or a standby lags behind; bring it up to date, or forbid what may be missing with 'slashing watermark'",
		messages.ErrStoreRegressed, key, seen.Slot, seen.Source, target(seen), top.Slot, top.Source, target(top))
}

// target is the highest target that a top stands above.
func target(top Floor) uint64 { return top.Target - min(top.Target, 1) }
