package main

// turn is one duty of an epoch: whose, in which slot of it, and how it is written.
type turn struct {
	key   int
	slot  uint64
	write func(*scribe, int, uint64)
}

// Proportions, of a chain of 2^20 validators (consensus-specs mainnet preset).
const (
	// aggregatorEvery: 64 committees a slot with 16 aggregators each are 32,768 in an epoch, one validator in 32.
	aggregatorEvery = 32
	// syncMemberEvery: 512 members of the sync committee, one validator in 2,048.
	syncMemberEvery = 2048
	// contributionEvery: 4 subcommittees with 16 aggregators each are 64 a slot, one member in 8.
	contributionEvery = 8
	// registrationEvery is an assumption: clients keep registrations, and one validator in 32 needs a new one each epoch.
	registrationEvery = 32
)

// turns lists the duties of one epoch, slot by slot: the keys are spread evenly over the slots, and there is at least one
// of each duty, so that a small set has more blocks than its share.
func (m mixture) turns() []turn {
	var turns []turn
	slots := int(m.network.Preset.SlotsPerEpoch)
	add := func(key, slot int, write func(*scribe, int, uint64)) {
		turns = append(turns, turn{key, uint64(slot), write})
	}
	for slot := range slots {
		if slot == 0 {
			add(0, slot, func(s *scribe, _ int, slot uint64) { s.randao(slot / m.network.Preset.SlotsPerEpoch) })
			add(0, slot, func(s *scribe, key int, slot uint64) { s.block(slot, key) })
		}
		for key := slot; key < len(m.keys); key += slots {
			add(key, slot, func(s *scribe, _ int, slot uint64) { s.attestation(slot, rootOf(slot)) })
		}
		for key := slot; key < len(m.keys); key += slots {
			add(key, slot, func(s *scribe, _ int, slot uint64) { s.selectionProof(slot) })
			if key/slots%aggregatorEvery == 0 {
				add(key, slot, func(s *scribe, key int, slot uint64) { s.aggregate(slot, key, rootOf(slot)) })
			}
			if key/slots%registrationEvery == 0 {
				add(key, slot, func(s *scribe, key int, slot uint64) { s.registration(slot, m.keys[key]) })
			}
		}
		for member := range max(1, len(m.keys)/syncMemberEvery) {
			add(member, slot, func(s *scribe, _ int, slot uint64) { s.syncMessage(slot, rootOf(slot)) })
			add(member, slot, func(s *scribe, _ int, slot uint64) { s.syncSelectionProof(slot) })
			if slot%contributionEvery == member%contributionEvery {
				add(member, slot, func(s *scribe, key int, slot uint64) { s.contribution(slot, key, rootOf(slot)) })
			}
		}
	}
	return turns
}

// epoch is all duties of an epoch, and then those of the next.
func (m mixture) epoch(turns []turn) composer {
	s := newScribe(m.network)
	return func(number uint64) order {
		t := turns[number%uint64(len(turns))]
		t.write(s, t.key, m.slot(m.firstEpoch+number/uint64(len(turns)))+t.slot)
		body, root := s.claim()
		return order{first: t.key, count: 1, root: root, body: body}
	}
}
