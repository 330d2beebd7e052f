package eip3076_test

import (
	"errors"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func TestRowError(t *testing.T) {
	for text, err := range map[string]eip3076.RowError{
		"slashing-protection row refused: watermark row: its public key has 47 bytes": eip3076.MalformedKey(eip3076.RowWatermark, 47),
		"slashing-protection row refused: block row: its root has 3 bytes":            eip3076.MalformedRow(eip3076.RowBlock, "its root has %d bytes", 3),
	} {
		if err.Error() != text || !errors.Is(err, messages.ErrRowRefused) {
			t.Errorf("got %v", err)
		}
	}
}
