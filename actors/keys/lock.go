package keys

import (
	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// sealClass is the actor that owns the master key.
const sealClass = "seal"

// concernsVault picks what says whether there is a master key. One that has crashed has lost it.
func concernsVault(e messages.Event) bool {
	switch e := e.(type) {
	case messages.SealChanged:
		return e.From.Signs() != e.To.Signs() || !e.To.Signs()
	case messages.ActorRestarted:
		return e.Actor == sealClass
	}
	return false
}

// followSeal opens the keys when the chamber comes into a state that signs, and wipes them in all other cases. When it is
// sealed in order, they are wiped already.
func (o *owner) followSeal(c *actors.Context, e messages.Event) {
	if changed, ok := e.(messages.SealChanged); ok && changed.To.Signs() {
		o.vault.locked, o.vault.opened = false, false
		o.refresh(c)
		return
	}
	o.lock(c)
}

// lock wipes all keys under the master key, and hands out a ring without them.
func (o *owner) lock(c *actors.Context) {
	v := &o.vault
	v.locked, v.opened = true, false
	if v.pass != nil {
		v.pass.cancel()
	}
	v.ring.Each((*bls.SecretKey).Seal)
	clear(v.refused)
	if v.ring.Len() > 0 {
		o.change(c, bls.NewRing())
		return
	}
	o.assemble()
}

// drop wipes all keys under the master key, and answers when none is being opened any more either.
func (o *owner) drop(c *actors.Context, m messages.DropSecrets[messages.Keys]) {
	o.vault.dropping = append(o.vault.dropping, actors.Defer(c, m))
	o.lock(c)
	o.acknowledge()
}

// acknowledge answers who has asked to drop everything, when everything is.
func (o *owner) acknowledge() {
	if o.vault.pass != nil {
		return
	}
	for _, p := range o.vault.dropping {
		p.Resolve(messages.SecretsDropped{})
	}
	o.vault.dropping = nil
}
