package messages_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"containment-chamber/messages"
)

// TestSigningLine says what a line holds by its text, "key=value" in order.
func TestSigningLine(t *testing.T) {
	key := messages.PublicKey{0xab}
	duty := func(o messages.Operation) messages.Duty {
		return messages.Duty{Operation: o, Slot: 64, SourceEpoch: 1, TargetEpoch: 2}
	}
	for name, test := range map[string]struct {
		event messages.SigningFinished
		want  string
	}{
		"attestation": {
			messages.SigningFinished{Key: key, Duty: duty(messages.Attestation), Status: messages.StatusSigned, RequestID: "r1", Took: 1500 * time.Microsecond},
			"INFO pubkey=" + key.String() + " operation=ATTESTATION slot=64 source_epoch=1 target_epoch=2 outcome=signed client=- request_id=r1 took_ms=1.5",
		},
		"block": {
			messages.SigningFinished{Key: key, Duty: duty(messages.BlockV2), Status: messages.StatusSigned, Client: "vc-1"},
			"INFO pubkey=" + key.String() + " operation=BLOCK_V2 slot=64 outcome=signed client=vc-1 request_id= took_ms=0",
		},
		"only an epoch": {
			messages.SigningFinished{Key: key, Duty: duty(messages.RandaoReveal), Status: messages.StatusExpired, Err: messages.ErrExpired},
			"WARN pubkey=" + key.String() + " operation=RANDAO_REVEAL epoch=2 outcome=expired client=- request_id= took_ms=0 cause=expired",
		},
		"neither": {
			messages.SigningFinished{Key: key, Duty: duty(messages.Deposit), Status: messages.StatusSigned},
			"INFO pubkey=" + key.String() + " operation=DEPOSIT outcome=signed client=- request_id= took_ms=0",
		},
		"no key": {
			messages.SigningFinished{Duty: messages.Duty{Operation: messages.UnknownOperation}, Status: messages.StatusInvalid, RequestID: "r2"},
			"WARN operation=UNKNOWN outcome=invalid client=- request_id=r2 took_ms=0",
		},
	} {
		line := test.event.Line()
		got := []string{line.Level.String()}
		for _, a := range line.Attrs {
			got = append(got, fmt.Sprintf("%s=%v", a.Key, a.Value))
		}
		if strings.Join(got, " ") != test.want || line.Target != messages.TargetAudit || line.Message != "signing request" {
			t.Errorf("%s: got %s\nwant %s", name, strings.Join(got, " "), test.want)
		}
	}
}
