package seal

import (
	"context"
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

const (
	lookClass = "look"
	// lookWithin bounds one look at the store, lookAgain is the pause after one that failed where there is no other.
	lookWithin = 10 * time.Second
	lookAgain  = time.Second
	// component is what refreshes of the seal record are called.
	component = "seal"
)

// looked is what the store holds.
type looked struct {
	began   uint64 // the version that was known when it was asked
	version uint64
	body    []byte
	err     error
}

// Told implements actors.Notice.
func (looked) Told(messages.Seal) {}

// look reads the record in a child, and then again and again.
func (o *owner) look(c *actors.Context) {
	if o.cfg.Refresh > 0 {
		c.After(o.cfg.Refresh, o.look)
	}
	if o.looking {
		return // the last one takes its time
	}
	o.looking = true
	o.kept.looks++
	me, store, began := actors.Self[messages.Seal](c), o.cfg.Store, o.kept.last.version
	actors.Spawn[combiner](c, actors.Spec{
		Name:    fmt.Sprintf("%s-%02d", lookClass, o.kept.looks),
		Mailbox: 1, // nobody says anything to it
		Turn:    lookWithin,
		Restart: actors.Restart{Temporary: true},
		New: func() actors.Actor {
			return once(func(*actors.Context) {
				ctx, cancel := context.WithTimeout(context.Background(), lookWithin)
				defer cancel()
				version, body, err := store.Read(ctx)
				actors.Tell(me, looked{began, version, body, err})
			})
		},
	})
}

// lookLater looks again where there is no regular look to come.
func (o *owner) lookLater(c *actors.Context) {
	if !o.state.Known && o.cfg.Refresh <= 0 {
		c.After(lookAgain, o.look)
	}
}

// follow takes what was read: this or another process has written it.
func (o *owner) follow(c *actors.Context, m looked) {
	o.looking = false
	err := m.err
	if err == nil {
		err = o.believe(c, m)
	}
	c.Publish(messages.ControlRefreshed{Component: component, Err: err, At: time.Now()})
	switch {
	case err == nil:
		o.trouble = nil
	case m.err == nil:
		o.refuse(c, err)
	default:
		o.trouble = err
	}
	o.lookLater(c)
}

// believe checks a record as far as that can be done, and follows it.
func (o *owner) believe(c *actors.Context, m looked) error {
	if m.version < o.kept.last.version && m.version >= m.began {
		return nil // it was read before what a job has written meanwhile
	}
	next, err := o.kept.last.follow(m.version, m.body)
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
	before := o.kept.last
	o.kept.last = next
	from := origin{cause: "signer state"}
	if before.version > 0 {
		from.by = "another replica"
	}
	if err := o.tell(c, Seen{next.facts()}, from); err != nil {
		o.kept.last = before // it will be seen again
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

// refuse notes what is wrong with the signer state, and tells it once.
func (o *owner) refuse(c *actors.Context, err error) {
	if o.trouble == nil || o.trouble.Error() != err.Error() {
		c.Publish(messages.SealRecordRefused{Err: err})
	}
	o.trouble = err
}
