package seal

import (
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// askAgain has the record read at once after a crash: an incarnation follows only what it was offered itself. The first
// one is offered what control reads at its own start; it is not there yet.
func (o *owner) askAgain(c *actors.Context) {
	if o.kept.lived {
		actors.Pipe(c, o.cfg.Control, messages.RefreshControl{}, actors.Piped[messages.RefreshBegun]{
			Then: func(*actors.Context, messages.RefreshBegun, error) {}, // at the latest, it is offered after the interval
		})
	}
	o.kept.lived = true
}

// look takes what was read of the signer state: this or another process has written it.
func (o *owner) look(c *actors.Context, m messages.TakeSnapshot[messages.Seal]) {
	if m.Err != nil {
		o.trouble = m.Err
		actors.Answer(c, m, messages.SnapshotTaken{})
		return
	}
	if err := o.believe(c, m.Snapshot); err != nil {
		o.refuse(c, err)
		actors.Refuse(c, err)
		return
	}
	o.trouble = nil
	actors.Answer(c, m, messages.SnapshotTaken{})
}

// believe checks a record as far as that can be done, and follows it.
func (o *owner) believe(c *actors.Context, s messages.Snapshot) error {
	if s.Version < o.kept.last.version && !s.Began.After(o.kept.learnt) {
		return nil // it was read before what a job has written meanwhile
	}
	next, err := o.kept.last.follow(s.Version, s.Body)
	if err != nil {
		return err
	}
	if o.master != nil {
		key := o.derived(messages.PurposeSignerState)
		defer key.Wipe()
		if err := next.stored.Authentic(key); err != nil {
			return err
		}
	}
	wasMarked := o.state.standing()
	before, learnt := o.kept.last, o.kept.learnt
	o.kept.know(next)
	from := origin{cause: "signer state"}
	if before.version > 0 {
		from.by = "another replica"
	}
	if err := o.tell(c, Seen{next.facts()}, from); err != nil {
		o.kept.last, o.kept.learnt = before, learnt // it will be offered again
		return nil
	}
	if e := next.stored.Record.Emergency; o.state.Record.Marked && !wasMarked && before.version > 0 {
		sealed := messages.ChamberSealed{}
		if e != nil {
			sealed.By, sealed.Reason = e.By, e.Reason
		}
		c.Publish(sealed)
	}
	return nil
}

// know makes a snapshot the highest that was seen.
func (k *kept) know(s snapshot) {
	if s.version > k.last.version {
		k.learnt = time.Now()
	}
	k.last = s
}

// refuse notes what is wrong with the signer state, and tells it once.
func (o *owner) refuse(c *actors.Context, err error) {
	if o.trouble == nil || o.trouble.Error() != err.Error() {
		c.Publish(messages.SealRecordRefused{Err: err})
	}
	o.trouble = err
}
