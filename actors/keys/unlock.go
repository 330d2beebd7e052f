package keys

import (
	"errors"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/sealed"
	"containment-chamber/messages"
)

const (
	openerClass = "opener"
	// sealPatience is how long the seal may take to derive a key, and askAgain when it is asked once more.
	sealPatience = 5 * time.Second
	askAgain     = time.Second
)

var errOpenerCrashed = errors.New("the program crashed on this row; please report it")

// open begins to open what is closed, if the seal gives the key for it.
func (o *owner) open(c *actors.Context) {
	v := &o.vault
	if v.pass != nil {
		v.wanted = true
		return
	}
	rows := o.closed()
	if v.locked || len(rows) == 0 {
		v.opened = !v.locked
		return
	}
	p := newOpening(rows, v.opened)
	v.pass = p
	actors.Pipe(c, o.cfg.Sealed.Seal, messages.GetDerivedKey{Purpose: messages.PurposeValidatorKeys}, actors.Piped[messages.DerivedKey]{
		Within: sealPatience,
		Then:   func(c *actors.Context, under messages.DerivedKey, err error) { o.unlock(c, under, err) },
	})
}

// unlock takes the seal's answer.
func (o *owner) unlock(c *actors.Context, under messages.DerivedKey, err error) {
	p := o.vault.pass
	p.asking, p.under = false, under
	switch {
	case errors.Is(err, messages.ErrSealed):
		o.lock(c) // whatever is open must not be
	case err != nil:
		p.cancel()
		o.vault.retry.Stop()
		o.vault.retry = c.After(askAgain, o.open)
	}
	o.proceed(c)
}

// proceed gives rows to as many children as there may be, and ends the pass after the last.
func (o *owner) proceed(c *actors.Context) {
	p := o.vault.pass
	for !p.asking && len(p.waiting) > 0 && len(p.working) < o.cfg.Loaders {
		n := min(p.chunk, len(p.waiting))
		o.hireOpener(c, p.waiting[:n])
		p.waiting = p.waiting[n:]
	}
	if p.idle() {
		o.finishOpening(c)
	}
}

func (o *owner) hireOpener(c *actors.Context, rows []sealed.Row) {
	me, p, name := actors.Self[messages.Keys](c), o.vault.pass, o.newName(openerClass)
	p.working[name] = rows
	actors.Spawn[any](c, actors.Once(name, func(*actors.Context) { actors.Tell(me, p.open(name, rows)) }))
}

// takeOpened adds what a child has opened, unless it is not wanted any more.
func (o *owner) takeOpened(c *actors.Context, m opened) {
	p := o.vault.pass
	if m.pass != p {
		m.wipe() // it was begun by an incarnation that has crashed
		return
	}
	delete(p.working, m.child)
	if p.cancelled.Load() {
		m.wipe()
	} else {
		o.keepOpened(c, m)
	}
	o.proceed(c)
}

func (o *owner) keepOpened(c *actors.Context, m opened) {
	for public, r := range m.refused {
		o.refuse(c, public, r)
	}
	keys := make([]*bls.SecretKey, 0, len(m.keys))
	for _, key := range m.keys {
		if !o.kept.shelf.has(key.PublicKey()) {
			key.Wipe() // its row has gone meanwhile
			continue
		}
		keys = append(keys, key)
	}
	if len(keys) > 0 {
		ring, _ := o.vault.ring.With(keys...)
		o.vault.pass.added += len(keys)
		o.change(c, ring)
	}
}

func (o *owner) refuse(c *actors.Context, public messages.PublicKey, r refusal) {
	o.vault.refused[public] = r
	o.vault.pass.failed++
	c.Publish(messages.KeyLoadFailed{Failure: messages.KeyFailure{Source: o.cfg.Sealed.Source, Name: public.String(), Err: r.err}})
}

// openerCrashed has the rows opened again of a child that crashed, one by one from now on; one that crashes by itself is
// refused.
func (o *owner) openerCrashed(c *actors.Context, name string) {
	p := o.vault.pass
	if p == nil || p.working[name] == nil {
		return // of an incarnation that has crashed
	}
	rows := p.working[name]
	delete(p.working, name)
	switch {
	case p.cancelled.Load():
	case len(rows) == 1:
		o.refuse(c, rows[0].PublicKey, refusal{rows[0].Fingerprint(), errOpenerCrashed})
	default:
		p.chunk, p.waiting = 1, append(p.waiting, rows...)
	}
	o.proceed(c)
}

func (o *owner) finishOpening(c *actors.Context) {
	v, p := &o.vault, o.vault.pass
	v.pass = nil
	p.release()
	if !p.cancelled.Load() {
		v.opened = true
		o.assemble() // without what was refused
		c.Publish(messages.KeysLoaded{
			Source: o.cfg.Sealed.Source, Reload: p.refresh, Loaded: o.kept.served.Len() - o.kept.ring.Len(), Added: p.added,
			Failures: p.failed, Took: time.Since(p.began),
		})
	}
	o.acknowledge()
	if v.wanted {
		v.wanted = false
		o.open(c)
	}
}
