package main

import (
	"testing"

	"containment-chamber/messages"
)

// Only a signature that was given counts, and the event of the request comes first.
func TestWatchCanaries(t *testing.T) {
	canary, sealed, other := messages.PublicKey{1}, messages.PublicKey{2}, messages.PublicKey{3}
	var got []messages.Event
	all, err := newCanaries([]string{canary.String()})
	if err != nil {
		t.Fatal(err)
	}
	watch := all.watch(func(e messages.Event) { got = append(got, e) })
	signed := messages.SigningFinished{Key: canary, Status: messages.StatusSigned, RequestID: "id", Duty: messages.Duty{Slot: 7}}
	watch(messages.SigningFinished{Key: sealed, Status: messages.StatusSigned})
	all.learn(messages.SealedKeysListed{Canaries: []messages.PublicKey{sealed}})
	got = nil
	for _, e := range []messages.Event{
		signed,
		messages.SigningFinished{Key: canary, Status: messages.StatusSlashing},
		messages.SigningFinished{Key: other, Status: messages.StatusSigned},
		messages.QueueRefused{},
		messages.SigningFinished{Key: sealed, Status: messages.StatusSigned},
	} {
		watch(e)
	}
	if len(got) != 7 || got[0] != messages.Event(signed) || got[1] != messages.Event(messages.CanarySigned{Key: canary, Duty: signed.Duty, RequestID: "id"}) ||
		got[6] != messages.Event(messages.CanarySigned{Key: sealed}) {
		t.Errorf("published %v", got)
	}
	if _, err := newCanaries([]string{"0x12"}); err == nil {
		t.Error("a key that is none was taken")
	}
}
