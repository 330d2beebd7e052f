package eip3076_test

import (
	"slices"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
)

func TestRekeying(t *testing.T) {
	now, none := marker(2), eip3076.Marker{}
	for name, c := range map[string]struct {
		how     eip3076.Rekeying
		with    eip3076.Mark
		now     eip3076.Marker
		refused string // "" for none
	}{
		"old key":             {eip3076.Rekeying{Old: marker(1)}, marker(1).Block(markedKey, markedBlock), now, ""},
		"done already":        {eip3076.Rekeying{Old: marker(1)}, now.Block(markedKey, markedBlock), now, ""},
		"unmarked, accepted":  {eip3076.Rekeying{AcceptUnmarked: true}, eip3076.Mark{}, now, ""},
		"unmarked":            {eip3076.Rekeying{Old: marker(1)}, eip3076.Mark{}, now, "give --accept-unmarked"},
		"another key":         {eip3076.Rekeying{Old: marker(1), AcceptUnmarked: true}, marker(3).Block(markedKey, markedBlock), now, "its MAC is not that of its content"},
		"no old key":          {eip3076.Rekeying{AcceptUnmarked: true}, marker(1).Block(markedKey, markedBlock), now, "its MAC is not that of its content"},
		"scheme 0 with a MAC": {eip3076.Rekeying{AcceptUnmarked: true}, eip3076.Mark{MAC: []byte{1}}, now, "it has no MAC"},
		"key taken away":      {eip3076.Rekeying{Old: marker(1)}, marker(1).Block(markedKey, markedBlock), none, ""},
	} {
		mark, changed, err := c.how.Block(c.now, eip3076.Row[eip3076.Block]{Key: markedKey, Fact: markedBlock, Mark: c.with})
		if (err == nil) != (c.refused == "") || err != nil && !strings.Contains(err.Error(), c.refused) {
			t.Errorf("%s: %v, want %q", name, err, c.refused)
		}
		same := mark.Scheme == c.with.Scheme && slices.Equal(mark.MAC, c.with.MAC)
		if err == nil && (c.now.CheckBlock(markedKey, markedBlock, mark) != nil || changed == same) {
			t.Errorf("%s: %v, changed: %v", name, mark, changed)
		}
	}
}
