package bls

import (
	"bytes"
	"slices"

	"containment-chamber/messages"
)

var _ messages.KeyRing = (*Ring)(nil)

// Ring is an immutable set of secret keys, at most one for each public key. A nil Ring and a zero Ring are empty.
type Ring struct {
	// In ascending order of the public keys; publics[i] belongs to secrets[i].
	publics []messages.PublicKey
	secrets []*SecretKey
	// locked are keys that are known and cannot be used now, in ascending order.
	locked []messages.PublicKey
}

// NewRing returns the ring of the keys. Of two with the same public key it takes the first.
func NewRing(keys ...*SecretKey) *Ring {
	ring, _ := new(Ring).With(keys...)
	return ring
}

// With returns a new ring that holds keys as well, and those among keys that were left out because the ring, or an
// earlier argument, holds the same public key. The left-out ones stay the caller's, to be wiped.
func (r *Ring) With(keys ...*SecretKey) (ring *Ring, duplicates []*SecretKey) {
	ring = &Ring{
		publics: make([]messages.PublicKey, 0, r.Len()+len(keys)),
		secrets: make([]*SecretKey, 0, r.Len()+len(keys)),
	}
	fresh := slices.Clone(keys)
	slices.SortStableFunc(fresh, func(a, b *SecretKey) int { return compare(a.public, b.public) })
	var old []*SecretKey
	if r != nil {
		old = r.secrets
	}
	for len(old) > 0 || len(fresh) > 0 {
		next := &fresh
		if len(fresh) == 0 || len(old) > 0 && compare(old[0].public, fresh[0].public) <= 0 {
			next = &old
		}
		key := (*next)[0]
		*next = (*next)[1:]
		if last := len(ring.publics) - 1; last >= 0 && ring.publics[last] == key.public {
			duplicates = append(duplicates, key)
			continue
		}
		ring.publics = append(ring.publics, key.public)
		ring.secrets = append(ring.secrets, key)
	}
	return ring, duplicates
}

// Union returns a new ring of the keys of both. Of two with the same public key it takes r's.
func (r *Ring) Union(other *Ring) *Ring {
	ring, _ := r.With(other.secrets...) // a duplicate is still the other's
	return ring
}

// Key returns the secret key that belongs to a public key.
func (r *Ring) Key(public messages.PublicKey) (*SecretKey, bool) {
	i, found := slices.BinarySearchFunc(r.PublicKeys(), public, compare)
	if !found {
		return nil, false
	}
	return r.secrets[i], true
}

// Len returns the number of keys.
func (r *Ring) Len() int { return len(r.PublicKeys()) }

// PublicKeys lists the keys in ascending order. The slice is shared: nobody writes to it.
func (r *Ring) PublicKeys() []messages.PublicKey {
	if r == nil {
		return nil
	}
	return r.publics
}

func compare(a, b messages.PublicKey) int { return bytes.Compare(a[:], b[:]) }
