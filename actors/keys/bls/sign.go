package bls

import (
	blst "github.com/supranational/blst/bindings/go"

	"containment-chamber/messages"
)

// Sign signs m with one key. See [SignAll].
func Sign(m *Message, key *SecretKey) (messages.Signature, error) {
	var out [1]messages.Signature
	err := SignAll(m, []*SecretKey{key}, out[:])
	return out[0], err
}

// SignAll signs m with each of keys and writes the signatures to out, in the same order; the two must be of one length.
// Some 32 keys a call make the shared inversion pay, and from 768 on the library starts threads of its own.
//
// When one of the keys is wiped, the error is a [messages.ErrUnknownKey] that names it, or a [messages.ErrSealed] if it was
// sealed, and out stays as it was.
func SignAll(m *Message, keys []*SecretKey, out []messages.Signature) error {
	if len(keys) != len(out) {
		panic("bls: SignAll needs room for one signature of each key")
	}
	if len(keys) == 0 {
		return nil
	}
	points := make(blst.P2s, len(keys))
	defer clear(points)
	for i, key := range keys {
		points[i] = *m.point()
		key.use(func(scalar *blst.SecretKey) { points[i].MultAssign(scalar) })
		// Asked after the product, so that a key that was wiped meanwhile is noticed too.
		if key.wiped.Load() {
			return key.refusal()
		}
	}
	for i, signature := range points.ToAffine() {
		copy(out[i][:], signature.Compress())
	}
	return nil
}

// Verify reports whether signature is the one of root by the holder of key. It is false as well for a key or signature
// that is no point of its group, or is the point at infinity.
func Verify(key messages.PublicKey, root messages.Root, signature messages.Signature) bool {
	const checkGroup, checkKey = true, true
	return new(blst.P2Affine).VerifyCompressed(signature[:], checkGroup, key[:], checkKey, root[:], []byte(ciphersuite))
}
