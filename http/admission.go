package http

import (
	"context"
	"fmt"
	"sync/atomic"

	"containment-chamber/messages"
)

// Names of the queues that refuse, as in the label of the metric.
const (
	queueRequests    = "http"
	queueLargeBodies = "http_large_bodies"
	queueCeremonies  = "http_ceremonies"
	queueSigning     = "signing" // the actor behind the gate, which refuses in this name too
)

// gate admits a limited number of requests at a time, and none once it drains.
type gate struct {
	queue   string
	slots   chan struct{}
	closed  *atomic.Bool
	full    func() bool // nil if there is nothing behind the gate that could be full
	observe func(messages.Event)
}

func newGate(c Config) gate {
	return gate{queueRequests, make(chan struct{}, c.MaxConcurrent), new(atomic.Bool), c.Full, c.Observe}
}

// beside makes a gate with slots of its own that closes together with g.
func (g gate) beside(queue string, slots int) gate {
	return gate{queue, make(chan struct{}, slots), g.closed, nil, g.observe}
}

// enter admits one request until leave is called. Errors: ErrDraining, ErrOverloaded.
func (g gate) enter(ctx context.Context) error {
	if isSurplus(ctx) {
		g.observe(messages.QueueRefused{Queue: queueConnections})
		return fmt.Errorf("%w: too many connections are open; share them, or raise http.max_connections", messages.ErrOverloaded)
	}
	select {
	case g.slots <- struct{}{}:
	default:
		if g.draining() { // drain may hold the slots that are missing
			return messages.ErrDraining
		}
		g.observe(messages.QueueRefused{Queue: g.queue})
		return fmt.Errorf("%w: %d requests are in flight", messages.ErrOverloaded, cap(g.slots))
	}
	// Looked at only with the slot in hand: either this request sees the drain, or the drain waits for this slot.
	if g.draining() {
		g.leave()
		return messages.ErrDraining
	}
	if g.full != nil && g.full() {
		g.leave()
		g.observe(messages.QueueRefused{Queue: queueSigning})
		return fmt.Errorf("%w: as many signatures are under way as there may be", messages.ErrOverloaded)
	}
	return nil
}

func (g gate) leave() { <-g.slots }

func (g gate) draining() bool { return g.closed.Load() }

// drain admits nothing from now on and returns when nobody is inside, or with the cause of ctx's end.
func (g gate) drain(ctx context.Context) error {
	g.closed.Store(true)
	for taken := range cap(g.slots) {
		select {
		case g.slots <- struct{}{}:
		case <-ctx.Done():
			return fmt.Errorf("drain: %d sign requests unanswered: %w", cap(g.slots)-taken, context.Cause(ctx))
		}
	}
	return nil
}
