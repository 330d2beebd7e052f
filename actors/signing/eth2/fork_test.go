package eth2_test

import (
	"testing"

	"containment-chamber/actors/signing/eth2"
)

func TestForkNames(t *testing.T) {
	for fork, want := range map[eth2.Fork]string{
		eth2.Phase0: "PHASE0", eth2.Capella: "CAPELLA", eth2.Gloas: "GLOAS", eth2.Heze: "HEZE", eth2.Heze + 1: "UNKNOWN",
	} {
		if got := fork.String(); got != want {
			t.Errorf("fork %d is %q, want %q", fork, got, want)
		}
	}
	if got := (eth2.Version{0x90, 0, 0, 0x69}).String(); got != "0x90000069" {
		t.Errorf("version %q", got)
	}
}
