package bls

import "containment-chamber/messages"

// Only returns a new ring of the keys that keep accepts, and how many it left out. Those are not wiped: whoever still has
// the old ring goes on signing with them, and they are wiped when nobody has.
func (r *Ring) Only(keep func(messages.PublicKey) bool) (ring *Ring, left int) {
	ring = new(Ring)
	for i, public := range r.PublicKeys() {
		if !keep(public) {
			left++
			continue
		}
		ring.publics = append(ring.publics, public)
		ring.secrets = append(ring.secrets, r.secrets[i])
	}
	return ring, left
}

// Each calls f with every key.
func (r *Ring) Each(f func(*SecretKey)) {
	if r != nil {
		for _, key := range r.secrets {
			f(key)
		}
	}
}
