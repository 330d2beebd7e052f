package seal

import (
	"errors"
	"time"

	"containment-chamber/messages"
)

// Stage is how far a seal record is.
type Stage uint8

// The stages.
const (
	Absent      Stage = iota // there is none, or its initialisation was undone
	Registering              // the operators of the first quorum are to register
	Ready
	Rotating // ready, and a quorum is to come
)

// Facts is what the machine needs to know of a seal record.
type Facts struct {
	Version uint64
	Stage   Stage
	// KMS and Quorum are the generations of the two layers that are in force; 0 without the layer.
	KMS, Quorum uint64
	// Threshold is how many operators are needed; 0 without a quorum.
	Threshold int
	// Marked says that somebody has sealed the chamber, and nobody has lifted that.
	Marked bool
}

// Held is what this process holds of what opens the chamber.
type Held uint8

// What can be held.
const (
	Nothing Held = iota
	Outer        // the layer of key-encryption keys is open; shares are being collected
	Master       // the master key
)

// Kind names what a job does: a ceremony, or the automatic opening.
type Kind string

// Automatic is the opening of the layer of key-encryption keys that nobody asked for. Most other kinds are the names of
// ceremonies. The empty Kind is no job.
const Automatic Kind = "automatic opening"

// Recording is the writing of the mark of a seal that could not be written when somebody asked for it.
const Recording Kind = "recording the seal"

// Job is dangerous work under way in a child.
type Job struct {
	// Number tells jobs apart, so that an answer that comes too late is known.
	Number uint64
	Kind   Kind
	Fence  uint64
	// Operator is whose part is being done, by the place in the quorum; Last says that it is the last one needed. Repeated
	// says that it was done already, which nobody is told who does not prove to be that operator.
	Operator       int
	Last, Repeated bool
	// Ended says that it is answered as soon as all keys are dropped.
	Ended bool
}

// ceremony reports whether somebody waits for the job.
func (j Job) ceremony() bool { return j.Kind != "" && j.Kind != Automatic && j.Kind != Recording }

// State is all that the seal decides by. It is a value and holds no secret. The zero State knows of no record yet.
type State struct {
	Known  bool
	Record Facts
	Held   Held
	Job    Job
	Jobs   uint64 // ever begun
	Fence  uint64 // lower ones are refused
	// Given are the operators whose shares are held, Consents those who have consented to a management token. Windows
	// numbers the times in which that must come to an end.
	Given, Consents Members
	Windows         uint64
	// Tries counts the openings by key-encryption keys that failed in a row.
	Tries int
	// Marked says that somebody has sealed this process, and that the record could not be written yet to say so.
	Marked bool
	// Marks counts the attempts to write that which failed in a row.
	Marks int
	// Closing says that those who hold keys have not dropped them yet, and Left in which state the chamber was.
	Closing bool
	Left    messages.SealState
}

// Phase is the state of the chamber. It is empty while no record is known.
func (s State) Phase() messages.SealState {
	switch {
	case !s.Known:
		return ""
	case s.Record.Stage == Absent:
		return messages.StateUninitialized
	case s.Record.Stage == Registering:
		return messages.StateAwaitingRegistration
	case s.Held == Nothing:
		return messages.StateSealed
	case s.Held == Outer:
		return messages.StateKMSUnsealed
	case s.Record.Stage == Rotating:
		return messages.StateAwaitingRotation
	}
	return messages.StateUnsealed
}

// Reported is the state as others are told: sealed only when nobody holds keys any more.
func (s State) Reported() messages.SealState {
	if s.Closing {
		return s.Left
	}
	return s.Phase()
}

// standing reports whether somebody has to open the chamber, because somebody has sealed it.
func (s State) standing() bool { return s.Marked || s.Record.Marked }

// unrecorded reports whether the record is still to say that somebody has sealed this process.
func (s State) unrecorded() bool { return s.Marked && !s.Record.Marked }

// Refusals that only the machine knows: nobody is told, because nobody asked.
var (
	errStale = errors.New("seal: an answer or a timer that is not waited for any more")
	errLater = errors.New("seal: not now; the next look at the record will show it again")
)

// Step is the whole seal: it returns the next state and what is to be done, or a refusal and the same state. It reads no
// clock and touches nothing.
func (s State) Step(e Event) (State, []Effect, error) {
	next, effects, err := s.step(e)
	if err != nil {
		return s, nil, err
	}
	return next, effects, nil
}

func (s State) step(e Event) (State, []Effect, error) {
	switch e := e.(type) {
	case Seen:
		return s.seen(e.Facts)
	case Asked:
		return s.asked(e)
	case Done:
		return s.done(e)
	case Failed:
		return s.failed(e)
	case Abandoned:
		return s.abandoned(e)
	case Dropped:
		return s.dropped()
	case Lapsed:
		return s.lapsed(e)
	case Due:
		return s.due(e)
	case MarkDue:
		return s.markDue(e)
	}
	return s, nil, errStale // unreachable: there are no other events
}

// begin starts a job.
func (s State) begin(j Job, effects []Effect) (State, []Effect) {
	s.Jobs++
	j.Number = s.Jobs
	s.Job = j
	return s, append(effects, Begin{j})
}

// openBySelf goes as far towards unsealed as is possible without people. A seal that is not on record is recorded instead.
func (s State) openBySelf(effects []Effect) (State, []Effect, error) {
	if s.unrecorded() && s.Record.Stage >= Ready && !s.Closing && s.Job.Kind == "" {
		s, effects = s.begin(Job{Kind: Recording}, effects)
		return s, effects, nil
	}
	if s.Phase() != messages.StateSealed || s.standing() || s.Closing || s.Job.Kind != "" {
		return s, effects, nil
	}
	if s.Record.KMS == 0 {
		s.Held = Outer // there is nothing to open
		return s, effects, nil
	}
	s, effects = s.begin(Job{Kind: Automatic}, effects)
	return s, effects, nil
}

// retry plans the next automatic opening after one that failed, if there is to be one.
func (s State) retry(effects []Effect) (State, []Effect, error) {
	if s.unrecorded() {
		return s.openBySelf(effects) // what was asked for has shown perhaps that the store is back
	}
	if s.Phase() == messages.StateSealed && !s.standing() && !s.Closing && s.Record.KMS != 0 {
		s.Tries++
		effects = append(effects, Retry{s.Tries, pause(s.Tries)})
	}
	return s, effects, nil
}

// markLater plans the next attempt to record a seal after one that failed.
func (s State) markLater(effects []Effect) (State, []Effect, error) {
	if s.unrecorded() {
		s.Marks++
		effects = append(effects, MarkLater{s.Marks, pause(s.Marks)})
	}
	return s, effects, nil
}

// pause doubles from one second to a minute: a KMS that comes back is noticed soon, and one that denies is not pestered.
func pause(tries int) time.Duration {
	return min(time.Minute, time.Second<<min(tries-1, 6))
}

// adopt follows a record that is newer. Layers that were replaced make useless what was held of the old ones.
func (s State) adopt(f Facts, effects []Effect) (State, []Effect) {
	if s.Known && f.Version <= s.Record.Version {
		return s, effects
	}
	replaced := f.KMS != s.Record.KMS || f.Quorum != s.Record.Quorum
	s.Known, s.Record = true, f
	s.Marked = s.Marked && !f.Marked // from here on the record decides
	if !replaced {
		return s, effects
	}
	if s.Held == Outer {
		s.Held = Nothing
	}
	s.Given, s.Consents, s.Tries = Members{}, Members{}, 0
	return s, append(effects, WipeShares{}, WipeOuter{})
}
