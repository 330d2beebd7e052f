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
	name := o.newName("loader")
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

// childEnded replaces a loader that crashed; its file counts as failed.
func (o *owner) childEnded(c *actors.Context, m actors.ChildEnded) {
	switch {
	case !m.Crashed:
		return // as it was told to; its last message may still be on its way
	case actors.Class(m.Name) == scanClass:
		o.scanCrashed(c)
		return
	case actors.Class(m.Name) == listClass:
		o.shelve(c, listed{err: errListCrashed})
		return
	case actors.Class(m.Name) == openerClass:
		o.openerCrashed(c, m.Name)
		return
	}
	l := o.loading
	for i := range l.loaders {
		if l.loaders[i].name != m.Name {
			continue
		}
		if l.loaders[i].work != nil {
			o.loadFailed(c, l.done(i), errLoaderCrashed)
		}
		o.hire(c, i)
	}
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
