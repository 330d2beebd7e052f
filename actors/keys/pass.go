package keys

import (
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// progressEvery is how often loading says how far it is: a terminal is redrawn as often.
const progressEvery = 200 * time.Millisecond

// begin starts to read all sources. It is called when no loading is under way.
func (o *owner) begin(c *actors.Context, reload bool) {
	var last []messages.KeyFailure
	if o.loading != nil {
		last = o.loading.failures // are told until the sources were listed anew
	}
	o.loading = newLoading(reload, last, len(o.kept.sources))
	o.kept.reloading = reload
	actors.Spawn[any](c, o.scanSpec(c))
	o.progress(c)
}

// plan begins to decrypt what the scan found, except for what is in the ring already.
func (o *owner) plan(c *actors.Context, m scanned) {
	l, listing := o.loading, m.listing
	if m.pass != l || o.stopped {
		m.Abandon(nil) // it was begun by an incarnation that has crashed, or is for nobody any more
		return
	}
	l.listedAt, l.listing, l.found, l.failures = time.Now(), listing, len(listing.Candidates)+len(listing.Failures), nil
	for _, f := range listing.Failures {
		o.failed(c, f)
	}
	known := map[[32]byte]messages.PublicKey{}
	for s, at := range o.kept.sources {
		known[at.fingerprint] = s.public
	}
	for _, candidate := range listing.Candidates {
		l.names[candidate.Name] = true
		if public, ok := known[candidate.Fingerprint]; ok {
			candidate.Discard()
			o.confirm(source{candidate.Name, public}, originOf(candidate))
			continue
		}
		l.waiting = append(l.waiting, candidate)
	}
	l.listing.Candidates = nil // what waits is in waiting
	l.unread = len(l.waiting) + len(l.failures)
	if !o.kept.serving {
		c.After(readyAfter, o.serve)
	}
	for i := range min(o.cfg.Loaders, len(l.waiting)) {
		o.hire(c, i)
	}
	o.progress(c)
	o.finish(c)
}

// take adds a decrypted key, and gives the loader its next file.
func (o *owner) take(c *actors.Context, m loaded) {
	l := o.loading
	if m.pass != l {
		m.Abandon(nil) // as above
		return
	}
	candidate := l.done(m.loader)
	if m.err != nil {
		o.loadFailed(c, candidate, m.err)
	} else {
		l.read++
		l.fresh = append(l.fresh, fresh{m.key, source{candidate.Name, m.key.PublicKey()}, originOf(candidate)})
		if len(l.fresh) == 1 {
			c.After(publishEvery, o.publish)
		}
	}
	o.feed(m.loader)
	o.progress(c)
	o.finish(c)
}

func (o *owner) loadFailed(c *actors.Context, candidate directory.Candidate, err error) {
	o.loading.failedFiles[candidate.Place.File] = true
	o.loading.claims[candidate.PublicKey] = true
	o.failed(c, messages.KeyFailure{Source: directory.Source, Name: candidate.Name, Err: err})
}

func (o *owner) failed(c *actors.Context, f messages.KeyFailure) {
	o.loading.failures = append(o.loading.failures, f)
	c.Publish(messages.KeyLoadFailed{Failure: f})
}

// confirm takes note that a source gives a key of the ring.
func (o *owner) confirm(s source, at origin) {
	o.kept.sources[s] = at
	o.loading.confirmed[s] = true
}

// publish adds the fresh keys to the ring. A key that two files hold is kept once.
func (o *owner) publish(c *actors.Context) {
	l := o.loading
	if len(l.fresh) == 0 {
		return
	}
	keys := make([]*bls.SecretKey, len(l.fresh))
	for i, f := range l.fresh {
		keys[i] = f.key
	}
	before := o.kept.ring.Len()
	ring, duplicates := o.kept.ring.With(keys...)
	for _, d := range duplicates {
		d.Wipe()
	}
	o.setFiles(ring)
	for _, f := range l.fresh {
		o.confirm(f.source, f.origin)
	}
	l.added += ring.Len() - before
	l.fresh = nil
	if ring.Len() > before {
		c.Publish(messages.KeysChanged{Source: directory.Source, Added: ring.Len() - before, Total: ring.Len()})
	}
}

// progress announces how far loading is, unless it has just done so.
func (o *owner) progress(c *actors.Context) {
	l, now := o.loading, time.Now()
	if now.Sub(l.told) < progressEvery {
		return
	}
	l.told = now
	e := messages.KeysLoading{Source: directory.Source}
	if !l.listedAt.IsZero() {
		e.Done, e.Failures, e.Found, e.Took = l.read, len(l.failures), l.unread, now.Sub(l.listedAt)
	}
	c.Publish(e)
}

// finish ends loading when all is read, once.
func (o *owner) finish(c *actors.Context) {
	l := o.loading
	if l.finished || o.stopped || !l.idle() {
		return
	}
	o.publish(c)
	removed := 0
	if l.reload && !l.crashed {
		removed = o.remove(c)
	}
	l.finish()
	o.settleReload()
	o.serve(c)
	o.tellDoubles(c)
	o.save(c)
	c.Publish(messages.KeysLoaded{
		Source: directory.Source, Reload: l.reload, Loaded: o.kept.ring.Len(), Added: l.added, Removed: removed,
		Failures: len(l.failures), Took: time.Since(l.start),
	})
}
