package keys

import (
	"errors"
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

var (
	errLoaderCrashed = errors.New("the program crashed on this file; please report it")
	errScanCrashed   = errors.New("the program crashed while it listed the files; please report it")
)

// hire makes the loader with this index, and gives it work.
func (o *owner) hire(c *actors.Context, index int) {
	l := o.loading
	if index == len(l.loaders) {
		l.loaders = append(l.loaders, loader{})
	}
	name := o.newName(loaderClass)
	l.loaders[index] = loader{ref: actors.Spawn[child](c, o.loaderSpec(c, name)), name: name}
	o.feed(index)
}

func (o *owner) newName(class string) string {
	o.children++
	return fmt.Sprintf("%s-%02d", class, o.children)
}

// feed gives a loader the next file, if the memory that it takes is free. Whoever finishes later feeds the others.
func (o *owner) feed(index int) {
	l := o.loading
	for i := range l.loaders {
		at := (index + i) % len(l.loaders)
		if len(l.waiting) == 0 {
			return
		}
		next, used := l.waiting[0], l.memory()
		if l.loaders[at].work != nil || used > 0 && used+next.Memory > o.cfg.Memory {
			continue
		}
		l.waiting = l.waiting[1:]
		l.loaders[at].work, l.loaders[at].since = &next, time.Now()
		actors.Tell(l.loaders[at].ref, load{next})
	}
}

// childEnded goes on without a child that crashed. One that ended in order was told to, or has reported; its last message
// may still be on its way.
func (o *owner) childEnded(c *actors.Context, m actors.ChildEnded) {
	switch class := actors.Class(m.Name); {
	case !m.Crashed:
	case class == scanClass:
		o.scanFailed(c, errScanCrashed)
	case class == listClass:
		o.shelve(c, listed{err: errListCrashed})
	case class == openerClass:
		o.openerCrashed(c, m.Name)
	case class == loaderClass:
		o.loaderCrashed(c, m.Name)
	}
}

// loaderCrashed goes on without a loader, unless its pass is over.
func (o *owner) loaderCrashed(c *actors.Context, name string) {
	if i := o.loading.holder(name); i >= 0 {
		o.replace(c, i, errLoaderCrashed)
		o.finish(c)
	}
}

// replace hires another loader in the place of one that is lost; its file counts as failed.
func (o *owner) replace(c *actors.Context, index int, why error) {
	if o.loading.loaders[index].work != nil {
		o.loadFailed(c, o.loading.done(index), why)
	}
	o.hire(c, index)
}

// scanFailed starts over with all that it has when it began with nothing, by way of the supervisor. A reload is only
// given up: there is a ring to go on with.
func (o *owner) scanFailed(c *actors.Context, why error) {
	if !o.loading.reload {
		panic("keys: the scan failed")
	}
	l := o.loading
	l.listedAt, l.crashed, l.failures = time.Now(), true, nil
	o.failed(c, messages.KeyFailure{Source: directory.Source, Name: "all files", Err: why})
	o.finish(c)
}
