package bls

import (
	"sync"

	blst "github.com/supranational/blst/bindings/go"

	"containment-chamber/messages"
)

// ciphersuite is the domain separation tag of hash-to-curve (consensus-specs phase0/beacon-chain.md, "BLS signatures").
const ciphersuite = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"

// Message is a signing root and, from its first signature on, the root's point on the curve. It may be used from several
// goroutines.
type Message struct {
	root messages.Root
	once sync.Once
	hash blst.P2
}

// NewMessage returns the message of a signing root. Nothing is computed yet.
func NewMessage(root messages.Root) *Message { return &Message{root: root} }

// Root returns the signing root.
func (m *Message) Root() messages.Root { return m.root }

// point returns the hash of the message. The point is shared: nobody writes to it.
func (m *Message) point() *blst.P2 {
	m.once.Do(func() { m.hash = *blst.HashToG2(m.root[:], []byte(ciphersuite)) })
	return &m.hash
}
