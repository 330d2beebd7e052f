package bls

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync/atomic"

	blst "github.com/supranational/blst/bindings/go"

	"containment-chamber/messages"
)

// SecretKeySize is the length of a serialized secret key in bytes.
const SecretKeySize = 32

const redacted = "[secret]"

// SecretKey is a BLS12-381 secret key that is used through a pointer and has one owner. Every way to print, log or
// encode it gives "[secret]".
type SecretKey struct {
	scalar *blst.SecretKey
	public messages.PublicKey
	wiped  atomic.Bool
}

// NewSecretKey reads 32 big-endian bytes. It refuses zero and numbers that are not below the order r of the group
// (draft-irtf-cfrg-bls-signature §2.3). It keeps no reference to b, which the caller should wipe.
func NewSecretKey(b []byte) (*SecretKey, error) {
	if len(b) != SecretKeySize {
		return nil, fmt.Errorf("a BLS secret key has %d bytes, got %d", SecretKeySize, len(b))
	}
	scalar := new(blst.SecretKey)
	if scalar.Deserialize(b) == nil {
		scalar.Zeroize()
		return nil, errors.New("not a BLS secret key: it is zero, or not below the order of the group")
	}
	key := &SecretKey{scalar: scalar}
	copy(key.public[:], new(blst.P1Affine).From(scalar).Compress())
	runtime.AddCleanup(key, (*blst.SecretKey).Zeroize, scalar)
	return key, nil
}

// PublicKey returns the compressed public key. It stays known after [SecretKey.Wipe].
func (k *SecretKey) PublicKey() messages.PublicKey { return k.public }

// Wipe overwrites the secret with zeros. Signing is refused from then on. Wiping again does nothing.
func (k *SecretKey) Wipe() {
	k.wiped.Store(true) // first, so that a signature under way notices: see SignAll
	k.scalar.Zeroize()
}

// String returns "[secret]".
func (k *SecretKey) String() string { return redacted }

// Format writes "[secret]" for every verb and flag.
func (k *SecretKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText writes "[secret]", also for encoding/json.
func (k *SecretKey) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements [slog.LogValuer] with "[secret]".
func (k *SecretKey) LogValue() slog.Value { return slog.StringValue(redacted) }
