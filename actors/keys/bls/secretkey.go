package bls

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"unsafe"

	blst "github.com/supranational/blst/bindings/go"

	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// SecretKeySize is the length of a serialized secret key in bytes.
const SecretKeySize = secmem.Size

const redacted = "[secret]"

// memory is where the secrets of this process lie. See the package's decisions.
var memory = secmem.Arena{}

// A secret key of the library is the bytes of a secret and nothing else.
var _ [SecretKeySize]struct{} = [unsafe.Sizeof(blst.SecretKey{})]struct{}{}

// MemoryWeakness says what the system refused to do to keep the secrets in memory, and what to do about it; nil when it
// refused nothing. Ask when there are keys.
func MemoryWeakness() error { return memory.Weakness() }

// SecretKey is a BLS12-381 secret key that is used through a pointer and has one owner. Every way to print, log or
// encode it gives "[secret]".
type SecretKey struct {
	secret *secmem.Secret
	public messages.PublicKey
	sealed atomic.Bool // before it was wiped
	wiped  atomic.Bool
}

// NewSecretKey reads 32 big-endian bytes. It refuses zero and numbers that are not below the order r of the group
// (draft-irtf-cfrg-bls-signature §2.3). It keeps no reference to b, which the caller should wipe.
func NewSecretKey(b []byte) (*SecretKey, error) {
	if len(b) != SecretKeySize {
		return nil, fmt.Errorf("a BLS secret key has %d bytes, got %d", SecretKeySize, len(b))
	}
	secret, err := memory.New()
	if err != nil {
		return nil, err
	}
	key, valid := &SecretKey{secret: secret}, false
	key.use(func(scalar *blst.SecretKey) {
		if valid = scalar.Deserialize(b) != nil; valid {
			copy(key.public[:], new(blst.P1Affine).From(scalar).Compress())
		}
	})
	if !valid {
		key.Wipe()
		return nil, errors.New("not a BLS secret key: it is zero, or not below the order of the group")
	}
	return key, nil
}

// use lends the secret to f, which must not keep it.
func (k *SecretKey) use(f func(*blst.SecretKey)) {
	k.secret.Use(func(bytes *[SecretKeySize]byte) { f((*blst.SecretKey)(unsafe.Pointer(bytes))) })
}

// Reveal lends the secret to f, for those who encrypt it: 32 big-endian bytes, which are wiped when f returns. It reports
// false, and does not call f, if the key is wiped.
func (k *SecretKey) Reveal(f func(secret []byte)) bool {
	var secret []byte
	k.use(func(scalar *blst.SecretKey) { secret = scalar.Serialize() })
	defer clear(secret)
	if k.wiped.Load() { // asked afterwards, so that a key that was wiped meanwhile is noticed too
		return false
	}
	f(secret)
	return true
}

// PublicKey returns the compressed public key. It stays known after [SecretKey.Wipe].
func (k *SecretKey) PublicKey() messages.PublicKey { return k.public }

// Wipe overwrites the secret with zeros. Signing is refused from then on. Wiping again does nothing.
func (k *SecretKey) Wipe() {
	k.wiped.Store(true) // first, so that a signature under way notices: see SignAll
	k.secret.Wipe()
}

// Seal wipes the key because the chamber is sealed. It can be had again, and whoever signs with it is told so.
func (k *SecretKey) Seal() {
	k.sealed.Store(true) // first, so that nobody who finds it wiped misses why
	k.Wipe()
}

// refusal is why a key that is wiped signs nothing.
func (k *SecretKey) refusal() error {
	if k.sealed.Load() {
		return sealedError(k.public)
	}
	return fmt.Errorf("%w: the secret of %s is wiped", messages.ErrUnknownKey, k.public)
}

// String returns "[secret]".
func (k *SecretKey) String() string { return redacted }

// Format writes "[secret]" for every verb and flag.
func (k *SecretKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText writes "[secret]", also for encoding/json.
func (k *SecretKey) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements [slog.LogValuer] with "[secret]".
func (k *SecretKey) LogValue() slog.Value { return slog.StringValue(redacted) }
