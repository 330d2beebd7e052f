package seal

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// execute begins a ceremony, or refuses it.
func (o *owner) execute(c *actors.Context, m messages.ExecuteCeremony) {
	index, err := o.operator(m.Ceremony)
	if err == nil {
		from := origin{cause: m.Ceremony.Name(), by: m.By}
		p := &pending{ceremony: m.Ceremony, by: m.By, index: index, trace: m.Trace}
		o.pending[0] = p
		p.promise = actors.Defer(c, m)
		if err = o.tell(c, Asked{Kind: Kind(m.Ceremony.Name()), Fence: m.Fence, Operator: index}, from); err == nil {
			o.announceSeal(c, m)
			return
		}
		delete(o.pending, 0)
		if errors.Is(err, messages.ErrStateUnavailable) && o.trouble != nil {
			err = o.trouble // it was read, perhaps, and not believed
		}
		p.promise.Fail(err)
	} else {
		actors.Refuse(c, err)
	}
	m.Ceremony.Wipe()
	o.announceShare(c, m.Ceremony, index, err)
}

// operator finds whose credential comes with a ceremony: the place in the quorum, or -1, also for somebody who is not in
// it: that is found out when the credential is looked at.
func (o *owner) operator(m messages.Ceremony) (int, error) {
	var name string
	switch m := m.(type) {
	case messages.SubmitShare:
		name = m.Operator
	case messages.GenerateRootToken:
		if set := o.set(); set != nil && set.Quorum == nil {
			if m.Operator != "" {
				return -1, fmt.Errorf("%w: operator: the chamber has no operators", messages.ErrMalformed)
			}
			return -1, nil
		}
		if name = m.Operator; name == "" {
			return -1, fmt.Errorf("%w: operator: this needs the consent of operators: name one", messages.ErrMalformed)
		}
	default:
		return -1, nil
	}
	return o.set().Find(name), nil
}

// set is the one in force, or nil.
func (o *owner) set() *record.Set { return o.kept.last.stored.Record.Set }

// take takes what a job brings.
func (o *owner) take(c *actors.Context, r *result) {
	defer r.wipe()
	p := o.pending[r.number]
	from := byKMS()
	if p != nil {
		from = origin{cause: p.ceremony.Name(), by: p.by}
	}
	if !o.state.waitsFor(r.number) || o.stopped && o.state.Job.Kind == Automatic {
		return // it was broken off
	}
	if r.err != nil {
		o.failed(c, r, from)
		return
	}
	o.cancel(nil) // frees the timer
	if p != nil {
		p.outcome, r.outcome = r.outcome, messages.CeremonyOutcome{}
	}
	if r.now.version >= o.kept.last.version {
		o.kept.know(r.now)
	}
	o.arrived, o.trouble, o.opening = r, nil, nil
	if o.tell(c, Done{r.number, r.now.facts(), r.gained}, from) == nil {
		for _, e := range r.events {
			c.Publish(e)
		}
		if p != nil {
			o.announceShare(c, p.ceremony, p.index, nil)
		}
	}
	o.arrived = nil
}

// failed ends a job in vain.
func (o *owner) failed(c *actors.Context, r *result, from origin) {
	o.cancel(nil) // frees the timer
	switch o.state.Job.Kind {
	case Automatic, messages.CeremonyUnsealKMS:
		o.opening = r.err
	case messages.CeremonySeal, Recording:
		o.marking = r.err
	default: // whoever asked is told
	}
	if p := o.pending[r.number]; p != nil {
		p.err = r.err
		o.announceShare(c, p.ceremony, p.index, r.err)
	}
	if errors.Is(r.err, messages.ErrStateRefused) && !errors.Is(r.err, messages.ErrKMSRefused) {
		o.refuse(c, r.err)
	}
	_ = o.tell(c, Failed{r.number}, from) // it is waited for, and so not refused
}

// childEnded notices a job that crashed, which brings nothing. One that has ended in order has reported.
func (o *owner) childEnded(c *actors.Context, m actors.ChildEnded) {
	var number uint64
	if _, err := fmt.Sscanf(m.Name, combineClass+"-%d", &number); err == nil && m.Crashed {
		o.take(c, &result{number: number, err: fmt.Errorf("%w: %s", messages.ErrCrashed, m.Name)})
	}
}

// announceShare tells that an operator has submitted a share, and what became of it.
func (o *owner) announceShare(c *actors.Context, m messages.Ceremony, index int, err error) {
	share, ok := m.(messages.SubmitShare)
	if !ok {
		return
	}
	given := o.state.Given.Len()
	if o.state.Phase().Signs() && err == nil {
		given = o.state.Record.Threshold
	}
	c.Publish(messages.ShareSubmitted{Operator: printable(share.Operator), Index: index + 1, Given: given, Threshold: o.state.Record.Threshold, Err: err})
}

// printable cuts a name that somebody may have made up.
func printable(name string) string { return strings.ToValidUTF8(name[:min(len(name), 64)], "") }

// announceSeal tells that the chamber is being sealed because somebody asked for it.
func (o *owner) announceSeal(c *actors.Context, m messages.ExecuteCeremony) {
	if seal, ok := m.Ceremony.(messages.SealChamber); ok {
		o.kept.sealed = messages.Emergency{By: m.By, Reason: seal.Reason, At: time.Now().UTC().Truncate(time.Second)}
		c.Publish(messages.ChamberSealed{By: m.By, Reason: seal.Reason, Here: true})
	}
}

func byKMS() origin { return origin{cause: string(Automatic), by: "kms"} }
