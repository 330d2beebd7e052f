package bls_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	blst "github.com/supranational/blst/bindings/go"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// BenchmarkSignature compares what one signature costs in each way, in ns/sig: by the library's own call, with a new message,
// with a message that was hashed before, and with 32 keys sharing one message.
func BenchmarkSignature(b *testing.B) {
	const shared = 32
	keys := make([]*bls.SecretKey, shared)
	for i := range keys {
		keys[i] = numbered(b, uint64(i)+1<<60)
	}
	out := make([]messages.Signature, shared)
	raw := new(blst.SecretKey).Deserialize(binary.BigEndian.AppendUint64(make([]byte, 24), 1<<60))
	hashed := bls.NewMessage(messages.Root{1})
	root := func(i int) (r messages.Root) {
		binary.BigEndian.PutUint64(r[:], uint64(i))
		return r
	}
	ways := []struct {
		name       string
		signatures int
		sign       func(i int) error
	}{
		{"library", 1, func(i int) error {
			r := root(i)
			new(blst.P2Affine).Sign(raw, r[:], []byte(ciphersuite)).Compress()
			return nil
		}},
		{"Sign/new message", 1, func(i int) error { _, err := bls.Sign(bls.NewMessage(root(i)), keys[0]); return err }},
		{"Sign/hashed message", 1, func(int) error { _, err := bls.Sign(hashed, keys[0]); return err }},
		{fmt.Sprintf("SignAll/new message for %d keys", shared), shared, func(i int) error {
			return bls.SignAll(bls.NewMessage(root(i)), keys, out)
		}},
	}
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				if err := way.sign(i); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*way.signatures), "ns/sig")
		})
	}
}

// BenchmarkRingGrows adds one key to a ring of 10,000.
func BenchmarkRingGrows(b *testing.B) {
	keys := make([]*bls.SecretKey, 10_000)
	for i := range keys {
		keys[i] = numbered(b, uint64(i)+2)
	}
	ring, key := bls.NewRing(keys...), numbered(b, 1)
	for b.Loop() {
		ring.With(key)
	}
}
