package main

import (
	"context"
	"net/http/httptest"
	"testing"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/signing/eth2"
	chamberhttp "containment-chamber/http"
	"containment-chamber/messages"
)

// fake is a signer without actors and without slashing protection: the HTTP layer, and functions behind it.
type fake struct {
	ring *bls.Ring
	// tamper changes what is delivered, if it is set.
	tamper func(messages.Signature) messages.Signature
}

// newFake returns a fake with so many of the bench's keys.
func newFake(t testing.TB, keys int) *fake {
	t.Helper()
	secrets := make([]*bls.SecretKey, keys)
	for i := range secrets {
		secret := benchSecret(i)
		key, err := bls.NewSecretKey(secret[:])
		if err != nil {
			t.Fatal(err)
		}
		secrets[i] = key
	}
	return &fake{ring: bls.NewRing(secrets...)}
}

// serve starts the fake and returns its URL.
func (f *fake) serve(t testing.TB) string {
	t.Helper()
	server := httptest.NewServer(chamberhttp.New(chamberhttp.Config{
		Decode:       eth2.NewDecoder(hoodi(t)).Decode,
		BatchAllowed: eth2.BatchAllowed,
		Sign:         f.sign,
		SignBatch:    f.signBatch,
		PublicKeys:   func(context.Context) (messages.KeyRing, error) { return f.ring, nil },
		Reload: func(context.Context, messages.ReloadKeys) (messages.ReloadAccepted, error) {
			return messages.ReloadAccepted{}, messages.ErrReloading
		},
		ReloadStatus: func(context.Context, messages.GetReloadStatus) (messages.ReloadStatus, error) {
			return messages.ReloadStatus{}, nil
		},
		Health:       func(context.Context) chamberhttp.Health { return chamberhttp.Health{} },
		Observe:      func(messages.Event) {},
		ObserveError: func(int) {},
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func (f *fake) sign(_ context.Context, m messages.Sign) (messages.Signed, error) {
	key, found := f.ring.Key(m.Key)
	if !found {
		return messages.Signed{}, messages.ErrUnknownKey
	}
	signature, err := bls.Sign(bls.NewMessage(m.Duty.SigningRoot), key)
	if f.tamper != nil {
		signature = f.tamper(signature)
	}
	return messages.Signed{Signature: signature}, err
}

func (f *fake) signBatch(ctx context.Context, m messages.SignBatch) (messages.BatchSigned, error) {
	var signed messages.BatchSigned
	for _, key := range m.Keys {
		one, err := f.sign(ctx, messages.Sign{Key: key, Duty: m.Duty})
		signed.Results = append(signed.Results, messages.SignResult{Signature: one.Signature, Err: err})
	}
	return signed, nil
}
