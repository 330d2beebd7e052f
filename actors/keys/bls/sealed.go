package bls

import (
	"fmt"
	"slices"

	"containment-chamber/messages"
)

// WithSealed returns a ring of the same keys that knows of others, which are sealed at the moment. They are not listed
// among its keys. The slice stays the caller's.
func (r *Ring) WithSealed(publics []messages.PublicKey) *Ring {
	ring := *r
	ring.locked = slices.SortedFunc(slices.Values(publics), compare)
	return &ring
}

// Missing says why a key is not in the ring: [messages.ErrSealed] if it is known to be sealed, otherwise nil.
func (r *Ring) Missing(public messages.PublicKey) error {
	if r == nil {
		return nil
	}
	if _, found := slices.BinarySearchFunc(r.locked, public, compare); !found {
		return nil
	}
	return sealedError(public)
}

func sealedError(public messages.PublicKey) error {
	return fmt.Errorf("%w: %s is under the master key, and not open now", messages.ErrSealed, public)
}
