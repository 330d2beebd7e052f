package seal

import (
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/seal/record"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

var _ messages.Key32 = (*secmem.Secret)(nil)

func (o *owner) challenge(c *actors.Context, m messages.GetChallenge) {
	challenge, err := o.kept.last.stored.Record.Challenge(m.Operator, m.Registering)
	if err != nil {
		actors.Refuse(c, err)
		return
	}
	actors.Answer(c, m, messages.Challenge{Bytes: challenge})
}

// sealedError says that there is no master key.
func (o *owner) sealedError() error {
	return fmt.Errorf("%w: there is no master key while the chamber is %s", messages.ErrSealed, o.state.Reported())
}

func (o *owner) deriveKey(c *actors.Context, m messages.GetDerivedKey) {
	if o.master == nil {
		actors.Refuse(c, o.sealedError())
		return
	}
	r := o.kept.last.stored.Record
	actors.Answer(c, m, messages.DerivedKey{Key: o.derived(m.Purpose), ChamberID: r.Chamber.String(), Generation: r.Generation})
}

func (o *owner) checkToken(c *actors.Context, m messages.CheckManagementToken) {
	r := o.kept.last.stored.Record
	var check func(text []byte) (string, error)
	switch {
	case o.master != nil:
		key := o.derived(messages.PurposeTokens)
		defer key.Wipe()
		check = func(text []byte) (string, error) { return r.CheckToken(key, text) }
	case m.ToSeal && r.Management != nil:
		check = r.CheckSealToken
	default:
		actors.Refuse(c, o.sealedError())
		return
	}
	var id string
	var err error
	m.Token.Use(func(text []byte) { id, err = check(text) })
	if err != nil {
		actors.Refuse(c, err)
		return
	}
	actors.Answer(c, m, messages.Manager{ID: id})
}

// status says how the chamber stands.
func (o *owner) status() messages.SealStatus {
	r, s := o.kept.last.stored.Record, o.state
	status := messages.SealStatus{
		State: s.Reported(), Since: o.since, Closing: s.Closing, Version: o.kept.last.version, Generation: r.Generation,
		Work: string(s.Job.Kind), Err: o.trouble, Emergency: o.emergency(),
	}
	if r.Set == nil {
		return status
	}
	status.ChamberID, status.Mode = r.Chamber.String(), setMode(r.Set)
	status.KMS = o.kmsStatus(r.Set)
	status.Quorum = quorumStatus(r.Set, s.Given)
	if r.Next != nil {
		status.Rotation = quorumStatus(r.Next, Members{})
	}
	if len(o.shares) > 0 {
		status.Quorum.Given, status.Quorum.Expires = s.Given.Len(), o.expires
	}
	status.RootToken = o.consents(r.Set)
	if r.Management != nil {
		status.ManagementToken = r.Management.ID
	}
	return status
}

func (o *owner) emergency() messages.Emergency {
	if !o.state.standing() {
		return messages.Emergency{}
	}
	e := o.kept.sealed // who it was stands in the record only if there was a key to authenticate it
	if e.Standing, e.Unrecorded = true, o.state.unrecorded(); e.Unrecorded {
		if e.Err = o.marking; e.Err == nil {
			e.Err = o.trouble // not even read, since a crash
		}
	}
	if noted := o.kept.last.stored.Record.Emergency; noted != nil {
		e.By, e.Reason, e.At = noted.By, noted.Reason, time.Unix(noted.At, 0).UTC()
	}
	return e
}

func (o *owner) kmsStatus(set *record.Set) messages.KMSStatus {
	status := messages.KMSStatus{References: referencesOf(set), Open: o.state.Held != Nothing}
	if set.KMS != nil {
		status.Threshold = set.KMS.Threshold
	}
	if !status.Open {
		status.Err, status.Attempts = o.opening, o.state.Tries
		if o.state.Job.Kind == "" && o.retryAt.After(time.Now()) {
			status.NextAttempt = o.retryAt
		}
	}
	return status
}

func quorumStatus(set *record.Set, given Members) messages.QuorumStatus {
	var status messages.QuorumStatus
	if set.Quorum == nil {
		return status
	}
	status.Threshold = set.Quorum.Threshold
	for i, operator := range set.Quorum.Operators {
		one := messages.OperatorStatus{Name: operator.Name, Registered: operator.Registered(), Given: given.Has(i)}
		if one.Registered {
			one.Credential = string(operator.Credential.Kind)
		}
		status.Operators = append(status.Operators, one)
	}
	return status
}

// consents says who has consented to a management token.
func (o *owner) consents(set *record.Set) messages.Progress {
	if set.Quorum == nil {
		return messages.Progress{}
	}
	p := messages.Progress{Threshold: set.Quorum.Threshold}
	for i, operator := range set.Quorum.Operators {
		if o.state.Consents.Has(i) {
			p.Operators, p.Expires = append(p.Operators, operator.Name), o.expires
		}
	}
	return p
}

// setMode is what opens a set.
func setMode(set *record.Set) messages.SealMode {
	switch {
	case set.Quorum == nil:
		return messages.ModeKMS
	case set.KMS == nil:
		return messages.ModeQuorum
	}
	return messages.ModeKMSQuorum
}
