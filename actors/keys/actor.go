// Package keys owns the key ring: it finds the keys of the filesystem, decrypts them, and hands the ring to whoever
// signs. How a file is read lives below, in directory and keystore; what a key is, in bls.
//
// # What it guarantees
//
//   - A ring that was handed out never changes; a new one is announced by messages.KeysChanged. Keys are served while
//     others are still being decrypted.
//   - One bad file stops nobody: it is named in messages.KeyStatus and logged once.
//   - What decrypts at the same time is bounded by the number of loaders and by their memory: a scrypt keystore takes
//     256 MiB while it is open.
//   - The keys are wiped when the actor stops, which is after the signing actor has.
//
// # Decisions
//
// Reading a file is dangerous work, so it is done by temporary children: a loader that crashes costs the one file that
// it had in hand. They pull, one file at a time, so the next file goes to whoever is free.
//
// The ring and the list of files that it came from outlive a crash of this actor: a validator must not miss duties for
// the hour in which 10,000 keystores are decrypted again. Both are immutable and replaced as one value.
package keys

import (
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// Config says where keys come from, and what loading them may cost.
type Config struct {
	// Scan lists what the sources hold. It runs in a child of its own.
	Scan func() ([]directory.Candidate, []messages.KeyFailure)
	// Loaders is how many files are decrypted at the same time, at least 1.
	Loaders int
	// Memory is how many bytes all decryptions together may take; one alone is always allowed.
	Memory int64
	// Load is how a candidate becomes a key: its own Load when nil. Loaders call it at the same time.
	Load func(directory.Candidate) (*bls.SecretKey, error)
	// Loaded is called, in a child of its own, with the keys in the ring when all sources were read. Optional.
	Loaded func([]messages.PublicKey)
}

// Spec describes the keys actor. The ring that it loads belongs to the Spec, over all incarnations.
func Spec(cfg Config) actors.Spec {
	kept := &holding{ring: bls.NewRing()}
	if cfg.Load == nil {
		cfg.Load = directory.Candidate.Load
	}
	return actors.Spec{
		Name: "keys",
		New:  func() actors.Actor { return &owner{cfg: cfg, kept: kept} },
		// Health probes and the signing actor ask, a few a second.
		Mailbox: 256,
		Restart: actors.Restart{Max: 4, Period: time.Minute, Base: 200 * time.Millisecond, Cap: 10 * time.Second},
		Readies: true,
	}
}

// holding is what survives a crash: the ring, the files that are in it, and whether it was handed out.
type holding struct {
	ring    *bls.Ring
	files   map[string]bool
	serving bool
}

// publishEvery bounds how long a decrypted key waits to be served, and how often a growing ring is copied.
const publishEvery = 100 * time.Millisecond

// readyAfter is how long a fresh signer waits for its keys before it begins to serve those that it has: most sources
// are read by then, and a client that asks for a key too early would give its duty up.
const readyAfter = 5 * time.Second

// owner is one incarnation.
type owner struct {
	cfg     Config
	kept    *holding
	loading loading
	asked   []actors.Promise[messages.KeyRing] // before the ring was served
	savers  int                                // ever made: their names are never used twice
}

// Receive implements actors.Actor.
func (o *owner) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		o.loading.start = time.Now()
		actors.Spawn[child](c, o.scanSpec(c))
	case messages.GetKeyRing:
		o.asked = append(o.asked, actors.Defer(c, m))
		o.answer()
	case messages.GetKeyStatus:
		actors.Answer(c, m, o.loading.status(o.kept.ring.Len()))
	case scanned:
		if m.pass == &o.loading {
			o.plan(c, m)
		}
	case loaded:
		if m.pass == &o.loading {
			o.take(c, m)
		}
	case actors.ChildEnded:
		o.childEnded(c, m)
	case actors.Ended:
		o.end(m)
	}
}

// Abandon implements actors.Holder.
func (o *owner) Abandon(err error) {
	for _, p := range o.asked {
		p.Fail(err)
	}
}

// serve lets the ring be handed out from now on.
func (o *owner) serve(c *actors.Context) {
	o.publish(c)
	o.kept.serving = true
	o.answer()
	c.Ready()
}

func (o *owner) answer() {
	if !o.kept.serving {
		return
	}
	for _, p := range o.asked {
		p.Resolve(o.kept.ring)
	}
	o.asked = nil
}

// plan begins to decrypt what the scan found, except for files whose keys an earlier incarnation has loaded.
func (o *owner) plan(c *actors.Context, m scanned) {
	l := &o.loading
	l.found, l.failures = len(m.candidates)+len(m.failures), m.failures
	for _, f := range m.failures {
		c.Publish(messages.KeyLoadFailed{Failure: f})
	}
	for _, candidate := range m.candidates {
		if !o.kept.files[candidate.Name] {
			l.waiting = append(l.waiting, candidate)
		}
	}
	c.After(readyAfter, o.serve)
	for i := range min(o.cfg.Loaders, len(l.waiting)) {
		o.hire(c, i)
	}
	o.finish(c)
}

// take adds a decrypted key, and gives the loader its next file.
func (o *owner) take(c *actors.Context, m loaded) {
	l := &o.loading
	name := l.done(m.loader)
	if m.err != nil {
		o.failed(c, name, m.err)
	} else {
		l.fresh = append(l.fresh, m.key)
		l.files = append(l.files, name)
		if len(l.fresh) == 1 {
			c.After(publishEvery, o.publish)
		}
	}
	o.feed(m.loader)
	o.finish(c)
}

func (o *owner) failed(c *actors.Context, name string, err error) {
	f := messages.KeyFailure{Source: directory.Source, Name: name, Err: err}
	o.loading.failures = append(o.loading.failures, f)
	c.Publish(messages.KeyLoadFailed{Failure: f})
}

// publish adds the fresh keys to the ring. A key that two files hold is kept once.
func (o *owner) publish(c *actors.Context) {
	l := &o.loading
	if len(l.fresh) == 0 {
		return
	}
	before := o.kept.ring.Len()
	ring, duplicates := o.kept.ring.With(l.fresh...)
	for _, d := range duplicates {
		d.Wipe()
	}
	o.kept.ring, o.kept.files = ring, extend(o.kept.files, l.files)
	l.duplicates += len(duplicates)
	l.fresh, l.files = nil, nil
	c.Publish(messages.KeysChanged{Source: directory.Source, Added: ring.Len() - before, Total: ring.Len()})
}

// finish announces the end of loading, once.
func (o *owner) finish(c *actors.Context) {
	l := &o.loading
	if l.finished || !l.idle() {
		return
	}
	l.finished = true
	o.serve(c)
	for i := range l.loaders {
		actors.Tell(l.loaders[i].ref, dismiss{})
	}
	o.save(c)
	c.Publish(messages.KeysLoaded{
		Source: directory.Source, Loaded: o.kept.ring.Len(), Failures: len(l.failures), Took: time.Since(l.start),
	})
}

// end wipes the keys, unless the next incarnation will go on with them.
func (o *owner) end(m actors.Ended) {
	for _, key := range o.loading.fresh {
		key.Wipe()
	}
	if m.Crashed {
		return
	}
	for _, public := range o.kept.ring.PublicKeys() {
		if key, ok := o.kept.ring.Key(public); ok {
			key.Wipe()
		}
	}
}

func extend(files map[string]bool, more []string) map[string]bool {
	out := make(map[string]bool, len(files)+len(more))
	for f := range files {
		out[f] = true
	}
	for _, f := range more {
		out[f] = true
	}
	return out
}
