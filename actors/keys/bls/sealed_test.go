package bls_test

import (
	"errors"
	"testing"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

func TestSealedKeysAreKnown(t *testing.T) {
	here, away := numbered(t, 1), numbered(t, 2).PublicKey()
	ring := bls.NewRing(here).WithSealed([]messages.PublicKey{away, {9}})
	if err := ring.Missing(away); !errors.Is(err, messages.ErrSealed) {
		t.Errorf("a sealed key: %v", err)
	}
	for _, other := range []messages.PublicKey{here.PublicKey(), {1}} {
		if err := ring.Missing(other); err != nil {
			t.Errorf("%s: %v", other, err)
		}
	}
	if ring.Len() != 1 || len(ring.PublicKeys()) != 1 {
		t.Errorf("it lists %d keys", ring.Len())
	}
	if err := (*bls.Ring)(nil).Missing(away); err != nil {
		t.Error(err)
	}
}

// Whoever still has a key that was sealed is told why it signs nothing.
func TestSealedKeySaysSo(t *testing.T) {
	sealed, wiped := numbered(t, 1), numbered(t, 2)
	sealed.Seal()
	wiped.Wipe()
	if _, err := bls.Sign(bls.NewMessage(messages.Root{1}), sealed); !errors.Is(err, messages.ErrSealed) {
		t.Errorf("sealed: %v", err)
	}
	if _, err := bls.Sign(bls.NewMessage(messages.Root{1}), wiped); !errors.Is(err, messages.ErrUnknownKey) {
		t.Errorf("wiped: %v", err)
	}
}
