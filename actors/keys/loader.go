package keys

import (
	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// child names the protocol of the loaders.
type child struct{}

const (
	scanClass   = "scan"
	loaderClass = "loader"
)

type (
	// load is one file to decrypt.
	load struct{ candidate directory.Candidate }
	// dismiss ends a loader.
	dismiss struct{}
	// loaded is the outcome of a load. pass tells the loaders of this loading from those of an earlier incarnation.
	loaded struct {
		pass   *loading
		loader int
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

// Abandon implements actors.Holder.
func (m load) Abandon(error) { m.candidate.Discard() }

// Told implements actors.Notice.
func (dismiss) Told(child) {}

// Told implements actors.Notice.
func (loaded) Told(messages.Keys) {}

// Abandon implements actors.Holder.
func (m loaded) Abandon(error) {
	if m.key != nil {
		m.key.Wipe()
	}
}

// Told implements actors.Notice.
func (scanned) Told(messages.Keys) {}

// Abandon implements actors.Holder.
func (m scanned) Abandon(error) { discard(m.listing.Candidates) }

func discard(candidates []directory.Candidate) {
	for _, c := range candidates {
		c.Discard()
	}
}

func (o *owner) scanSpec(c *actors.Context) actors.Spec {
	me, pass, scan := actors.Self[messages.Keys](c), o.loading, o.cfg.Scan
	return actors.Once(o.newName(scanClass), func(*actors.Context) { actors.Tell(me, scanned{pass, scan()}) })
}

func (o *owner) loaderSpec(c *actors.Context, name string, index int) actors.Spec {
	me, pass, open := actors.Self[messages.Keys](c), o.loading, o.cfg.Load
	return actors.Spec{
		Name: name,
		New: func() actors.Actor {
			return decrypter(func(c directory.Candidate) {
				key, err := open(c)
				actors.Tell(me, loaded{pass, index, key, err})
			})
		},
		Mailbox: 1, // takes notices only, one at a time
		Restart: actors.Restart{Temporary: true},
	}
}

// decrypter is a loader: it loads one candidate after the other.
type decrypter func(directory.Candidate)

// Receive implements actors.Actor.
func (d decrypter) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case load:
		d(m.candidate)
	case dismiss:
		c.Stop()
	}
}
