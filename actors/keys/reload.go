package keys

import (
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// reload begins to read all sources again, unless they are being read.
func (o *owner) reload(c *actors.Context, m messages.ReloadKeys) {
	if !o.loading.finished {
		actors.Refuse(c, fmt.Errorf("%w; ask again when it has ended", messages.ErrReloading))
		return
	}
	o.begin(c, true)
	o.refresh(c)
	actors.Answer(c, m, messages.ReloadAccepted{})
}

// reloadStatus says how the last reload went, or that one is under way.
func (o *owner) reloadStatus() messages.ReloadStatus {
	s := o.kept.reload
	if !o.loading.finished {
		s.State = messages.ReloadRunning
	}
	return s
}

// recall notices that the last incarnation crashed in the middle of a reload.
func (o *owner) recall() {
	if o.kept.reloading {
		o.kept.reloading = false
		o.kept.reload = messages.ReloadStatus{
			State: messages.ReloadFailed, Ended: time.Now(), LastError: "Reload failed: it crashed; no key was removed",
		}
	}
}

// settleReload notes the outcome of a reload that has ended.
func (o *owner) settleReload() {
	l := o.loading
	if !l.reload {
		return
	}
	o.kept.reloading = false
	outcome := messages.ReloadStatus{State: messages.ReloadCompleted, Ended: time.Now()}
	switch {
	case l.crashed:
		outcome.State, outcome.LastError = messages.ReloadFailed, "Reload failed: the files could not be listed; no key was removed"
	case len(l.failures) > 0:
		outcome.State = messages.ReloadWithErrors
		outcome.LastError = fmt.Sprintf("Reload completed with %d signer loading error(s)", len(l.failures))
	}
	o.kept.reload = outcome
}

// remove takes the keys out of the ring that no file gives any more, and says how many they were.
func (o *owner) remove(c *actors.Context) int {
	given := map[messages.PublicKey]bool{}
	named := map[string]bool{}
	for s, at := range o.kept.sources {
		lost, why := o.loading.lost(s, at)
		if why.Err != nil && !named[why.Name] { // once for a directory of 10,000
			named[why.Name] = true
			o.failed(c, why)
		}
		if lost {
			delete(o.kept.sources, s)
			continue
		}
		given[s.public] = true
	}
	ring, removed := o.kept.ring.Only(func(k messages.PublicKey) bool { return given[k] })
	if removed > 0 {
		o.setFiles(ring)
		c.Publish(messages.KeysChanged{Source: directory.Source, Removed: removed, Total: ring.Len()})
	}
	return removed
}

// lost reports whether a source really gives its key no more; why is a failure that is not known yet.
func (l *loading) lost(s source, at origin) (lost bool, why messages.KeyFailure) {
	switch file := at.place.File; {
	case l.confirmed[s], l.claims[s.public], l.failedFiles[file], l.listing.Failed(file):
		return false, why
	case l.names[s.name]:
		return true, why // it holds another key now, and that one is loaded
	}
	return l.listing.Gone(at.place)
}
