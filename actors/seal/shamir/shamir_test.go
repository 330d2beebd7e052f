package shamir_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/seal/shamir"
)

func split(t rapid.TB, secret []byte, shares, threshold int) [][]byte {
	t.Helper()
	all, err := shamir.Split(secret, shares, threshold)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func combine(t rapid.TB, shares [][]byte) []byte {
	t.Helper()
	secret, err := shamir.Combine(shares)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

func TestEnoughSharesCombine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "secret")
		count := rapid.IntRange(1, 12).Draw(t, "shares")
		threshold := rapid.IntRange(1, count).Draw(t, "threshold")
		before := bytes.Clone(secret)
		shares := split(t, secret, count, threshold)
		some := rapid.Permutation(shares).Draw(t, "order")[:rapid.IntRange(threshold, count).Draw(t, "given")]
		given := fmt.Sprint(some)
		if got := combine(t, some); !bytes.Equal(got, secret) {
			t.Errorf("%d of %d combine to %x, want %x", len(some), count, got, secret)
		}
		if fmt.Sprint(some) != given || !bytes.Equal(secret, before) {
			t.Error("what it was given was changed")
		}
	})
}

// One share less than the threshold fits every secret: whatever byte is tried, a last share exists that leads to it.
func TestTooFewSharesFitEverySecret(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 1, 1).Draw(t, "secret")
		threshold := rapid.IntRange(2, 6).Draw(t, "threshold")
		shares := split(t, secret, threshold, threshold)
		seen := map[byte]bool{}
		for y := range 256 {
			shares[0][0] = byte(y)
			seen[combine(t, shares)[0]] = true
		}
		if len(seen) != 256 {
			t.Errorf("%d shares leave %d of 256 secrets", threshold-1, len(seen))
		}
	})
}

// Too few shares of long secrets combine to something else: by chance in one of 2^256 cases.
func TestTooFewSharesCombineToSomethingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")
		count := rapid.IntRange(2, 12).Draw(t, "shares")
		threshold := rapid.IntRange(2, count).Draw(t, "threshold")
		shares := split(t, secret, count, threshold)
		if bytes.Equal(combine(t, shares[:threshold-1]), secret) {
			t.Error("they combine to the secret")
		}
	})
}

// Each share by itself is uniform: over many splits every byte comes about equally often.
func TestSharesAreUniform(t *testing.T) {
	const length = 1 << 18
	shares := split(t, make([]byte, length), 2, 2)
	counts := [256]int{}
	for _, y := range shares[0][:length] {
		counts[y]++
	}
	for y, n := range counts { // 1024 expected with a deviation of 32
		if n < 1024-8*32 || n > 1024+8*32 {
			t.Errorf("%#x came %d times in %d", y, n, length)
		}
	}
}

func TestSplitShape(t *testing.T) {
	for _, test := range []struct{ length, shares, threshold int }{{1, 1, 1}, {32, 1, 1}, {33, 5, 1}, {32, 3, 2}, {1, 255, 255}} {
		secret := bytes.Repeat([]byte{7}, test.length)
		shares := split(t, secret, test.shares, test.threshold)
		seen := map[byte]bool{0: true}
		for _, share := range shares {
			if len(share) != test.length+1 {
				t.Fatalf("%v: a share of %d bytes", test, len(share))
			}
			if x := share[test.length]; seen[x] {
				t.Errorf("%v: coordinate %d again, or zero", test, x)
			}
			seen[share[test.length]] = true
			if y := share[:test.length]; bytes.Equal(y, secret) != (test.threshold == 1) && test.length > 1 {
				t.Errorf("%v: a share holds the values %x", test, y)
			}
		}
		if len(shares) != test.shares {
			t.Errorf("%v: %d shares", test, len(shares))
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		secret            []byte
		shares, threshold int
		want              string
	}{
		"nothing":                 {nil, 3, 2, "no secret"},
		"threshold 0":             {[]byte{1}, 3, 0, "threshold of 0"},
		"negative":                {[]byte{1}, -1, -2, "-1 shares"},
		"more needed than made":   {[]byte{1}, 2, 3, "threshold of 3"},
		"no shares":               {[]byte{1}, 0, 0, "0 shares"},
		"more than there are x's": {[]byte{1}, 256, 2, "256 shares"},
	} {
		shares, err := shamir.Split(test.secret, test.shares, test.threshold)
		if shares != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, %v; want %q", name, shares, err, test.want)
		}
	}
}

func TestCombineRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		shares [][]byte
		want   string
	}{
		"none":              {nil, "no shares"},
		"empty":             {[][]byte{{}}, "two bytes"},
		"a coordinate only": {[][]byte{{1}, {2}}, "two bytes"},
		"second one short":  {[][]byte{{9, 9, 1}, {9, 2}}, "one length"},
		"second one long":   {[][]byte{{9, 1}, {9, 9, 2}}, "one length"},
		"x is zero":         {[][]byte{{9, 1}, {9, 0}}, "ends with zero"},
		"same share twice":  {[][]byte{{9, 1}, {8, 2}, {9, 1}}, "same coordinate"},
		"same x, other y":   {[][]byte{{9, 1}, {8, 1}}, "same coordinate"},
	} {
		secret, err := shamir.Combine(test.shares)
		if secret != nil || err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %x, %v; want %q", name, secret, err, test.want)
		}
	}
}

// The fixtures were written by Vault; the file says how.
func TestCombinesSharesOfVault(t *testing.T) {
	text, err := os.ReadFile("testdata/vault-1.14.1.json")
	if err != nil {
		t.Fatal(err)
	}
	var fixtures struct {
		Splits []struct {
			Secret    string
			Threshold int
			Shares    []string
		}
	}
	if err := json.Unmarshal(text, &fixtures); err != nil || len(fixtures.Splits) != 6 {
		t.Fatalf("%d fixtures, %v", len(fixtures.Splits), err)
	}
	for _, f := range fixtures.Splits {
		var shares [][]byte
		for _, text := range f.Shares {
			share, err := hex.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			shares = append(shares, share)
		}
		for range 10 {
			rand.Shuffle(len(shares), func(i, j int) { shares[i], shares[j] = shares[j], shares[i] })
			if got := hex.EncodeToString(combine(t, shares[:f.Threshold])); got != f.Secret {
				t.Errorf("%d of %d: %s, want %s", f.Threshold, len(shares), got, f.Secret)
			}
		}
	}
}

// FuzzCombine cuts shares out of a text. What combines obeys the rules, in any order.
func FuzzCombine(f *testing.F) {
	f.Add([]byte{}, byte(0))
	f.Add([]byte{1, 1, 2, 2, 3, 3}, byte(2))
	f.Add([]byte{1, 0, 2, 2}, byte(2))
	f.Add([]byte{9, 9, 1, 8, 8, 2, 7}, byte(3))
	f.Fuzz(func(t *testing.T, text []byte, size byte) {
		shares := slices.Collect(slices.Chunk(text, max(1, int(size))))
		secret, err := shamir.Combine(shares)
		if err != nil {
			if secret != nil {
				t.Error("an error, and a secret")
			}
			return
		}
		if len(secret) != len(shares[0])-1 {
			t.Errorf("%d bytes of shares of %d", len(secret), len(shares[0]))
		}
		slices.Reverse(shares)
		if again := combine(t, shares); !bytes.Equal(again, secret) {
			t.Errorf("%x, in the other order %x", secret, again)
		}
	})
}

func BenchmarkSplit(b *testing.B) {
	secret := make([]byte, 32)
	for b.Loop() {
		split(b, secret, 5, 3)
	}
}

func BenchmarkCombine(b *testing.B) {
	shares := split(b, make([]byte, 32), 5, 3)[:3]
	for b.Loop() {
		combine(b, shares)
	}
}
