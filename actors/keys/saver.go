package keys

import "containment-chamber/actors"

// save tells who wants to know which keys were loaded. It is done by a child, because it may write a file: should that
// crash or take its time, nobody waits for it.
func (o *owner) save(c *actors.Context) {
	if o.cfg.Loaded == nil {
		return
	}
	loaded, publics := o.cfg.Loaded, o.kept.ring.PublicKeys()
	actors.Spawn[any](c, actors.Once(o.newName("saver"), func(*actors.Context) { loaded(publics) }))
}
