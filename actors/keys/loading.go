package keys

import (
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// loading is one pass over the sources.
type loading struct {
	reload   bool
	start    time.Time
	listedAt time.Time // zero until the scan is done
	told     time.Time // when progress was last announced
	listing  directory.Listing
	found    int // files and documents that were listed
	unread   int // those of them that were not in the ring when the pass began
	read     int // with success
	added    int // keys
	waiting  []directory.Candidate
	loaders  []loader
	fresh    []fresh // decrypted, not in the ring yet
	failures []messages.KeyFailure
	finished bool
	crashed  bool // the scan did, so that nothing is known about the sources

	// What a reload is to know at its end.
	names       map[string]bool             // of all candidates
	confirmed   map[source]bool             // gave their key in this pass
	failedFiles map[string]bool             // could be listed, but not decrypted
	claims      map[messages.PublicKey]bool // of candidates that failed
}

// fresh is a key that is to be added to the ring.
type fresh struct {
	key    *bls.SecretKey
	source source
	origin origin
}

// loader is the owner's view of one child that decrypts.
type loader struct {
	ref  actors.Ref[child]
	name string               // of the child
	work *directory.Candidate // nil while it has none
}

func newLoading(reload bool, failures []messages.KeyFailure, found int) *loading {
	return &loading{
		reload: reload, start: time.Now(), failures: failures, found: found,
		names: map[string]bool{}, confirmed: map[source]bool{}, failedFiles: map[string]bool{}, claims: map[messages.PublicKey]bool{},
	}
}

func originOf(c directory.Candidate) origin { return origin{c.Place, c.Fingerprint} }

// idle reports whether the sources are listed, nothing waits and nobody works.
func (l *loading) idle() bool {
	for i := range l.loaders {
		if l.loaders[i].work != nil {
			return false
		}
	}
	return !l.listedAt.IsZero() && len(l.waiting) == 0
}

// done takes the work of a loader off it.
func (l *loading) done(index int) directory.Candidate {
	work := l.loaders[index].work
	l.loaders[index].work = nil
	return *work
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

// dismiss sends the loaders home as soon as they are done with what they have in hand. What waits is left.
func (l *loading) dismiss() {
	discard(l.waiting)
	l.waiting = nil
	for i := range l.loaders {
		actors.Tell(l.loaders[i].ref, dismiss{})
	}
}

// finish lets go of all that only a pass under way needs.
func (l *loading) finish() {
	l.dismiss()
	*l = loading{reload: l.reload, start: l.start, found: l.found, added: l.added, failures: l.failures, crashed: l.crashed, finished: true}
}
