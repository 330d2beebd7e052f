package keys

import "containment-chamber/actors"

// save tells who wants to know which keys were loaded. It is done by a child, because it may write a file: should that
// crash or take its time, nobody waits for it.
func (o *owner) save(c *actors.Context) {
	if o.cfg.Loaded == nil {
		return
	}
	loaded, publics := o.cfg.Loaded, o.kept.ring.PublicKeys()
	actors.Spawn[child](c, temporary(o.newName("saver"), func(c *actors.Context, message any) {
		if _, ok := message.(actors.Started); ok {
			loaded(publics)
			c.Stop()
		}
	}))
}
