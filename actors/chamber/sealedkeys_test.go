package chamber_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	rows "containment-chamber/actors/keys/sealed"
	"containment-chamber/messages"
)

// A key under the master key signs while the chamber is open, and not while it is sealed: with the real seal, from the
// ceremony to the signature.
func TestSealedKeys(t *testing.T) {
	runSealed(t, func(s *sealed) {
		s.perform(messages.InitializeChamber{SetupToken: s.await("setup token"), Plan: messages.KeyPlan{KMS: s.references, KMSThreshold: 2}})
		s.awaitState(messages.StateUnsealed)
		under, err := actors.Ask(t.Context(), s.tree.Seal, messages.GetDerivedKey{Purpose: messages.PurposeValidatorKeys})
		if err != nil {
			t.Fatal(err)
		}
		secret, err := bls.NewSecretKey(append(make([]byte, 31), 7))
		if err != nil {
			t.Fatal(err)
		}
		row, err := rows.Seal(secret, rows.Attributes{Status: rows.Active}, under)
		if err != nil {
			t.Fatal(err)
		}
		under.Key.Wipe()
		if _, err := s.rows.Add(t.Context(), []rows.Row{row}); err != nil {
			t.Fatal(err)
		}
		s.keys = append(s.keys, secret)
		slot := uint64(0)
		until := func(want error) {
			t.Helper()
			for range 1000 {
				slot++
				_, err := s.sign(0, block(slot, 0))
				if errors.Is(err, want) {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
			t.Fatalf("it does not come to %v", want)
		}
		for range 2 {
			until(nil)
			s.perform(messages.SealChamber{Reason: "drill"})
			if _, err := s.sign(0, block(slot+1, 0)); !errors.Is(err, messages.ErrSealed) {
				t.Errorf("sealed: %v", err)
			}
			s.perform(messages.UnsealByKMS{})
		}
		until(nil)
	})
}
