package seal

import "time"

// Event is something that the machine is told.
//
//sumtype:decl
type Event interface{ event() }

// The events.
type (
	// Seen says what the record was when it was last read. It was authenticated as far as it can be.
	Seen struct{ Facts Facts }
	// Asked says that a session asks for a ceremony.
	Asked struct {
		Kind  Kind
		Fence uint64
		// Operator is whose credential came with it, by the place in the quorum in force; -1 for nobody's, or for
		// that of somebody who is not in it, which brings nothing.
		Operator int
	}
	// Done says that a job has succeeded, what the record is now, and what the job has brought.
	Done struct {
		Number uint64
		Facts  Facts
		Gained Gained
	}
	// Failed says that a job has failed. Nothing has changed by it.
	Failed struct{ Number uint64 }
	// Abandoned says that the session with this fence, and all before it, are gone.
	Abandoned struct{ Fence uint64 }
	// Dropped says that those who held keys have dropped them, or had time enough for it.
	Dropped struct{}
	// Lapsed says that the time to give shares or consents is over.
	Lapsed struct{ Window uint64 }
	// Due says that the pause after so many failed openings is over.
	Due struct{ Tries int }
	// MarkDue says that the pause after so many failures to record a seal is over.
	MarkDue struct{ Marks int }
)

// Gained is what a job has brought.
type Gained struct {
	// Master is the master key, Outer what the layer of key-encryption keys holds, Share the share of one operator.
	Master, Outer, Share bool
	// Consent is that of one operator to a management token.
	Consent bool
}

func (Seen) event()      {}
func (Asked) event()     {}
func (Done) event()      {}
func (Failed) event()    {}
func (Abandoned) event() {}
func (Dropped) event()   {}
func (Lapsed) event()    {}
func (Due) event()       {}
func (MarkDue) event()   {}

// Effect is something that is to be done, in the order of the list.
//
//sumtype:decl
type Effect interface{ effect() }

// The effects.
type (
	// Begin begins a job in a child.
	Begin struct{ Job Job }
	// Cancel breaks a job off, and answers whoever waits for it. What it may still bring is wiped.
	Cancel struct {
		Number uint64
		Why    error
	}
	// Settle answers whoever waits for a job with its outcome.
	Settle struct{ Number uint64 }

	// KeepMaster keeps the master key that the job has brought. What no effect keeps is wiped.
	KeepMaster struct{}
	// KeepOuter keeps what the layer of key-encryption keys holds.
	KeepOuter struct{}
	// KeepShare keeps the share of one operator.
	KeepShare struct{ Operator int }

	// WipeMaster wipes the master key.
	WipeMaster struct{}
	// WipeOuter forgets what the layer of key-encryption keys holds.
	WipeOuter struct{}
	// WipeShares wipes all shares.
	WipeShares struct{}
	// DropKeys has everybody else wipe the keys that they were given.
	DropKeys struct{}

	// AwaitOthers brings Lapsed when the time for the others to follow is over.
	AwaitOthers struct{ Window uint64 }
	// Retry brings Due after a pause.
	Retry struct {
		Tries int
		After time.Duration
	}
	// MarkLater brings MarkDue after a pause.
	MarkLater struct {
		Marks int
		After time.Duration
	}
)

func (Begin) effect()       {}
func (Cancel) effect()      {}
func (Settle) effect()      {}
func (KeepMaster) effect()  {}
func (KeepOuter) effect()   {}
func (KeepShare) effect()   {}
func (WipeMaster) effect()  {}
func (WipeOuter) effect()   {}
func (WipeShares) effect()  {}
func (DropKeys) effect()    {}
func (AwaitOthers) effect() {}
func (Retry) effect()       {}
func (MarkLater) effect()   {}
