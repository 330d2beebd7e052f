package messages

// Keys names the protocol of the actor that owns the key ring.
type Keys struct{}

// KeyRing is an immutable set of signing keys. Its one implementation is actors/keys/bls.Ring: this package must not
// know the BLS library, so only the signing actor, which may, looks inside.
type KeyRing interface {
	// PublicKeys lists the keys in ascending order. The slice is shared: nobody writes to it.
	PublicKeys() []PublicKey
}

// GetKeyRing asks for the keys that are loaded at this moment.
type GetKeyRing struct{}

// GetKeyStatus asks how loading stands.
type GetKeyStatus struct{}

// KeyStatus is the answer to [GetKeyStatus].
type KeyStatus struct {
	// Loaded counts the keys in the ring; Found, the keys and files that the sources named.
	Loaded, Found int
	// Duplicates counts files whose key another file holds as well.
	Duplicates int
	// Loading is true until every file that was found has been read.
	Loading bool
	// Failures names each file that could not be loaded, and why. No secret is in it.
	Failures []KeyFailure
}

// KeyFailure is one file that could not be loaded.
type KeyFailure struct {
	Source string // "filesystem"
	Name   string // the file
	Err    error
}

func (GetKeyRing) ask(Keys, KeyRing)     {}
func (GetKeyStatus) ask(Keys, KeyStatus) {}
