package main

import (
	"strings"
	"testing"

	"containment-chamber/messages"
)

// A canary key signs as any other, and is counted and audited.
func TestCanary(t *testing.T) {
	s := startSigner(t, "--canary-keys="+publicKey(t, 1))
	for i := range uint64(2) {
		code, body := s.call("POST", s.api+"/api/v1/eth2/sign/"+publicKey(t, i), `{"type":"VALIDATOR_REGISTRATION","validator_registration":{
			"fee_recipient":"0x6fdfab408c56b6105a76eff5c0435d09fc6ed7a9","gas_limit":"30000000","timestamp":"1","pubkey":"`+publicKey(t, i)+`"}}`)
		if code != 200 {
			t.Errorf("key %d: %d %s", i, code, body)
		}
	}
	line := s.logged("canary key signed")
	if line["level"] != "WARN" || line["target"] != "audit" || line["pubkey"] != publicKey(t, 1) || line["operation"] != "VALIDATOR_REGISTRATION" {
		t.Errorf("logged %v", line)
	}
	if _, metrics := s.call("GET", s.scrape+"/metrics", ""); !strings.Contains(metrics, "\ncontainment_canary_signing_total 1\n") {
		t.Error("the metric does not count the one signature of the canary")
	}
}

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
