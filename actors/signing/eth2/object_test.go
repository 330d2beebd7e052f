package eth2_test

import (
	"errors"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

func TestLastOfEqualMembersWins(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	body := `{"type":"DEPOSIT","Type":"RANDAO_REVEAL","fork_info":7,"randao_reveal":{"epoch":1,"EPOCH":"2"},"FORK_INFO":` +
		string(chain("0x06000000").body(t)) + `}`
	duty, err := decoder.Decode([]byte(body))
	if err != nil || duty.Operation != messages.RandaoReveal || duty.TargetEpoch != 2 {
		t.Errorf("%+v, %v", duty, err)
	}
}

func TestNullCountsAsAbsent(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	body := `{"type":"RANDAO_REVEAL","randao_reveal":{"epoch":null},"fork_info":` + string(chain("0x06000000").body(t)) + `}`
	_, err := decoder.Decode([]byte(body))
	if !errors.Is(err, messages.ErrMalformed) || err.Error() != "malformed request: randao_reveal: epoch: missing" {
		t.Errorf("got %v", err)
	}
}
