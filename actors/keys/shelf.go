package keys

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/keys/sealed"
	"containment-chamber/messages"
)

// Sealed says where keys under the master key are. Without a Store there are none.
type Sealed struct {
	// Source is what metrics and events call the store.
	Source string
	Store  sealed.Store
	Seal   actors.Ref[messages.Seal]
	// Refresh is how often the store is asked whether it has changed; 0 is only at a reload and when the chamber is opened.
	Refresh time.Duration
}

// shelf is what the store holds, as it was last seen. That is known whether the chamber is sealed or not, and survives a
// crash.
type shelf struct {
	listed   bool // the store has answered, or failed to
	revision uint64
	rows     []sealed.Row // the active ones, in ascending order of their public keys
	damaged  []messages.KeyFailure
	told     map[messages.PublicKey]bool // that a file gives the key as well
}

// has reports whether a row gives the key.
func (s shelf) has(public messages.PublicKey) bool {
	_, found := slices.BinarySearchFunc(s.rows, public, func(r sealed.Row, k messages.PublicKey) int {
		return bytes.Compare(r.PublicKey[:], k[:])
	})
	return found
}

const listClass = "list"

// listWithin bounds one look at the store.
const listWithin = 10 * time.Second

var errListCrashed = errors.New("the program crashed while it listed the rows; please report it")

// listed is what the store has answered.
type listed struct {
	listing sealed.Listing
	err     error
}

// Told implements actors.Notice.
func (listed) Told(messages.Keys) {}

// watch follows the store and the seal.
func (o *owner) watch(c *actors.Context) {
	if o.cfg.Sealed.Store == nil {
		return
	}
	c.Subscribe(concernsVault, o.followSeal)
	o.refresh(c)
	if o.cfg.Sealed.Refresh > 0 {
		c.Every(o.cfg.Sealed.Refresh, o.refresh)
	}
}

// refresh asks the store, in a child, whether it has changed. There is one such child at a time.
func (o *owner) refresh(c *actors.Context) {
	if o.cfg.Sealed.Store == nil || o.stopped {
		return
	}
	if o.vault.listing {
		o.vault.listAgain = true
		return
	}
	o.vault.listing = true
	me, store, known := actors.Self[messages.Keys](c), o.cfg.Sealed.Store, o.kept.shelf.revision
	actors.Spawn[any](c, actors.Once(o.newName(listClass), func(*actors.Context) {
		ctx, cancel := context.WithTimeout(context.Background(), listWithin)
		defer cancel()
		listing, err := store.List(ctx, known)
		actors.Tell(me, listed{listing, err})
	}))
}

// shelve takes what the store has answered, and has opened what is new.
func (o *owner) shelve(c *actors.Context, m listed) {
	o.vault.listing = false
	if m.err != nil {
		o.listFailed(c, m.err)
	} else {
		o.vault.trouble = nil
		if m.listing.Revision != o.kept.shelf.revision {
			o.adopt(c, m.listing)
		}
	}
	o.kept.shelf.listed = true
	o.answer(c)
	o.open(c)
	if o.vault.listAgain {
		o.vault.listAgain = false
		o.refresh(c)
	}
}

// listFailed tells of a store that does not answer: once, until it does.
func (o *owner) listFailed(c *actors.Context, err error) {
	if o.vault.trouble == nil {
		c.Publish(messages.KeyLoadFailed{Failure: messages.KeyFailure{Source: o.cfg.Sealed.Source, Name: "all rows", Err: err}})
	}
	o.vault.trouble = err
}

// adopt replaces what was known by what the store holds now. A key whose row is gone, or not active any more, goes at once.
func (o *owner) adopt(c *actors.Context, l sealed.Listing) {
	s := &o.kept.shelf
	event := messages.SealedKeysListed{Source: o.cfg.Sealed.Source}
	rows := make([]sealed.Row, 0, len(l.Rows))
	for _, row := range l.Rows {
		if row.Canary {
			event.Canaries = append(event.Canaries, row.PublicKey)
		}
		if row.Status == sealed.Active {
			rows = append(rows, row)
		}
	}
	event.Active, event.Inactive = len(rows), len(l.Rows)-len(rows)
	for _, f := range l.Damaged {
		if !slices.ContainsFunc(s.damaged, func(g messages.KeyFailure) bool { return f.Name == g.Name }) {
			c.Publish(messages.KeyLoadFailed{Failure: f})
		}
	}
	s.revision, s.rows, s.damaged = l.Revision, rows, l.Damaged
	c.Publish(event)
	o.keepOnly(c, rows)
	o.tellDoubles(c)
}

// tellDoubles says, once for each, which keys a file gives as well.
func (o *owner) tellDoubles(c *actors.Context) {
	for _, row := range o.kept.shelf.rows {
		_, double := o.kept.ring.Key(row.PublicKey)
		if double && !o.kept.shelf.told[row.PublicKey] {
			o.kept.shelf.told[row.PublicKey] = true
			c.Publish(messages.KeyGivenTwice{Key: row.PublicKey, Source: o.cfg.Sealed.Source, Used: directory.Source})
		}
	}
}
