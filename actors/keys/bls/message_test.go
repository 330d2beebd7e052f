package bls_test

import (
	"sync"
	"testing"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

func TestMessageRoot(t *testing.T) {
	if root := (messages.Root{3}); bls.NewMessage(root).Root() != root {
		t.Fatal("another root than was given")
	}
}

// The race detector judges this test as much as its assertions do.
func TestMessageFirstUseIsConcurrent(t *testing.T) {
	key := newKey(t, order[:62]+"00")
	root := messages.Root{1, 2, 3}
	m := bls.NewMessage(root)
	signatures := make([]messages.Signature, 8)
	var group sync.WaitGroup
	for i := range signatures {
		group.Go(func() { signatures[i], _ = bls.Sign(m, key) })
	}
	group.Wait()
	for i, signature := range signatures {
		if !bls.Verify(key.PublicKey(), root, signature) {
			t.Errorf("signature %d does not verify", i)
		}
	}
}
