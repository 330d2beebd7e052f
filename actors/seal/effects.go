package seal

import (
	"context"
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/seal/record"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// markWithin bounds one attempt to record a seal.
const markWithin = 10 * time.Second

// perform does what the machine says.
func (o *owner) perform(c *actors.Context, effect Effect) {
	switch e := effect.(type) {
	case Begin:
		o.begin(c, e.Job)
	case Cancel:
		o.cancelJob(e)
	case Settle:
		o.settle(e.Number)
	case KeepMaster:
		o.wipeMaster()
		o.master, o.arrived.master = o.arrived.master, nil
	case KeepOuter:
		o.inner = o.arrived.inner
	case KeepShare:
		o.shares[e.Operator], o.arrived.share = o.arrived.share, nil
	case WipeMaster:
		o.wipeMaster()
	case WipeOuter:
		o.inner = nil
	case WipeShares:
		o.wipeShares()
	case DropKeys:
		o.dropKeys(c)
	case AwaitOthers:
		o.awaitOthers(c, e.Window)
	case Retry:
		o.retryLater(c, e)
	case MarkLater:
		o.markLater(c, e)
	}
}

// begin begins a job. Its ceremony, if it has one, was noted by whoever told the machine.
func (o *owner) begin(c *actors.Context, job Job) {
	ord := &order{job: job, known: o.kept.last, inner: o.inner}
	if p := o.pending[0]; p != nil { // it had no number yet
		delete(o.pending, 0)
		o.pending[job.Number] = p
		ord.by, ord.ceremony, ord.trace = p.by, p.ceremony, p.trace
	}
	for _, share := range o.shares {
		ord.shares = append(ord.shares, append([]byte(nil), share...))
	}
	if o.master != nil {
		ord.master = o.master
		ord.stateKey, ord.tokenKey = o.derived(messages.PurposeSignerState), o.derived(messages.PurposeTokens)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	within := o.cfg.WorkTimeout
	if job.Kind == Recording {
		within = min(within, markWithin) // others wait for it
	}
	ctx, release := context.WithTimeoutCause(ctx, within, fmt.Errorf("%w: it took longer than %v", messages.ErrExpired, within))
	o.cancel = func(why error) { cancel(why); release() }
	actors.Spawn[any](c, o.combineSpec(ctx, c, ord))
}

// cancelJob breaks a job off. The child ends when it notices; what it brings is not waited for.
func (o *owner) cancelJob(e Cancel) {
	o.cancel(e.Why)
	if p := o.pending[e.Number]; p != nil {
		p.err = e.Why
	}
	o.settle(e.Number)
}

// settle answers whoever waits for a job.
func (o *owner) settle(number uint64) {
	p := o.pending[number]
	if p == nil {
		return // nobody has asked for the automatic opening
	}
	delete(o.pending, number)
	if p.err != nil {
		p.outcome.Wipe()
		p.promise.Fail(p.err)
		return
	}
	p.outcome.Status = o.status()
	p.promise.Resolve(p.outcome)
}

func (o *owner) wipeMaster() {
	if o.master != nil {
		o.master.Wipe()
		o.master = nil
	}
}

func (o *owner) wipeShares() {
	for _, share := range o.shares {
		clear(share)
	}
	clear(o.shares)
	o.expires = time.Time{}
}

func (o *owner) awaitOthers(c *actors.Context, window uint64) {
	o.expires = time.Now().Add(o.cfg.ShareWindow)
	c.After(o.cfg.ShareWindow, func(c *actors.Context) {
		given := o.state.Given.Len()
		if o.tell(c, Lapsed{window}, origin{cause: "time is over"}) == nil && given > 0 {
			c.Publish(messages.SharesForgotten{Given: given})
		}
	})
}

func (o *owner) retryLater(c *actors.Context, e Retry) {
	o.retryAt = time.Now().Add(e.After)
	c.Publish(messages.KMSOpenFailed{Err: o.opening, After: e.After})
	c.After(e.After, func(c *actors.Context) { _ = o.tell(c, Due{e.Tries}, byKMS()) }) // a refusal: it is open by now, or sealed
}

func (o *owner) markLater(c *actors.Context, e MarkLater) {
	c.Publish(messages.SealUnrecorded{Err: o.marking, After: e.After})
	c.After(e.After, func(c *actors.Context) { _ = o.tell(c, MarkDue{e.Marks}, origin{}) }) // a refusal: it is on record by now, or lifted
}

// derived makes a key for a purpose, which is the caller's to wipe.
func (o *owner) derived(purpose messages.KeyPurpose) *secmem.Secret {
	key, err := o.arena.New()
	if err != nil {
		panic("seal: no memory for secrets")
	}
	record.Derive(o.kept.last.stored.Record.Chamber, o.master, key, purpose)
	return key
}
