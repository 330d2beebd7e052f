package eth2

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"

	"containment-chamber/messages"
)

// chunk is a leaf or an inner node of a Merkle tree (consensus-specs ssz/simple-serialize.md §Merkleization).
type chunk = messages.Root

func hashPair(left, right chunk) chunk {
	var both [64]byte
	copy(both[:32], left[:])
	copy(both[32:], right[:])
	return sha256.Sum256(both[:])
}

// numberChunk is a number as a leaf: little-endian, padded with zeros.
func numberChunk(n uint64) (c chunk) {
	binary.LittleEndian.PutUint64(c[:], n)
	return c
}

// pack cuts bytes into chunks and pads the last one with zeros.
func pack(data []byte) []chunk {
	chunks := make([]chunk, chunksIn(len(data)))
	for i := range chunks {
		copy(chunks[i][:], data[32*i:])
	}
	return chunks
}

// chunksIn returns how many chunks n bytes fill.
func chunksIn(n int) int { return (n + 31) / 32 }

// merkleize returns the root of the tree over chunks that has room for limit leaves; it overwrites chunks. There are
// at most limit chunks.
func merkleize(chunks []chunk, limit int) chunk {
	var empty emptyTree
	depth := bits.Len(uint(max(limit, 1) - 1))
	for height := range depth {
		if len(chunks)%2 == 1 {
			chunks = append(chunks, empty.grown(height))
		}
		for i := range len(chunks) / 2 {
			chunks[i] = hashPair(chunks[2*i], chunks[2*i+1])
		}
		chunks = chunks[:len(chunks)/2]
	}
	if len(chunks) == 0 {
		return empty.grown(depth)
	}
	return chunks[0]
}

// emptyTree is a tree without leaves.
type emptyTree struct {
	root   chunk
	height int
}

// grown returns the root of the tree at a height, which is at least the last one that was asked for.
func (t *emptyTree) grown(height int) chunk {
	for ; t.height < height; t.height++ {
		t.root = hashPair(t.root, t.root)
	}
	return t.root
}

// merkleizeProgressive returns the root of the tree that grows with its content: subtrees of 1, 4, 16, … leaves on a
// spine that ends in zero (EIP-7916). It overwrites chunks.
func merkleizeProgressive(chunks []chunk) chunk {
	var subtrees []chunk
	for leaves := 1; len(chunks) > 0; leaves *= 4 {
		n := min(leaves, len(chunks))
		subtrees = append(subtrees, merkleize(chunks[:n:n], leaves))
		chunks = chunks[n:]
	}
	var spine chunk
	for _, subtree := range slices.Backward(subtrees) {
		spine = hashPair(subtree, spine)
	}
	return spine
}

// mixIn binds a length to the root of a list.
func mixIn(root chunk, length int) chunk { return hashPair(root, numberChunk(uint64(length))) }
