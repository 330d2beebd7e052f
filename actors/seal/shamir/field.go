package shamir

import "slices"

// Elements of GF(2^8) are bytes: polynomials over GF(2), whose bit i is the coefficient of x^i. Sums are ^.

// multiply returns a·b modulo x^8 + x^4 + x^3 + x + 1. It neither branches on the factors nor looks anything up.
func multiply(a, b byte) (product byte) {
	for bit := 7; bit >= 0; bit-- {
		carry := -(product >> 7)
		product = product<<1 ^ carry&0x1b ^ -(b>>bit&1)&a
	}
	return product
}

// invert returns a^254, which is 1/a, and 0 for 0.
func invert(a byte) byte {
	power := a // a^1, a^3, a^7, … a^127
	for range 6 {
		power = multiply(multiply(power, power), a)
	}
	return multiply(power, power)
}

// evaluate returns the value at x of the polynomial with these coefficients, the constant first.
func evaluate(polynomial []byte, x byte) (y byte) {
	for _, coefficient := range slices.Backward(polynomial) {
		y = multiply(y, x) ^ coefficient
	}
	return y
}

// weightAtZero returns the value at 0 of Lagrange's basis polynomial for xs[i]. The coordinates are distinct and not 0.
func weightAtZero(xs []byte, i int) byte {
	weight := byte(1)
	for j, x := range xs {
		if j != i {
			weight = multiply(weight, multiply(x, invert(x^xs[i])))
		}
	}
	return weight
}
