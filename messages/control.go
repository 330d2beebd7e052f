package messages

import "time"

// Control names the protocol of the actor that reads the signer state for all others.
type Control struct{}

// The components of the signer state, as metrics have them.
const (
	ComponentSeal     = "seal"
	ComponentPolicies = "policies"
	ComponentTokens   = "tokens"
)

// Components lists every component.
func Components() []string { return []string{ComponentSeal, ComponentPolicies, ComponentTokens} }

// Snapshot is a component of the signer state as it was at one moment.
type Snapshot struct {
	Component string
	// Version counts the writes; 0 says that there was none.
	Version uint64
	// Body is opaque to all but those who write it. The slice is shared: nobody writes to it.
	Body []byte
	// Began is when the store was asked: what was written since may not be in it.
	Began time.Time
}

// TakeSnapshot offers P what was read, each time that it was read: P knows what is news to it. Whoever does not believe
// it answers why, wrapping [ErrStateRefused], and goes on with what it had.
type TakeSnapshot[P any] struct {
	Snapshot Snapshot
	// Err is nil, or why there is no Snapshot this time.
	Err error
}

// SnapshotTaken is the answer to [TakeSnapshot]: it is believed, as far as that can be known.
type SnapshotTaken struct{}

// RefreshControl asks to read the signer state now: beside the interval, for those who have lost what they knew.
type RefreshControl struct{}

// RefreshBegun is the answer to [RefreshControl]. Consumers are offered what is read from now on.
type RefreshBegun struct{}

// GetComponent asks how one component stands. One that is not known is [ErrMalformed].
type GetComponent struct{ Name string }

// Component is the answer to [GetComponent].
type Component struct {
	// Last is the last one that was good.
	Last Snapshot
	// Refreshed is when that was read or confirmed; zero if none was.
	Refreshed time.Time
	// Err is nil when the last refresh succeeded, otherwise why it failed.
	Err error
}

func (TakeSnapshot[P]) ask(P, SnapshotTaken)     {}
func (RefreshControl) ask(Control, RefreshBegun) {}
func (GetComponent) ask(Control, Component)      {}
