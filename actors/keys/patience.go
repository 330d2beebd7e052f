package keys

import (
	"errors"
	"time"

	"containment-chamber/actors"
)

const (
	// patience is how long the scan, or one file, may take: as long as Web3Signer gives a whole reload. Only a file system
	// that hangs takes longer.
	patience = 30 * time.Minute
	// patrolEvery is how often somebody looks after what takes too long.
	patrolEvery = time.Minute
)

var (
	errFileHangs = errors.New("not read within 30 minutes: does the file system hang? Reload when it is back")
	errScanHangs = errors.New("not listed within 30 minutes: does the file system hang? Reload when it is back")
)

// patrol gives up what takes too long, for as long as this loading is under way. What hangs cannot be ended: it is left
// behind, and nobody takes what it may still have to say.
func (o *owner) patrol(c *actors.Context, l *loading) {
	c.After(patrolEvery, func(c *actors.Context) {
		if l != o.loading || l.finished || o.stopped {
			return
		}
		o.giveUp(c)
		o.patrol(c, l)
	})
}

func (o *owner) giveUp(c *actors.Context) {
	l := o.loading
	if l.listedAt.IsZero() {
		if time.Since(l.start) >= patience {
			o.scanFailed(c, errScanHangs)
		}
		return
	}
	for i := range l.loaders {
		if hung := l.loaders[i]; hung.work != nil && time.Since(hung.since) >= patience {
			actors.Tell(hung.ref, dismiss{})
			o.replace(c, i, errFileHangs)
		}
	}
	o.finish(c)
}
