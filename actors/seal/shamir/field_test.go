package shamir

import "testing"

// schoolbook multiplies as on paper: a product of up to fifteen bits, then a division by 0x11b.
func schoolbook(a, b byte) byte {
	product := 0
	for bit := range 8 {
		if b&(1<<bit) != 0 {
			product ^= int(a) << bit
		}
	}
	for bit := 14; bit >= 8; bit-- {
		if product&(1<<bit) != 0 {
			product ^= 0x11b << (bit - 8)
		}
	}
	return byte(product)
}

func TestMultiplyAllPairs(t *testing.T) {
	for a := range 256 {
		for b := range 256 {
			if got, want := multiply(byte(a), byte(b)), schoolbook(byte(a), byte(b)); got != want {
				t.Fatalf("%#x·%#x = %#x, want %#x", a, b, got, want)
			}
		}
	}
	// FIPS 197 §4.2
	if got := multiply(0x57, 0x83); got != 0xc1 {
		t.Errorf("0x57·0x83 = %#x, want 0xc1", got)
	}
}

func TestInvertAll(t *testing.T) {
	for a := 1; a < 256; a++ {
		if got := multiply(byte(a), invert(byte(a))); got != 1 {
			t.Errorf("%#x·1/%#x = %#x", a, a, got)
		}
	}
	if invert(0) != 0 {
		t.Error("1/0 must be 0")
	}
}

func TestEvaluate(t *testing.T) {
	polynomial := []byte{0x42, 0x57, 0x01}
	for x := range 256 {
		x := byte(x)
		want := 0x42 ^ schoolbook(0x57, x) ^ schoolbook(x, x)
		if got := evaluate(polynomial, x); got != want {
			t.Fatalf("at %#x: %#x, want %#x", x, got, want)
		}
	}
}
