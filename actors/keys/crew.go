package keys

import (
	"errors"
	"fmt"
	"slices"
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
	l.loaders[index] = loader{ref: actors.Spawn[child](c, o.loaderSpec(c, name, index)), name: name}
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
		l.loaders[at].work = &next
		actors.Tell(l.loaders[at].ref, load{next})
	}
}

// childEnded goes on without a child that crashed. One that ended in order was told to, or has reported; its last message
// may still be on its way.
func (o *owner) childEnded(c *actors.Context, m actors.ChildEnded) {
	switch class := actors.Class(m.Name); {
	case !m.Crashed:
	case class == scanClass:
		o.scanCrashed(c)
	case class == listClass:
		o.shelve(c, listed{err: errListCrashed})
	case class == openerClass:
		o.openerCrashed(c, m.Name)
	case class == loaderClass:
		o.loaderCrashed(c, m.Name)
	}
}

// loaderCrashed replaces a loader; its file counts as failed.
func (o *owner) loaderCrashed(c *actors.Context, name string) {
	l := o.loading
	i := slices.IndexFunc(l.loaders, func(l loader) bool { return l.name == name })
	if i < 0 {
		return // its pass is over
	}
	if l.loaders[i].work != nil {
		o.loadFailed(c, l.done(i), errLoaderCrashed)
	}
	o.hire(c, i)
	o.finish(c)
}

// scanCrashed starts over with all that it has when it began with nothing, by way of the supervisor. A reload is only
// given up: there is a ring to go on with.
func (o *owner) scanCrashed(c *actors.Context) {
	if !o.loading.reload {
		panic("keys: the scan crashed")
	}
	l := o.loading
	l.listedAt, l.crashed, l.failures = time.Now(), true, nil
	o.failed(c, messages.KeyFailure{Source: directory.Source, Name: "all files", Err: errScanCrashed})
	o.finish(c)
}
