package main

import (
	"fmt"
	"strings"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// The mixes.
const (
	mixBurst  = "burst"
	mixUnique = "unique"
	mixEpoch  = "epoch"
	mixBatch  = "batch"
)

// order is one request: signatures of one message by count keys, from number first on. Its body is valid until the
// composer's next order.
type order struct {
	first, count int
	// batch says that the body names the keys; otherwise the path names the only one.
	batch bool
	root  messages.Root
	body  []byte
}

// composer makes the order of each number. It belongs to one connection.
type composer func(number uint64) order

// plan is a mix: orders without end, in rounds of one epoch each.
type plan struct {
	// round is how many orders a round has.
	round uint64
	// signatures is how many signatures a round has.
	signatures uint64
	composer   func() composer
}

// mixture is what a plan is made of.
type mixture struct {
	network    eth2.Network
	keys       []messages.PublicKey
	batchSize  int
	firstEpoch uint64
}

// plan returns the plan of a mix.
func (m mixture) plan(mix string) plan {
	keys := uint64(len(m.keys))
	switch mix {
	case mixBurst:
		return plan{keys, keys, m.burst}
	case mixUnique:
		return plan{keys, keys, m.unique}
	case mixBatch:
		chunks := m.chunks()
		return plan{uint64(len(chunks)), keys, func() composer { return m.batch(chunks) }}
	default:
		turns := m.turns()
		return plan{uint64(len(turns)), uint64(len(turns)), func() composer { return m.epoch(turns) }}
	}
}

func (m mixture) slot(epoch uint64) uint64 { return epoch * m.network.Preset.SlotsPerEpoch }

// burst is one slot's attestations, the same for all keys, as a beacon node's head event causes them.
func (m mixture) burst() composer {
	s, keys := newScribe(m.network), uint64(len(m.keys))
	var o order
	var written uint64 // the epoch of o's message
	return func(number uint64) order {
		if epoch := m.firstEpoch + number/keys; epoch != written {
			s.attestation(m.slot(epoch), rootOf(epoch))
			o.body, o.root = s.claim()
			written = epoch
		}
		o.first, o.count = int(number%keys), 1
		return o
	}
}

// unique is attestations that all differ in what they vote for, as if every key had a beacon node of its own: the work
// that cannot be shared.
func (m mixture) unique() composer {
	s, keys := newScribe(m.network), uint64(len(m.keys))
	return func(number uint64) order {
		s.attestation(m.slot(m.firstEpoch+number/keys), rootOf(number))
		body, root := s.claim()
		return order{first: int(number % keys), count: 1, root: root, body: body}
	}
}

// chunk is the keys of one batch request, and how it begins.
type chunk struct {
	first, count int
	identifiers  string
}

func (m mixture) chunks() []chunk {
	var chunks []chunk
	for first := 0; first < len(m.keys); first += m.batchSize {
		keys := m.keys[first:min(first+m.batchSize, len(m.keys))]
		names := make([]string, len(keys))
		for i, key := range keys {
			names[i] = `"` + key.String() + `"`
		}
		chunks = append(chunks, chunk{first, len(keys), fmt.Sprintf(`{"identifiers":[%s],"signing_request":`, strings.Join(names, ","))})
	}
	return chunks
}

// batch is the burst, asked for by many keys at once.
func (m mixture) batch(chunks []chunk) composer {
	s := newScribe(m.network)
	var body []byte
	return func(number uint64) order {
		epoch, c := m.firstEpoch+number/uint64(len(chunks)), chunks[number%uint64(len(chunks))]
		s.attestation(m.slot(epoch), rootOf(epoch))
		request, root := s.claim()
		body = append(append(append(body[:0], c.identifiers...), request...), '}')
		return order{first: c.first, count: c.count, batch: true, root: root, body: body}
	}
}
