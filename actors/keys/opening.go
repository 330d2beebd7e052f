package keys

import (
	"sync/atomic"
	"time"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/sealed"
	"containment-chamber/messages"
)

// chunkSize is how many rows a child opens: some twenty milliseconds of work.
const chunkSize = 128

// opening is one pass over rows that are to be opened. Fields that are not atomic are the actor's; children read under.
type opening struct {
	began   time.Time
	refresh bool
	asking  bool // for the key
	waiting []sealed.Row
	working map[string][]sealed.Row // by the names of the children
	chunk   int                     // how many rows a child is given
	added   int
	failed  int

	under     messages.DerivedKey
	users     atomic.Int32 // of the key
	cancelled atomic.Bool
}

// opened is what a child brings: all of its rows, or no keys if the pass was cancelled.
type opened struct {
	pass    *opening
	child   string
	keys    []*bls.SecretKey
	refused map[messages.PublicKey]refusal
}

// Told implements actors.Notice.
func (opened) Told(messages.Keys) {}

// Abandon wipes the keys of a message that was lost.
func (m opened) Abandon(error) { m.wipe() }

func (m opened) wipe() {
	for _, key := range m.keys {
		key.Seal()
	}
}

func newOpening(rows []sealed.Row, refresh bool) *opening {
	p := &opening{began: time.Now(), refresh: refresh, asking: true, waiting: rows, working: map[string][]sealed.Row{}, chunk: chunkSize}
	p.users.Store(1) // the actor
	return p
}

// cancel ends the pass as soon as its children notice.
func (p *opening) cancel() {
	p.cancelled.Store(true)
	p.waiting = nil
}

func (p *opening) idle() bool { return !p.asking && len(p.working) == 0 && len(p.waiting) == 0 }

// borrow takes part in the use of the key, unless it is wiped.
func (p *opening) borrow() bool {
	for n := p.users.Load(); n > 0; n = p.users.Load() {
		if p.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
	return false
}

// release lets go of the key. The last one to do so wipes it.
func (p *opening) release() {
	if p.users.Add(-1) == 0 && p.under.Key != nil {
		p.under.Key.Wipe()
	}
}

// open opens rows, in a child. What it has opened is wiped if it crashes, or is cancelled.
func (p *opening) open(child string, rows []sealed.Row) opened {
	result := opened{pass: p, child: child, refused: map[messages.PublicKey]refusal{}}
	if !p.borrow() {
		return result // the actor that began the pass has crashed
	}
	defer p.release()
	handed := false
	defer func() {
		if !handed {
			result.wipe()
		}
	}()
	for _, row := range rows {
		if p.cancelled.Load() {
			result.wipe()
			return opened{pass: p, child: child}
		}
		key, err := row.Open(p.under)
		if err != nil {
			result.refused[row.PublicKey] = refusal{row.Fingerprint(), err}
			continue
		}
		result.keys = append(result.keys, key)
	}
	handed = true
	return result
}
