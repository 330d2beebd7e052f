package http

import (
	"time"

	"containment-chamber/messages"
)

// chamberStatus is the status as it is written.
type chamberStatus struct {
	Detail          string             `json:"detail"`
	Version         string             `json:"version"`
	State           messages.SealState `json:"state"`
	Since           time.Time          `json:"since,omitzero"`
	Closing         bool               `json:"closing"`
	Mode            messages.SealMode  `json:"mode"`
	Work            string             `json:"work,omitempty"`
	Trouble         string             `json:"trouble,omitempty"`
	ChamberID       string             `json:"chamber_id,omitempty"`
	RecordVersion   uint64             `json:"record_version,omitempty"`
	Generation      uint64             `json:"generation,omitempty"`
	KMS             kmsStatus          `json:"kms"`
	Quorum          quorumStatus       `json:"quorum"`
	Rotation        *quorumStatus      `json:"rotation,omitempty"`
	Emergency       *emergency         `json:"emergency,omitempty"`
	RootToken       *consents          `json:"root_token,omitempty"`
	ManagementToken string             `json:"management_token,omitempty"`
	Guard           guardStatus        `json:"guard"`
	Keys            map[string]int     `json:"keys,omitempty"`
	Warnings        []string           `json:"warnings,omitempty"`
}

type kmsStatus struct {
	References  []string  `json:"references,omitempty"`
	Threshold   int       `json:"threshold"`
	Open        bool      `json:"open"`
	Error       string    `json:"error,omitempty"`
	Attempts    int       `json:"attempts,omitempty"`
	NextAttempt time.Time `json:"next_attempt,omitzero"`
}

type quorumStatus struct {
	Operators []operatorStatus `json:"operators"`
	Threshold int              `json:"threshold"`
	Given     int              `json:"given"`
	Expires   time.Time        `json:"expires,omitzero"`
}

type operatorStatus struct {
	Name       string `json:"name"`
	Registered bool   `json:"registered"`
	Credential string `json:"credential,omitempty"`
	Given      bool   `json:"given"`
}

type emergency struct {
	By         string    `json:"by"`
	Reason     string    `json:"reason"`
	At         time.Time `json:"at"`
	Unrecorded bool      `json:"unrecorded"`
	Error      string    `json:"error,omitempty"`
}

type consents struct {
	Operators []string  `json:"operators"`
	Threshold int       `json:"threshold"`
	Expires   time.Time `json:"expires,omitzero"`
}

type guardStatus struct {
	Held        bool                  `json:"held"`
	Ceremony    string                `json:"ceremony,omitempty"`
	By          string                `json:"by,omitempty"`
	Since       time.Time             `json:"since,omitzero"`
	HeldSeconds int                   `json:"held_seconds,omitempty"`
	BreaksAt    time.Time             `json:"breaks_at,omitzero"`
	Stuck       bool                  `json:"stuck"`
	Finding     messages.StuckFinding `json:"finding,omitempty"`
	Error       string                `json:"error,omitempty"`
}

// bodyOf writes all of a status down.
func bodyOf(s messages.SealStatus) chamberStatus {
	body := chamberStatus{
		Detail: detailFull, State: s.State, Since: when(s.Since), Closing: s.Closing, Mode: s.Mode, Work: s.Work, Trouble: textOf(s.Err),
		ChamberID: s.ChamberID, RecordVersion: s.Version, Generation: s.Generation, ManagementToken: s.ManagementToken,
		KMS: kmsStatus{
			s.KMS.References, s.KMS.Threshold, s.KMS.Open, textOf(s.KMS.Err), s.KMS.Attempts, when(s.KMS.NextAttempt),
		},
		Quorum: quorumOf(s.Quorum),
	}
	if len(s.Rotation.Operators) > 0 {
		rotation := quorumOf(s.Rotation)
		body.Rotation = &rotation
	}
	if e := s.Emergency; e.Standing {
		body.Emergency = &emergency{e.By, e.Reason, when(e.At), e.Unrecorded, textOf(e.Err)}
	}
	if len(s.RootToken.Operators) > 0 {
		c := consentsOf(s.RootToken)
		body.RootToken = &c
	}
	return body
}

// forLocal leaves out what somebody who is only on the same machine need not know to decide what to do next.
func (c chamberStatus) forLocal() chamberStatus {
	c.Detail, c.ChamberID, c.RootToken, c.ManagementToken, c.Keys = detailLocal, "", nil, "", nil
	c.KMS.References, c.Guard.By = nil, ""
	return c
}

// brief leaves out whatever names somebody or something, for somebody who has proved nothing, and is told besides a
// refusal that says in which state the chamber is.
func (c chamberStatus) brief() chamberStatus {
	b := chamberStatus{Detail: detailBrief, Version: c.Version, State: c.State, Since: c.Since, Closing: c.Closing, Mode: c.Mode, Work: c.Work}
	b.KMS.Threshold, b.KMS.Open = c.KMS.Threshold, c.KMS.Open
	b.Quorum = quorumStatus{[]operatorStatus{}, c.Quorum.Threshold, c.Quorum.Given, c.Quorum.Expires}
	b.Guard, b.Guard.By = c.Guard, ""
	return b
}

func quorumOf(q messages.QuorumStatus) quorumStatus {
	body := quorumStatus{[]operatorStatus{}, q.Threshold, q.Given, when(q.Expires)}
	for _, o := range q.Operators {
		body.Operators = append(body.Operators, operatorStatus(o))
	}
	return body
}

func consentsOf(p messages.Progress) consents {
	return consents{append([]string{}, p.Operators...), p.Threshold, when(p.Expires)}
}

// guardOf says whether a ceremony is under way. A guard that does not answer is worse than a ceremony that takes its time.
func guardOf(g messages.GuardWatch) guardStatus {
	h := g.Holder
	body := guardStatus{
		Held: h.Held, Ceremony: h.Ceremony, By: h.By, Since: when(h.Since), HeldSeconds: int(g.HeldFor / time.Second), BreaksAt: when(g.BreakAt),
		Stuck: g.Overdue || g.Unresponsive,
	}
	switch {
	case g.Unresponsive:
		body.Finding = messages.StuckUnresponsive
	case g.Overdue:
		body.Finding = messages.StuckHeld
	}
	return body
}

// when is a time to the second, in UTC. The zero time stays zero.
func when(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// textOf is the text of an error for those who may see all of it.
func textOf(err error) string {
	if err == nil {
		return ""
	}
	return cut(err.Error())
}
