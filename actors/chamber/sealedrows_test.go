package chamber_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// The history is authenticated under the master key: nothing protected is recorded while the chamber is sealed, and what was
// recorded before is believed when it is open again.
func TestSealedRows(t *testing.T) {
	runSealed(t, func(s *sealed) {
		record := func(salt byte, operation messages.Operation) error {
			duty := messages.Duty{Operation: operation, GenesisValidatorsRoot: chain, SigningRoot: messages.Root{salt}, Slot: 7}
			r, err := actors.Ask(t.Context(), s.tree.Slashing, messages.RecordDuties{Duties: []messages.KeyDuty{{Key: messages.PublicKey{1}, Duty: duty}}})
			if err != nil {
				t.Fatal(err)
			}
			return r.Verdicts[0]
		}
		until := func(want error, salt byte) {
			t.Helper()
			var got error
			for range 1000 {
				if got = record(salt, messages.BlockV2); errors.Is(got, want) {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Fatalf("%v, want %v", got, want)
		}
		until(messages.ErrSealed, 1) // there is no master key yet
		s.perform(messages.InitializeChamber{SetupToken: s.await("setup token"), Plan: messages.KeyPlan{KMS: s.references, KMSThreshold: 2}})
		until(nil, 1)
		s.perform(messages.SealChamber{Reason: "drill"})
		for _, salt := range []byte{1, 2} {
			if err := record(salt, messages.BlockV2); !errors.Is(err, messages.ErrSealed) {
				t.Errorf("sealed: %v", err)
			}
		}
		if err := record(1, messages.RandaoReveal); err != nil {
			t.Errorf("unprotected, while it is sealed: %v", err)
		}
		health, err := actors.Ask(t.Context(), s.tree.Slashing, messages.GetSlashingHealth{})
		if err != nil || health.Err != nil || !health.Sealed {
			t.Errorf("health %+v, %v", health, err)
		}
		s.perform(messages.UnsealByKMS{})
		until(messages.ErrSlashable, 2)
		until(nil, 1)
	})
}
