package seal

import "math/bits"

// Members is a set of operators, by their places in the quorum: 0 to 254. It is a value, and can be compared.
type Members [4]uint64

// Has reports whether an operator is in the set.
func (m Members) Has(operator int) bool {
	return operator >= 0 && operator < 64*len(m) && m[operator/64]>>(operator%64)&1 == 1
}

// With returns the set with one operator more.
func (m Members) With(operator int) Members {
	m[operator/64] |= 1 << (operator % 64)
	return m
}

// Len counts the operators in the set.
func (m Members) Len() int {
	n := 0
	for _, word := range m {
		n += bits.OnesCount64(word)
	}
	return n
}

// next says of the operator who comes next whether it is in the set already, and otherwise whether it is the last one needed.
func (m Members) next(operator, needed int) (repeated, last bool) {
	repeated = m.Has(operator)
	return repeated, !repeated && m.Len()+1 >= needed
}
