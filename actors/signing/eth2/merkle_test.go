package eth2_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/signing/eth2"
)

type node = [32]byte

func pair(left, right node) node { return sha256.Sum256(append(left[:], right[:]...)) }

func number(n int) (leaf node) {
	binary.LittleEndian.PutUint64(leaf[:], uint64(n))
	return leaf
}

// fullTree is the definition: the root over all leaves, the absent ones written out as zeros; width is a power of two.
func fullTree(leaves []node, width int) node {
	if width == 1 {
		if len(leaves) == 0 {
			return node{}
		}
		return leaves[0]
	}
	half := min(width/2, len(leaves))
	return pair(fullTree(leaves[:half], width/2), fullTree(leaves[half:], width/2))
}

// progressiveTree is merkleize_progressive as EIP-7916 writes it: recursive.
func progressiveTree(leaves []node, width int) node {
	if len(leaves) == 0 {
		return node{}
	}
	n := min(width, len(leaves))
	return pair(fullTree(leaves[:n], width), progressiveTree(leaves[n:], 4*width))
}

func leavesOf(data []byte) (leaves []node) {
	for len(data) > 0 {
		var leaf node
		data = data[copy(leaf[:], data):]
		leaves = append(leaves, leaf)
	}
	return leaves
}

func TestByteListEqualsTheDefinition(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	rapid.Check(t, func(rt *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 4096).Draw(rt, "data")
		slot := rapid.IntRange(0, 1<<40).Draw(rt, "slot")
		object := pair(pair(fullTree(leavesOf(data), 128), number(len(data))), number(slot))
		want := signed(t, "0x"+hex.EncodeToString(object[:]), "0x0b000001", "0x00000000", zeroRoot)
		body := request{"type": "BUILDER_REQUEST_AUTH", "builder_request_auth": request{"data": hex.EncodeToString(data), "slot": slot}}
		if duty, err := decoder.Decode(body.body(t)); err != nil || duty.SigningRoot != want {
			rt.Fatalf("%d bytes: %s, %v, want %s", len(data), duty.SigningRoot, err, want)
		}
	})
}

func TestProgressiveListEqualsTheDefinition(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	for _, n := range []int{0, 1, 2, 4, 5, 6, 20, 21, 22, 85, 86, 100} {
		commitments, roots := []string{}, []node{}
		for i := range n {
			commitment := make([]byte, 48)
			commitment[0], commitment[47] = byte(i), 1
			commitments = append(commitments, hex.EncodeToString(commitment))
			roots = append(roots, fullTree(leavesOf(commitment), 2))
		}
		fields := make([]node, 12)
		fields[7], fields[10] = number(5), pair(progressiveTree(roots, 1), number(n))
		object := pair(progressiveTree(fields, 1), number(1<<12-1))
		want := signed(t, "0x"+hex.EncodeToString(object[:]), "0x0b000000", "0x07000000", mainnetRoot)
		body := bid().with("blob_kzg_commitments", commitments)
		duty, err := decoder.Decode(request{
			"type": "EXECUTION_PAYLOAD_BID", "fork_info": chain("0x07000000"), "execution_payload_bid": body,
		}.body(t))
		if err != nil || duty.SigningRoot != want {
			t.Errorf("%d elements: %s, %v, want %s", n, duty.SigningRoot, err, want)
		}
	}
}

// bid is all zeros but its slot.
func bid() request {
	return request{
		"parent_block_hash": zeroRoot, "parent_block_root": zeroRoot, "block_hash": zeroRoot, "prev_randao": zeroRoot,
		"fee_recipient": zeroRoot[:42], "gas_limit": 0, "builder_index": 0, "slot": 5, "value": 0, "execution_payment": 0,
		"blob_kzg_commitments": []string{}, "execution_requests_root": zeroRoot,
	}
}
