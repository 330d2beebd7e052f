package seal

import (
	"fmt"
	"slices"
	"strings"

	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// lawful lists what can be asked for in which state. What a plan may say is the record's business.
var lawful = map[messages.SealState][]Kind{
	messages.StateUninitialized:        {messages.CeremonyInit},
	messages.StateAwaitingRegistration: {messages.CeremonyRegister, messages.CeremonyAbort},
	messages.StateSealed:               {messages.CeremonyUnsealKMS, messages.CeremonyShare, messages.CeremonySeal},
	messages.StateKMSUnsealed:          {messages.CeremonyShare, messages.CeremonySeal},
	messages.StateUnsealed: {
		messages.CeremonySeal, messages.CeremonyRotateKMS, messages.CeremonyRotateQuorum, messages.CeremonyRotateMode, messages.CeremonyRootToken,
	},
	messages.StateAwaitingRotation: {messages.CeremonySeal, messages.CeremonyRegister, messages.CeremonyAbort, messages.CeremonyRootToken},
}

// whenLawful says in which states something can be asked for.
func whenLawful(k Kind) string {
	var states []string
	for state, kinds := range lawful {
		if slices.Contains(kinds, k) {
			states = append(states, string(state))
		}
	}
	slices.Sort(states)
	return strings.Join(states, " or ")
}

// refusal says why something that is asked for cannot be done, or nil.
func (s State) refusal(e Asked) error {
	wrong := func(why string) error {
		return fmt.Errorf("%w: the chamber is %s%s", messages.ErrWrongState, s.Phase(), why)
	}
	switch {
	case e.Fence < s.Fence:
		return fmt.Errorf("%w: a later one has begun", messages.ErrFenced)
	case !s.Known:
		return fmt.Errorf("%w: it was not read yet", messages.ErrStateUnavailable)
	case s.Job.ceremony() || s.Closing, s.Job.Kind == Recording && e.Kind != messages.CeremonySeal:
		return fmt.Errorf("%w: %s", messages.ErrGuardBusy, s.Job.Kind)
	case !slices.Contains(lawful[s.Phase()], e.Kind):
		return wrong(", and " + string(e.Kind) + " is for one that is " + whenLawful(e.Kind))
	}
	sealed := s.Phase() == messages.StateSealed
	switch e.Kind {
	case messages.CeremonySeal:
		if sealed && s.Record.Marked {
			return wrong(" already, and stays so until somebody opens it")
		}
	case messages.CeremonyUnsealKMS:
		if s.Record.KMS == 0 {
			return wrong(", and operators alone can open it")
		}
	case messages.CeremonyShare:
		switch {
		case s.Record.Threshold == 0:
			return wrong(", and opens without operators")
		case sealed && !s.standing():
			return wrong(": the key-encryption keys come first, and have not answered yet")
		case s.Given.Has(e.Operator):
			return fmt.Errorf("%w: this operator's share", messages.ErrShareRepeated)
		}
	case messages.CeremonyRootToken:
		if s.Consents.Has(e.Operator) {
			return fmt.Errorf("%w: this operator's consent; it takes another operator's, too", messages.ErrShareRepeated)
		}
	default: // the state is all that matters
	}
	return nil
}

// asked begins a ceremony. What nobody has asked for makes room for it.
func (s State) asked(e Asked) (State, []Effect, error) {
	if err := s.refusal(e); err != nil {
		return s, nil, err
	}
	var effects []Effect
	if s.Job.Kind != "" {
		effects = append(effects, Cancel{s.Job.Number, messages.ErrFenced})
	}
	s.Fence = e.Fence
	job := Job{Kind: e.Kind, Fence: e.Fence, Operator: e.Operator}
	switch e.Kind {
	case messages.CeremonyShare:
		job.Last = s.Given.Len()+1 >= s.Record.Threshold
	case messages.CeremonyRootToken:
		job.Last = s.Consents.Len()+1 >= s.Record.Threshold
	default: // it is done at once
	}
	s, effects = s.begin(job, effects) // before anything is wiped: it may need the key that authenticates the record
	if e.Kind == messages.CeremonySeal {
		s.Marked, s.Marks = true, 0
		s, effects = s.close(effects)
	}
	return s, effects, nil
}

// close wipes everything.
func (s State) close(effects []Effect) (State, []Effect) {
	s.Closing, s.Left = s.Held == Master, s.Phase()
	if s.Closing {
		effects = append(effects, WipeMaster{}, DropKeys{})
	} else {
		s.Left = ""
	}
	s.Held, s.Given, s.Consents, s.Tries = Nothing, Members{}, Members{}, 0
	return s, append(effects, WipeShares{}, WipeOuter{})
}

// seen follows what this or another process has written.
func (s State) seen(f Facts) (State, []Effect, error) {
	switch {
	case s.Known && (f.Version < s.Record.Version || s.Record.Stage >= Ready && f.Stage < Ready):
		return s, nil, record.ErrOlder
	case s.Known && f.Version == s.Record.Version:
		return s, nil, nil
	case s.Closing:
		return s, nil, errLater
	case f.Marked && !s.standing():
		return s.sealedElsewhere(f)
	case s.Job.ceremony():
		return s, nil, errLater
	}
	before := s.Record
	s, effects := s.adopt(f, nil)
	if s.Job.Kind == Automatic && (before.KMS != f.KMS || before.Quorum != f.Quorum) {
		effects = append(effects, Cancel{s.Job.Number, errStale})
		s.Job = Job{}
	}
	return s.openBySelf(effects)
}

// sealedElsewhere follows an emergency seal, whatever is under way.
func (s State) sealedElsewhere(f Facts) (State, []Effect, error) {
	var effects []Effect
	if s.Job.Kind != "" {
		effects = append(effects, Cancel{s.Job.Number, messages.ErrSealed})
		s.Job = Job{}
	}
	s, effects = s.close(effects)
	s, effects = s.adopt(f, effects)
	return s, effects, nil
}

// markDue begins the next attempt to record a seal. If a job is under way, its end does.
func (s State) markDue(e MarkDue) (State, []Effect, error) {
	if e.Marks != s.Marks || s.Job.Kind != "" || !s.unrecorded() {
		return s, nil, errStale
	}
	return s.openBySelf(nil)
}

// due begins the next automatic opening.
func (s State) due(e Due) (State, []Effect, error) {
	if e.Tries != s.Tries || s.Job.Kind != "" {
		return s, nil, errStale
	}
	return s.openBySelf(nil)
}
