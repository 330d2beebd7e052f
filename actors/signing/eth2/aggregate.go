package eth2

import "errors"

// aggregateShape makes the shape of an AggregateAndProof, which changed with Electra (EIP-7549) and with Gloas
// (EIP-7688). A wrapped message says its fork. A bare one is of Electra or later when it has committee_bits, and
// then the fork that signs it decides.
func aggregateShape(p Preset) func(wrapped, Fork) (shape, error) {
	committees := bitvector(p.MaxCommitteesPerSlot)
	phase0 := aggregateAndProof(phase0Attestation)
	electra := aggregateAndProof(container{
		{"aggregation_bits", bitlist(maxValidatorsPerCommittee * p.MaxCommitteesPerSlot)},
		{"data", attestationData}, {"signature", signature}, {"committee_bits", committees},
	})
	gloas := aggregateAndProof(progressiveContainer{
		{"aggregation_bits", progressiveBits{}},
		{"data", attestationData}, {"signature", signature}, {"committee_bits", committees},
	})
	return func(message wrapped, signing Fork) (shape, error) {
		fork, err := aggregateFork(message, signing)
		switch {
		case fork >= Gloas:
			return gloas, err
		case fork >= Electra:
			return electra, err
		default:
			return phase0, err
		}
	}
}

func aggregateAndProof(attestation shape) container {
	return container{{"aggregator_index", uint64Shape{}}, {"aggregate", attestation}, {"selection_proof", signature}}
}

func aggregateFork(message wrapped, signing Fork) (Fork, error) {
	if message.version != "" {
		fork, known := parseFork(message.version)
		if !known {
			return 0, errors.New("version: unknown, want a fork from PHASE0 to HEZE")
		}
		return fork, nil
	}
	aggregate, err := message.members.child("aggregate")
	if err != nil {
		return 0, err
	}
	if _, present := aggregate.find("committee_bits"); present {
		return max(signing, Electra), nil
	}
	return Phase0, nil
}
