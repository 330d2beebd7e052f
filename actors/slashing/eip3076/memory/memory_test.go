package memory_test

import (
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/actors/slashing/eip3076/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Subject{
		Place: func(*testing.T) storetest.Opener {
			return func(o storetest.Opening) (eip3076.Store, error) {
				return memory.Open(memory.Config{GenesisValidatorsRoot: o.GenesisValidatorsRoot, Marks: o.Marks, Witness: o.Witness}), nil
			}
		},
		Volatile: true,
		Damage:   damage,
		Snapshot: func(_ *testing.T, store eip3076.Store) func() { return memory.Snapshot(store.(*memory.Store)) },
	})
}

func damage(_ *testing.T, store eip3076.Store, d storetest.Damage) bool {
	s := store.(*memory.Store)
	if d.Harm == storetest.ShortRoot {
		return false
	}
	edited := d.Harm == storetest.Edited
	switch d.Kind {
	case eip3076.RowBlock:
		memory.EditBlock(s, d.Key, d.At, func(b *eip3076.Block, m *eip3076.Mark) {
			if edited {
				b.SigningRoot[31] = 2
			}
			harm(d.Harm, m)
		})
	case eip3076.RowAttestation:
		memory.EditVote(s, d.Key, d.At, func(a *eip3076.Attestation, m *eip3076.Mark) {
			if edited {
				a.SigningRoot[31] = 2
			}
			harm(d.Harm, m)
		})
	default:
		memory.EditHead(s, d.Key, func(low *eip3076.Floor, m *eip3076.Mark) {
			if edited {
				*low = eip3076.Floor{Slot: 1, Source: 1, Target: 1}
			}
			harm(d.Harm, m)
		})
	}
	return true
}

func harm(harm storetest.Harm, m *eip3076.Mark) {
	switch harm {
	case storetest.Unmarked:
		*m = eip3076.Mark{}
	case storetest.Foreign:
		m.Scheme = 7
	case storetest.ShortMAC:
		m.MAC = m.MAC[:3]
	}
}
