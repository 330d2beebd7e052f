package keys

import (
	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// child names the protocol of the children that touch files.
type child struct{}

const scanClass = "scan"

type (
	// load is one file to decrypt.
	load struct{ candidate directory.Candidate }
	// dismiss ends a loader.
	dismiss struct{}
	// loaded is the outcome of a load. pass tells the loaders of this loading from those of an earlier incarnation.
	loaded struct {
		pass   *loading
		loader string // its name
		key    *bls.SecretKey
		err    error
	}
	// scanned is the outcome of the scan.
	scanned struct {
		pass    *loading
		listing directory.Listing
	}
)

// Told implements actors.Notice.
func (load) Told(child) {}

// Told implements actors.Notice.
func (dismiss) Told(child) {}

// Told implements actors.Notice.
func (loaded) Told(messages.Keys) {}

// Told implements actors.Notice.
func (scanned) Told(messages.Keys) {}

func temporary(name string, receive func(*actors.Context, any)) actors.Spec {
	return actors.Spec{
		Name:    name,
		New:     func() actors.Actor { return reader(receive) },
		Mailbox: 1, // takes notices only, one at a time
		Restart: actors.Restart{Temporary: true},
	}
}

// reader is an actor without a state.
type reader func(*actors.Context, any)

// Receive implements actors.Actor.
func (r reader) Receive(c *actors.Context, message any) { r(c, message) }

func (o *owner) scanSpec(c *actors.Context) actors.Spec {
	me, pass, scan := actors.Self[messages.Keys](c), o.loading, o.cfg.Scan
	return temporary(o.newName(scanClass), func(c *actors.Context, message any) {
		if _, ok := message.(actors.Started); ok {
			actors.Tell(me, scanned{pass, scan()})
			c.Stop()
		}
	})
}

func (o *owner) loaderSpec(c *actors.Context, name string) actors.Spec {
	me, pass, open := actors.Self[messages.Keys](c), o.loading, o.cfg.Load
	return temporary(name, func(c *actors.Context, message any) {
		switch m := message.(type) {
		case load:
			key, err := open(m.candidate)
			actors.Tell(me, loaded{pass, name, key, err})
		case dismiss:
			c.Stop()
		}
	})
}
