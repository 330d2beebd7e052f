package memory_test

import (
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Subject{
		Place: func(*testing.T) storetest.Opener {
			return func(root messages.Root) (eip3076.Store, error) { return memory.New(root), nil }
		},
		Volatile: true,
	})
}
