package eip3076_test

import (
	"errors"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func TestAMarkOverADigestStandsForBoth(t *testing.T) {
	m := marker(1)
	key, head := messages.PublicKey{1}, eip3076.Head{Summary: eip3076.Summary{Low: eip3076.Floor{Slot: 7}}}
	mark := m.HeadOver(key, head, [32]byte{9})
	if err := m.CheckHeadOver(key, head, [32]byte{9}, mark); err != nil {
		t.Error(err)
	}
	other := head
	other.Top.Slot++
	for name, err := range map[string]error{
		"another digest": m.CheckHeadOver(key, head, [32]byte{8}, mark),
		"another head":   m.CheckHeadOver(key, other, [32]byte{9}, mark),
		"another key":    m.CheckHeadOver(messages.PublicKey{2}, head, [32]byte{9}, mark),
		"no digest":      m.CheckHead(key, head, mark),
		"a zero digest":  m.CheckHeadOver(key, head, [32]byte{}, m.Head(key, head)),
		"no mark":        m.CheckHeadOver(key, head, [32]byte{9}, eip3076.Mark{}),
	} {
		if !errors.Is(err, messages.ErrRowRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
