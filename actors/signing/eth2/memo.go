package eth2

import (
	"bytes"
	"hash/maphash"
	"sync/atomic"

	"containment-chamber/messages"
)

const (
	// memoPlaces is how many requests are remembered: those of some clients, each with a vote and a sync committee message.
	memoPlaces = 16
	// memoSize is what a request may have to be remembered, in bytes: a vote has 700.
	memoSize = 2 << 10
)

// memo remembers what requests were decoded to. A client asks for one slot's votes of a thousand keys with a thousand
// bodies that are the same to the byte, for the key stands in the path. What is remembered is found by all of its bytes,
// and depends on nothing else.
type memo struct {
	seed   maphash.Seed
	places [memoPlaces]atomic.Pointer[decoded]
}

type decoded struct {
	body []byte
	duty messages.Duty
}

// find returns the duty of a body, if it is remembered.
func (m *memo) find(body []byte) (messages.Duty, bool) {
	if len(body) <= memoSize {
		if known := m.place(body).Load(); known != nil && bytes.Equal(known.body, body) {
			return known.duty, true
		}
	}
	return messages.Duty{}, false
}

// keep remembers a duty that others will probably be asked for as well.
func (m *memo) keep(body []byte, duty messages.Duty) {
	if len(body) <= memoSize && BatchAllowed(duty.Operation) {
		m.place(body).Store(&decoded{bytes.Clone(body), duty})
	}
}

func (m *memo) place(body []byte) *atomic.Pointer[decoded] {
	return &m.places[maphash.Bytes(m.seed, body)%memoPlaces]
}
