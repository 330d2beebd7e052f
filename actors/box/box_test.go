package box_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/box"
)

func wantErrOpen(t rapid.TB, key, sealed, data []byte) {
	t.Helper()
	if text, err := box.Open(key, sealed, data); text != nil || !errors.Is(err, box.ErrOpen) {
		t.Errorf("opened %x, %v", text, err)
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfN(rapid.Byte(), 0, 100)
		text, data := some.Draw(t, "text"), some.Draw(t, "data")
		key := rapid.SliceOfN(rapid.Byte(), box.KeySize, box.KeySize).Draw(t, "key")
		sealed := box.Seal(key, text, data)
		if len(sealed) != len(text)+box.Overhead {
			t.Errorf("%d bytes for %d", len(sealed), len(text))
		}
		if got, err := box.Open(key, sealed, data); err != nil || !bytes.Equal(got, text) {
			t.Errorf("opened %x, %v", got, err)
		}
		if bytes.Equal(box.Seal(key, text, data), sealed) {
			t.Error("sealed twice, it is the same")
		}

		wantErrOpen(t, key, sealed, append(data, 0))
		wantErrOpen(t, key, sealed[:rapid.IntRange(0, len(sealed)-1).Draw(t, "cut")], data)
		bit := rapid.IntRange(0, 8*len(sealed)-1).Draw(t, "bit")
		sealed[bit/8] ^= 1 << (bit % 8)
		wantErrOpen(t, key, sealed, data)
		sealed[bit/8] ^= 1 << (bit % 8)
		key[bit%len(key)]++
		wantErrOpen(t, key, sealed, data)
	})
}

// Test case 16 of "The Galois/Counter Mode of Operation" (McGrew, Viega), with its nonce in front.
func TestVector(t *testing.T) {
	read := func(text string) []byte {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	text := "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
	got, err := box.Open(
		read("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
		read("cafebabefacedbaddecaf888"+
			"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"+
			"76fc6ece0f4e1768cddf8853bb2d551b"),
		read("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
	if err != nil || hex.EncodeToString(got) != text {
		t.Errorf("%x, %v", got, err)
	}
}

func TestWrongKeysPanic(t *testing.T) {
	for _, size := range []int{0, 16, 31, 33} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("sealed with a key of %d bytes", size)
				}
			}()
			box.Seal(make([]byte, size), nil, nil)
		}()
	}
}

func FuzzOpen(f *testing.F) {
	key := make([]byte, box.KeySize)
	f.Add([]byte{}, []byte{})
	f.Add(box.Seal(key, []byte("text"), []byte("data")), []byte("data"))
	f.Fuzz(func(t *testing.T, sealed, data []byte) {
		if text, err := box.Open(key, sealed, data); err == nil && len(text) != len(sealed)-box.Overhead {
			t.Errorf("%d bytes of %d", len(text), len(sealed))
		}
	})
}
