package main

import (
	"encoding/json"
	"slices"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

func testMixture(t testing.TB, keys int) mixture {
	t.Helper()
	public, err := benchKeys(keys)
	if err != nil {
		t.Fatal(err)
	}
	return mixture{network: hoodi(t), keys: public, batchSize: 3, firstEpoch: 5_000}
}

// decoded is an order as the server sees it.
type decoded struct {
	key  int
	duty messages.Duty
}

// rounds composes some rounds of a mix, and decodes them.
func rounds(t testing.TB, m mixture, mix string, count uint64) []decoded {
	t.Helper()
	p := m.plan(mix)
	compose, decoder := p.composer(), eth2.NewDecoder(m.network)
	var all []decoded
	for number := range count * p.round {
		o := compose(number)
		body := o.body
		if o.batch {
			body = unwrap(t, m, o)
		}
		duty, err := decoder.Decode(body)
		if err != nil {
			t.Fatalf("order %d: %v: %s", number, err, o.body)
		}
		if duty.SigningRoot != o.root {
			t.Fatalf("order %d: the root is %v, the order says %v", number, duty.SigningRoot, o.root)
		}
		for i := range o.count {
			all = append(all, decoded{o.first + i, duty})
		}
	}
	if want := int(count * p.signatures); len(all) != want {
		t.Fatalf("%d rounds have %d signatures, want %d", count, len(all), want)
	}
	return all
}

// unwrap returns the request inside a batch, after a look at its keys.
func unwrap(t testing.TB, m mixture, o order) []byte {
	t.Helper()
	var batch struct {
		Identifiers []messages.PublicKey `json:"identifiers"`
		Request     json.RawMessage      `json:"signing_request"`
	}
	if err := json.Unmarshal(o.body, &batch); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(batch.Identifiers, m.keys[o.first:o.first+o.count]) {
		t.Fatalf("the batch names %v, the order says %d from %d on", batch.Identifiers, o.count, o.first)
	}
	return batch.Request
}

// TestMixesAreSafe checks every mix: no key signs what EIP-3076 forbids, and no signature is asked for twice.
func TestMixesAreSafe(t *testing.T) {
	m := testMixture(t, 100)
	for _, mix := range []string{mixBurst, mixUnique, mixBatch, mixEpoch} {
		t.Run(mix, func(t *testing.T) {
			type signed struct {
				key  int
				root messages.Root
			}
			seen := map[signed]bool{}
			target, block := map[int]uint64{}, map[int]uint64{}
			for _, d := range rounds(t, m, mix, 3) {
				if s := (signed{d.key, d.duty.SigningRoot}); seen[s] {
					t.Fatalf("key %d is asked twice for %v", d.key, d.duty)
				} else {
					seen[s] = true
				}
				switch d.duty.Operation {
				case messages.Attestation:
					if d.duty.TargetEpoch <= target[d.key] || d.duty.SourceEpoch >= d.duty.TargetEpoch {
						t.Fatalf("key %d: slashable %+v after target %d", d.key, d.duty, target[d.key])
					}
					target[d.key] = d.duty.TargetEpoch
				case messages.BlockV2:
					if d.duty.Slot <= block[d.key] {
						t.Fatalf("key %d: slashable %+v after slot %d", d.key, d.duty, block[d.key])
					}
					block[d.key] = d.duty.Slot
				}
			}
		})
	}
}

// TestSharedMessages counts the different messages of three rounds of 100 keys.
func TestSharedMessages(t *testing.T) {
	m := testMixture(t, 100)
	for mix, want := range map[string]int{mixBurst: 3, mixBatch: 3, mixUnique: 300} {
		roots := map[messages.Root]bool{}
		for _, d := range rounds(t, m, mix, 3) {
			roots[d.duty.SigningRoot] = true
		}
		if len(roots) != want {
			t.Errorf("%s has %d different messages, want %d", mix, len(roots), want)
		}
	}
}

// TestEpochProportions counts the duties of one epoch of 2,048 keys, which is one 512th of the chain that is assumed.
func TestEpochProportions(t *testing.T) {
	m := testMixture(t, 1)
	m.keys = make([]messages.PublicKey, 2048)
	got := map[messages.Operation]int{}
	for _, d := range rounds(t, m, mixEpoch, 1) {
		got[d.duty.Operation]++
	}
	for operation, want := range map[messages.Operation]int{
		messages.Attestation: 2048, messages.AggregationSlot: 2048, messages.AggregateAndProof: 64,
		messages.SyncCommitteeMessage: 32, messages.SyncCommitteeSelectionProof: 32, messages.SyncCommitteeContribution: 4,
		messages.ValidatorRegistration: 64, messages.BlockV2: 1, messages.RandaoReveal: 1,
	} {
		if got[operation] != want {
			t.Errorf("%d of %s, want %d", got[operation], operation, want)
		}
	}
}
