package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Damage is what somebody does to a row behind the store's back.
type Damage struct {
	Harm Harm
	// Kind is eip3076.RowBlock, RowAttestation, or RowWatermark for the head.
	Kind string
	Key  messages.PublicKey
	// At is the slot of the block, or the target of the attestation.
	At uint64
}

// Harm is a kind of damage.
type Harm string

// What can be done to a row.
const (
	// Edited changes what the row says: the last byte of its root to 2; of a head, all of the low watermark to 1.
	Edited Harm = "edited"
	// Unmarked takes the mark away: scheme 0, no MAC.
	Unmarked Harm = "unmarked"
	// Foreign changes the scheme to 7.
	Foreign Harm = "foreign scheme"
	// ShortMAC leaves three bytes of the MAC.
	ShortMAC Harm = "short MAC"
	// ShortRoot leaves three bytes of the root; a head has none.
	ShortRoot Harm = "short root"
)

func (s Subject) damages(t *testing.T) {
	if s.Damage == nil {
		t.Skip("there is no way to damage this store")
	}
	for harm, reason := range map[Harm]string{
		Edited: eip3076.ReasonMismatch, Unmarked: eip3076.ReasonUnsupportedScheme, Foreign: eip3076.ReasonUnsupportedScheme,
		ShortMAC: eip3076.ReasonMismatch, ShortRoot: eip3076.ReasonMalformedRow,
	} {
		for kind, duty := range map[string]messages.KeyDuty{
			eip3076.RowBlock: Block(Key(1), 10, 1), eip3076.RowAttestation: Vote(Key(1), 4, 5, 1), eip3076.RowWatermark: Block(Key(1), 11, 1),
		} {
			d := Damage{Harm: harm, Kind: kind, Key: Key(1), At: 10}
			if kind == eip3076.RowAttestation {
				d.At = 5
			}
			t.Run(kind+", "+string(harm), func(t *testing.T) { s.damage(t, d, duty, reason) })
		}
	}
	for kind, at := range map[string]uint64{eip3076.RowBlock: 9, eip3076.RowAttestation: 4} {
		t.Run(kind+" that is about to be pruned", func(t *testing.T) {
			s.pruneBelieves(t, Damage{Harm: Edited, Kind: kind, Key: Key(1), At: at})
		})
	}
}

// pruneBelieves expects that no row is deleted, and raises the watermark, that is not genuine.
func (s Subject) pruneBelieves(t *testing.T, d Damage) {
	store := s.session(t, 1)
	record(t, store, Block(Key(1), 8, 1), Block(Key(1), 9, 1), Block(Key(1), 10, 1), Vote(Key(1), 2, 3, 1), Vote(Key(1), 3, 4, 1), Vote(Key(1), 4, 5, 1))
	s.Damage(t, store.Store, d)
	store.again(1, nothing)
	step, err := store.PruneNext(context.Background(), messages.PublicKey{1}, eip3076.Retention{KeepEpochs: 1, SlotsPerEpoch: 1})
	if err != nil || step.Key != d.Key || !errors.Is(step.Refused, messages.ErrRowRefused) || step.PruneReport != (eip3076.PruneReport{}) {
		t.Errorf("%+v, %v", step, err)
	}
	if report, err := store.Verify(context.Background()); err != nil || len(report.Findings) != 1 {
		t.Errorf("verify: %+v, %v", report, err)
	}
}

func (s Subject) damage(t *testing.T, d Damage, duty messages.KeyDuty, reason string) {
	store := s.session(t, 1)
	record(t, store, Block(Key(1), 9, 1), Block(Key(1), 10, 1), Vote(Key(1), 3, 4, 1), Vote(Key(1), 4, 5, 1), Block(Key(9), 1, 1))
	if !s.Damage(t, store.Store, d) {
		t.Skip("there can be no such row")
	}
	if s.Shared {
		store.refused(duty, reason)
	}
	store.again(1, nothing)
	store.refused(duty, reason)
	if d.Harm == Edited { // what the row says now is no more allowed than what it said
		duty.Duty.SigningRoot[31] = 2
		store.refused(duty, reason)
	}
	report, err := store.Verify(context.Background())
	if err != nil || !slices.ContainsFunc(report.Findings, func(f eip3076.Finding) bool {
		var row eip3076.RowError
		return f.Key == Key(1) && errors.As(f.Err, &row) && row.Kind == d.Kind && row.Reason == reason
	}) {
		t.Errorf("verify: %+v, %v", report, err)
	}
	step, err := store.PruneNext(context.Background(), messages.PublicKey{1}, eip3076.Retention{KeepEpochs: 1, SlotsPerEpoch: 1})
	if err != nil || d.Kind == eip3076.RowWatermark && !errors.Is(step.Refused, messages.ErrRowRefused) {
		t.Errorf("prune: %+v, %v", step, err)
	}
}
