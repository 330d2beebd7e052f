package quorum_test

import (
	"errors"
	"testing"

	"containment-chamber/actors/seal/quorum"
)

// TestNobody: what nobody has sealed opens with nothing, and is refused as what is wrong.
func TestNobody(t *testing.T) {
	b := quorum.Binding{ChamberID: "c", Operator: "mallory", Generation: 1}
	if _, err := quorum.Nobody(quorum.Passphrase).OpenWithPassphrase([]byte("words"), b); !errors.Is(err, quorum.ErrWrongCredential) {
		t.Error(err)
	}
	if _, err := quorum.Nobody(quorum.YubiKey).OpenWithResponse(make([]byte, 20), b); !errors.Is(err, quorum.ErrWrongCredential) {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"passphrase for a YubiKey":  second(quorum.Nobody(quorum.YubiKey).OpenWithPassphrase([]byte("words"), b)),
		"response for a passphrase": second(quorum.Nobody(quorum.Passphrase).OpenWithResponse(make([]byte, 20), b)),
	} {
		if err.Error() != quorum.ErrWrongCredential.Error() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second(_ []byte, err error) error { return err }
