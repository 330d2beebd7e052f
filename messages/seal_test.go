package messages_test

import (
	"testing"

	"containment-chamber/messages"
)

// held is a key that notes that it was wiped.
type held struct{ wiped bool }

func (*held) Use(func(*[32]byte)) {}
func (h *held) Wipe()             { h.wiped = true }

func TestDerivedKeyIsWiped(t *testing.T) {
	messages.DerivedKey{}.Wipe() // nothing is in it
	key := &held{}
	if (messages.DerivedKey{Key: key}).Wipe(); !key.wiped {
		t.Error("the key is not wiped")
	}
}
