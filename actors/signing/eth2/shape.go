package eth2

import (
	"errors"
	"fmt"
	"math/big"
	"math/bits"
)

// shape is an SSZ type: it reads its JSON form and returns the hash tree root of what stands there.
type shape interface{ root(value) (chunk, error) }

type (
	// uint64Shape is a uint64.
	uint64Shape struct{}
	// uint256Shape is a uint256.
	uint256Shape struct{}
	// boolShape is a boolean.
	boolShape struct{}
	// bytesN is a Vector[byte, n].
	bytesN int
	// byteList is a List[byte, limit].
	byteList int
	// progressiveBytes is a ProgressiveList[byte].
	progressiveBytes struct{}
	// bitvector is a Bitvector[n].
	bitvector int
	// bitlist is a Bitlist[limit].
	bitlist int
	// progressiveBits is a ProgressiveBitlist.
	progressiveBits struct{}
)

func (uint64Shape) root(v value) (chunk, error) {
	n, err := v.number()
	return numberChunk(n), err
}

func (uint256Shape) root(v value) (chunk, error) {
	wrong := errors.New("want a decimal number from 0 to 2^256-1")
	digits := v.literal()
	if len(digits) == 0 || len(digits) > 78 || digits[0] == '-' || digits[0] == '+' {
		return chunk{}, wrong
	}
	n, ok := new(big.Int).SetString(string(digits), 10)
	if !ok || n.BitLen() > 256 {
		return chunk{}, wrong
	}
	var c chunk
	for i, b := range n.FillBytes(make([]byte, 32)) {
		c[31-i] = b
	}
	return c, nil
}

func (boolShape) root(v value) (chunk, error) {
	switch string(v.literal()) {
	case "true":
		return chunk{1}, nil
	case "false":
		return chunk{}, nil
	}
	return chunk{}, errors.New("want true or false")
}

func (n bytesN) root(v value) (chunk, error) {
	if int(n) <= len(chunk{}) {
		var c chunk
		err := v.fixed(c[:n])
		return c, err
	}
	b := make([]byte, n)
	err := v.fixed(b)
	return merkleize(pack(b), chunksIn(int(n))), err
}

func (limit byteList) root(v value) (chunk, error) {
	b, err := v.hex()
	if err == nil && len(b) > int(limit) {
		err = fmt.Errorf("want at most %d bytes, got %d", limit, len(b))
	}
	if err != nil {
		return chunk{}, err
	}
	return mixIn(merkleize(pack(b), chunksIn(int(limit))), len(b)), nil
}

func (progressiveBytes) root(v value) (chunk, error) {
	b, err := v.hex()
	if err != nil {
		return chunk{}, err
	}
	return mixIn(merkleizeProgressive(pack(b)), len(b)), nil
}

func (n bitvector) root(v value) (chunk, error) {
	size := (int(n) + 7) / 8
	b := make([]byte, size)
	if err := v.fixed(b); err != nil {
		return chunk{}, err
	}
	if used := int(n) % 8; used != 0 && b[size-1]>>used != 0 {
		return chunk{}, fmt.Errorf("want %d bits, a higher one is set", n)
	}
	return merkleize(pack(b), chunksIn(size)), nil
}

func (limit bitlist) root(v value) (chunk, error) {
	b, length, err := v.bits()
	if err == nil && length > int(limit) {
		err = fmt.Errorf("want at most %d bits, got %d", limit, length)
	}
	if err != nil {
		return chunk{}, err
	}
	return mixIn(merkleize(pack(b), (int(limit)+255)/256), length), nil
}

func (progressiveBits) root(v value) (chunk, error) {
	b, length, err := v.bits()
	if err != nil {
		return chunk{}, err
	}
	return mixIn(merkleizeProgressive(pack(b)), length), nil
}

// bits reads a serialized bitlist: the highest bit that is set ends it and is not one of its bits.
func (v value) bits() (packed []byte, length int, err error) {
	b, err := v.hex()
	if err != nil {
		return nil, 0, err
	}
	last := len(b) - 1
	if last < 0 || b[last] == 0 {
		return nil, 0, errors.New("bitlist without its delimiting bit")
	}
	top := bits.Len8(b[last]) - 1
	b[last] &^= 1 << top
	length = 8*last + top
	return b[:(length+7)/8], length, nil
}
