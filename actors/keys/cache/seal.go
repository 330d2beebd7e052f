package cache

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"

	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

const (
	// mark is how files of all versions begin.
	mark     = "containment-chamber key cache "
	magic    = mark + "1\n"
	saltSize = 32
	// sealedSize is a nonce, 32 encrypted bytes, and a tag.
	sealedSize = 12 + 32 + 16
	headerSize = len(magic) + saltSize + sealedSize
)

// seals are the keys of one file, ready for use. They are made within secmem.Do, which has them erased when they are garbage.
type seals struct {
	header  []byte // of the file that they belong to
	records cipher.AEAD
	names   []byte // of HMAC
	file    []byte // of HMAC
}

// newSeals makes a data key, and wraps it.
func newSeals(key *Key) (s seals) {
	header := append([]byte(magic), random(saltSize)...)
	secmem.Do(func() {
		data := random(32)
		defer clear(data)
		wrapped := seal(wrapping(key, header), data, header)
		s = sealsOf(append(header, wrapped...), data)
	})
	return s
}

// openSeals unwraps the data key of a file's header. It reports whether key made it.
func openSeals(key *Key, header []byte) (s seals, ok bool) {
	outer := header[:len(magic)+saltSize]
	secmem.Do(func() {
		data, err := open(wrapping(key, outer), header[len(outer):], outer)
		if err != nil {
			return
		}
		defer clear(data)
		s, ok = sealsOf(bytes.Clone(header), data), true
	})
	return s, ok
}

func sealsOf(header, data []byte) seals {
	return seals{
		header:  header,
		records: aead(derive(data, nil, "records")),
		names:   derive(data, nil, "names"),
		file:    derive(data, nil, "file"),
	}
}

// wrapping is the key that wraps the data key. outer is the header before the latter.
func wrapping(key *Key, outer []byte) cipher.AEAD {
	return aead(derive(key.bytes[:], outer[len(magic):], "wrapping"))
}

// name is what a record is found by.
func (s seals) name(fingerprint [sha256.Size]byte, password []byte) (name [sha256.Size]byte) {
	secmem.Do(func() {
		h := hmac.New(sha256.New, s.names)
		h.Write(fingerprint[:])
		h.Write(password)
		h.Sum(name[:0])
	})
	return name
}

// code proves that all of a file was written by whoever has the key.
func (s seals) code(content []byte) (code []byte) {
	secmem.Do(func() {
		h := hmac.New(sha256.New, s.file)
		h.Write(content)
		code = h.Sum(nil)
	})
	return code
}

// bound is what a record is encrypted over.
func bound(name [sha256.Size]byte, public messages.PublicKey) []byte {
	return append(append([]byte(magic), name[:]...), public[:]...)
}

// derive makes a key of 32 bytes for one use.
func derive(secret, salt []byte, use string) []byte {
	key, err := hkdf.Key(sha256.New, secret, salt, magic+use, 32)
	if err != nil {
		panic("cache: HKDF refuses to make 32 bytes") // unreachable
	}
	return key
}

// aead is AES-256-GCM. It wipes the key.
func aead(key []byte) cipher.AEAD {
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("cache: AES-256 refuses a key of 32 bytes") // unreachable
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("cache: GCM refuses AES") // unreachable
	}
	return gcm
}

// seal encrypts under a random nonce, which comes first.
func seal(a cipher.AEAD, text, bound []byte) (sealed []byte) {
	nonce := random(a.NonceSize())
	secmem.Do(func() { sealed = a.Seal(nonce, nonce, text, bound) })
	return sealed
}

func open(a cipher.AEAD, sealed, bound []byte) (text []byte, err error) {
	secmem.Do(func() { text, err = a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], bound) })
	return text, err
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails: it crashes the process first
	return b
}
