package keys

import (
	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/sealed"
	"containment-chamber/messages"
)

// vault is what one incarnation has of the keys under the master key.
type vault struct {
	ring    *bls.Ring    // the open ones
	pass    *opening     // nil while nothing is being opened
	wanted  bool         // something else is to be opened when it has ended
	retry   actors.Timer // asks the seal again
	refused map[messages.PublicKey]refusal
	// locked says that there is no master key, as far as is known; opened, that all was opened that could be, so that what
	// comes now is new.
	locked, opened bool
	dropping       []actors.Promise[messages.SecretsDropped]

	listing, listAgain bool
	trouble            error // with the store
}

// refusal is a row that gives no key.
type refusal struct {
	fingerprint [32]byte
	err         error
}

func newVault() vault { return vault{ring: bls.NewRing(), refused: map[messages.PublicKey]refusal{}} }

// end wipes everything, however the end has come.
func (v *vault) end() {
	if v.pass != nil {
		v.pass.cancel()
		v.pass.release()
	}
	v.ring.Each((*bls.SecretKey).Seal)
	v.ring = bls.NewRing()
}

// failures names all rows that give no key.
func (v *vault) failures(s shelf, source string) []messages.KeyFailure {
	all := append([]messages.KeyFailure(nil), s.damaged...)
	for _, row := range s.rows {
		if r, ok := v.refused[row.PublicKey]; ok {
			all = append(all, messages.KeyFailure{Source: source, Name: row.PublicKey.String(), Err: r.err})
		}
	}
	if v.trouble != nil {
		all = append(all, messages.KeyFailure{Source: source, Name: "all rows", Err: v.trouble})
	}
	return all
}

// setFiles replaces the files' part of the ring.
func (o *owner) setFiles(ring *bls.Ring) {
	o.kept.ring = ring
	o.assemble()
}

// assemble puts the ring together that is handed out.
func (o *owner) assemble() {
	o.kept.served = o.kept.ring
	if o.cfg.Sealed.Store != nil {
		o.kept.served = o.kept.ring.Union(o.vault.ring).WithSealed(o.locked())
	}
}

// locked lists the keys that are known and not open now.
func (o *owner) locked() []messages.PublicKey {
	var all []messages.PublicKey
	for _, row := range o.closed() {
		if _, ok := o.kept.ring.Key(row.PublicKey); !ok {
			all = append(all, row.PublicKey)
		}
	}
	return all
}

// closed lists the rows that are to be opened. One that was refused is tried again when it is another.
func (o *owner) closed() []sealed.Row {
	var all []sealed.Row
	for _, row := range o.kept.shelf.rows {
		_, open := o.vault.ring.Key(row.PublicKey)
		r, refused := o.vault.refused[row.PublicKey]
		if !open && (!refused || r.fingerprint != row.Fingerprint()) {
			all = append(all, row)
		}
	}
	return all
}

// change replaces the open keys, and announces it.
func (o *owner) change(c *actors.Context, ring *bls.Ring) {
	before := o.kept.served.Len()
	o.vault.ring = ring
	o.assemble()
	now := o.kept.served.Len()
	c.Publish(messages.KeysChanged{
		Source: o.cfg.Sealed.Source, Added: max(0, now-before), Removed: max(0, before-now), Total: now - o.kept.ring.Len(),
	})
}

// keepOnly takes the keys out of the ring that no row gives any more. As those of files, they are wiped when the last
// signature under way has let go of them.
func (o *owner) keepOnly(c *actors.Context, rows []sealed.Row) {
	given := map[messages.PublicKey]bool{}
	for _, row := range rows {
		given[row.PublicKey] = true
	}
	ring, left := o.vault.ring.Only(func(k messages.PublicKey) bool { return given[k] })
	if left > 0 {
		o.change(c, ring)
		return
	}
	o.assemble() // others may be known now
}
