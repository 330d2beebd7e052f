package keys

import (
	"errors"
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// loading is the progress of one pass over the sources.
type loading struct {
	start      time.Time
	found      int
	waiting    []directory.Candidate
	loaders    []loader
	hired      int              // loaders ever made: their names are never used twice
	fresh      []*bls.SecretKey // decrypted, not in the ring yet
	files      []string         // where they came from
	failures   []messages.KeyFailure
	duplicates int
	finished   bool
}

// loader is the owner's view of one child that decrypts.
type loader struct {
	ref  actors.Ref[child]
	name string               // of the child
	work *directory.Candidate // nil while it has none
}

var errLoaderCrashed = errors.New("the program crashed on this file; please report it")

func (l *loading) status(loaded int) messages.KeyStatus {
	return messages.KeyStatus{
		Loaded: loaded, Found: l.found, Duplicates: l.duplicates, Loading: !l.finished, Failures: l.failures,
	}
}

// idle reports whether nothing waits and nobody works.
func (l *loading) idle() bool {
	for i := range l.loaders {
		if l.loaders[i].work != nil {
			return false
		}
	}
	return len(l.waiting) == 0
}

// done takes the work of a loader off it, and returns the file's name.
func (l *loading) done(index int) string {
	name := l.loaders[index].work.Name
	l.loaders[index].work = nil
	return name
}

// memory is what all loaders use at this moment, in bytes.
func (l *loading) memory() int64 {
	var sum int64
	for i := range l.loaders {
		if w := l.loaders[i].work; w != nil {
			sum += w.Memory
		}
	}
	return sum
}

// hire makes the loader with this index, and gives it work.
func (o *owner) hire(c *actors.Context, index int) {
	l := &o.loading
	if index == len(l.loaders) {
		l.loaders = append(l.loaders, loader{})
	}
	l.hired++
	name := fmt.Sprintf("loader-%02d", l.hired)
	l.loaders[index] = loader{ref: actors.Spawn[child](c, o.loaderSpec(c, name, index)), name: name}
	o.feed(index)
}

// feed gives a loader the next file, if the memory that it takes is free. Whoever finishes later feeds the others.
func (o *owner) feed(index int) {
	l := &o.loading
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
	case m.Name == scanName:
		panic("keys: the scan crashed") // a pass without its list is worth nothing: the supervisor starts over
	}
	l := &o.loading
	for i := range l.loaders {
		if l.loaders[i].name != m.Name {
			continue
		}
		if l.loaders[i].work != nil {
			o.failed(c, l.done(i), errLoaderCrashed)
		}
		o.hire(c, i)
	}
	o.finish(c)
}
