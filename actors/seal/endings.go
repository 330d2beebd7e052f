package seal

import "containment-chamber/messages"

// waitsFor reports whether a job with this number is under way.
func (s State) waitsFor(number uint64) bool {
	return s.Job.Kind != "" && s.Job.Number == number && !s.Job.Ended
}

// done takes what a job has brought.
func (s State) done(e Done) (State, []Effect, error) {
	if !s.waitsFor(e.Number) {
		return s, nil, errStale
	}
	job := s.Job
	s, effects := s.adopt(e.Facts, nil)
	if job.Kind == messages.CeremonySeal {
		return s.sealed(effects)
	}
	s.Job = Job{}
	switch {
	case e.Gained.Master:
		s.Held, s.Marked, s.Given, s.Tries = Master, false, Members{}, 0 // whoever has opened it has lifted the seal
		effects = append(effects, KeepMaster{}, WipeShares{})
	case e.Gained.Outer && s.Held == Nothing:
		s.Held, s.Tries = Outer, 0
	}
	if e.Gained.Outer {
		effects = append(effects, KeepOuter{})
	}
	if e.Gained.Share && s.Held == Outer && job.Operator >= 0 && !job.Repeated {
		effects = append(effects, KeepShare{job.Operator})
		s, effects = s.await(s.Given.Len() == 0, effects)
		s.Given = s.Given.With(job.Operator)
	}
	if job.Kind == messages.CeremonyRootToken {
		s, effects = s.consented(job, e.Gained.Consent, effects)
	}
	return s.openBySelf(append(effects, Settle{job.Number}))
}

// sealed ends the job that has marked the record. It is answered when nobody has keys any more.
func (s State) sealed(effects []Effect) (State, []Effect, error) {
	if s.Closing {
		s.Job.Ended = true
		return s, effects, nil
	}
	effects = append(effects, Settle{s.Job.Number})
	s.Job = Job{}
	return s.markLater(effects)
}

// consented counts one operator's consent; the last one makes the token, and the count begins anew.
func (s State) consented(job Job, consent bool, effects []Effect) (State, []Effect) {
	if !consent || job.Operator < 0 {
		s.Consents = Members{}
		return s, effects
	}
	s, effects = s.await(s.Consents.Len() == 0, effects)
	s.Consents = s.Consents.With(job.Operator)
	return s, effects
}

// await opens the time for the others to follow, after the first.
func (s State) await(first bool, effects []Effect) (State, []Effect) {
	if !first {
		return s, effects
	}
	s.Windows++
	return s, append(effects, AwaitOthers{s.Windows})
}

// failed ends a job that has changed nothing.
func (s State) failed(e Failed) (State, []Effect, error) {
	if !s.waitsFor(e.Number) {
		return s, nil, errStale
	}
	if s.Job.Kind == messages.CeremonySeal {
		return s.sealed(nil)
	}
	recording := s.Job.Kind == Recording
	s.Job = Job{}
	if recording {
		return s.markLater([]Effect{Settle(e)})
	}
	return s.retry([]Effect{Settle(e)})
}

// abandoned breaks off what a session has begun that is gone, and refuses what it may still say. What was to be sealed
// is sealed.
func (s State) abandoned(e Abandoned) (State, []Effect, error) {
	s.Fence = max(s.Fence, e.Fence+1)
	if !s.Job.ceremony() || s.Job.Kind == messages.CeremonySeal || s.Job.Fence > e.Fence {
		return s, nil, nil
	}
	effects := []Effect{Cancel{s.Job.Number, messages.ErrFenced}}
	s.Job = Job{}
	return s.openBySelf(effects)
}

// dropped ends the closing.
func (s State) dropped() (State, []Effect, error) {
	if !s.Closing {
		return s, nil, errStale
	}
	s.Closing, s.Left = false, ""
	if !s.Job.Ended {
		return s, nil, nil
	}
	return s.sealed(nil)
}

// lapsed forgets shares or consents that the others did not follow in time, and whoever is just doing so.
func (s State) lapsed(e Lapsed) (State, []Effect, error) {
	if e.Window != s.Windows || s.Given == (Members{}) && s.Consents == (Members{}) {
		return s, nil, errStale
	}
	effects := []Effect{WipeShares{}}
	if s.Job.Kind == messages.CeremonyShare || s.Job.Kind == messages.CeremonyRootToken {
		effects = append(effects, Cancel{s.Job.Number, messages.ErrExpired})
		s.Job = Job{}
	}
	s.Given, s.Consents = Members{}, Members{}
	return s.openBySelf(effects)
}
