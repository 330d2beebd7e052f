package messages

import "time"

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
	// Sealed counts the keys under the master key that are known, and not open now.
	Sealed int
	// Sources are the counts by source. The slice is shared: nobody writes to it.
	Sources []KeySource
	// Duplicates counts files and rows whose key another file holds as well.
	Duplicates int
	// Loading is true until every file that was found has been read.
	Loading bool
	// Failures names each file that could not be loaded, and why. No secret is in it.
	Failures []KeyFailure
}

// KeySource is what one source gives.
type KeySource struct {
	Name string // "filesystem", "sqlite"
	// Loaded counts its keys in the ring; Sealed, those that are known and not open now.
	Loaded, Sealed int
}

// KeyFailure is one key that could not be loaded.
type KeyFailure struct {
	Source string // "filesystem", "sqlite"
	Name   string // the file, or the public key of the row
	Err    error
}

// ReloadKeys asks to read all sources again, in the background. It is answered at once; [GetReloadStatus] tells the
// outcome. Refused with [ErrReloading] while keys are being loaded, at the start or by an earlier reload.
type ReloadKeys struct{}

// ReloadAccepted is the answer to [ReloadKeys].
type ReloadAccepted struct{}

// GetReloadStatus asks how the last reload went.
type GetReloadStatus struct{}

// ReloadStatus is the answer to [GetReloadStatus].
type ReloadStatus struct {
	State ReloadState
	// Ended is when the last reload ended; zero when there was none.
	Ended time.Time
	// LastError says what was wrong with the last reload, in Web3Signer's words; empty when nothing was.
	LastError string
}

// ReloadState is a state of reloading, as GET /reload has it.
type ReloadState string

// The states. ReloadRunning is also that of the loading at the start.
const (
	ReloadIdle      ReloadState = "idle"
	ReloadRunning   ReloadState = "running"
	ReloadCompleted ReloadState = "completed"
	// ReloadWithErrors says that some files could not be loaded. The keys that they gave before are kept.
	ReloadWithErrors ReloadState = "completed_with_errors"
	// ReloadFailed says that the reload did not come to its end. No key was removed.
	ReloadFailed ReloadState = "failed"
)

func (GetKeyRing) ask(Keys, KeyRing)           {}
func (GetKeyStatus) ask(Keys, KeyStatus)       {}
func (ReloadKeys) ask(Keys, ReloadAccepted)    {}
func (GetReloadStatus) ask(Keys, ReloadStatus) {}
