package ceremony

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"containment-chamber/messages"
)

// Lease is the right to hold a ceremony: nobody has it, or one session. It is a value; the zero Lease is free.
type Lease struct {
	// Holder is zero while the lease is free.
	Holder messages.GuardStatus
	// Last is the highest fence that was given.
	Last uint64
}

// errNotHeld is for whoever gives back a lease that is free or another's by now.
var errNotHeld = errors.New("ceremony: this lease is over")

// Acquire gives the lease to a ceremony. The refusal does not say whose ceremony is under way, since anybody may be told.
// Fences grow, also over restarts of the process unless its clock goes back, and within a process always.
func (l Lease) Acquire(ceremony, by string, now time.Time) (Lease, error) {
	if l.Holder.Held {
		return l, fmt.Errorf("%w: %s, for %v", messages.ErrGuardBusy, l.Holder.Ceremony, now.Sub(l.Holder.Since).Round(time.Second))
	}
	l.Last = max(l.Last+1, uint64(max(now.UnixNano(), 0)))
	l.Holder = messages.GuardStatus{Held: true, Ceremony: ceremony, By: by, Since: now, Fence: l.Last}
	return l, nil
}

// Release takes the lease back from the ceremony with this fence.
func (l Lease) Release(fence uint64) (Lease, error) {
	if !l.Holder.Held || l.Holder.Fence != fence {
		return l, errNotHeld
	}
	l.Holder = messages.GuardStatus{}
	return l, nil
}

// Hold shows the lease to whoever must not wait for the guard: the watchdog, and a scrape of metrics. Its methods may be
// called from any goroutine. The zero Hold is free.
type Hold struct {
	holder atomic.Pointer[messages.GuardStatus]
}

// Get says who holds the lease.
func (h *Hold) Get() messages.GuardStatus {
	if holder := h.holder.Load(); holder != nil {
		return *holder
	}
	return messages.GuardStatus{}
}

// For says for how long it is held by now; 0 while it is free.
func (h *Hold) For() time.Duration {
	if holder := h.Get(); holder.Held {
		return time.Since(holder.Since)
	}
	return 0
}

func (h *Hold) set(holder messages.GuardStatus) { h.holder.Store(&holder) }
