package main

import (
	"context"
	"sync/atomic"
	"time"
)

// pace says which order is next, and when it is due.
type pace struct {
	// next is the number of the next order, shared by all connections.
	next *atomic.Uint64
	// first is the number that is due at start.
	first uint64
	start time.Time
	// interval is the time between two orders; zero is a closed loop, in which each connection sends when it is free.
	interval time.Duration
	// end is when the last order may be due.
	end time.Time
	// limit is the number behind the last order; zero is none.
	limit uint64
}

// grace is how long after the end an open loop may still send what was due before it.
const grace = 5 * time.Second

// take returns the number of an order, and false when there is none left.
func (p pace) take() (uint64, bool) {
	number := p.next.Add(1) - 1
	return number, p.limit == 0 || number < p.limit
}

// wait returns, when it has come, the time that the order is due, and false when the order is not to be sent any more.
func (p pace) wait(ctx context.Context, number uint64) (time.Time, bool) {
	now := time.Now()
	if p.interval == 0 {
		return now, ctx.Err() == nil && (p.end.IsZero() || now.Before(p.end))
	}
	due := p.due(number)
	if !due.Before(p.end) || now.After(p.end.Add(grace)) {
		return due, false
	}
	if early := due.Sub(now); early > 0 {
		timer := time.NewTimer(early)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return due, ctx.Err() == nil
}

func (p pace) due(number uint64) time.Time {
	return p.start.Add(time.Duration(number-p.first) * p.interval)
}

// dueWithin counts the orders of an open loop that are due within a window.
func (p pace) dueWithin(w window) uint64 {
	if p.interval == 0 {
		return 0
	}
	before := func(t time.Time) uint64 {
		return uint64((t.Sub(p.start) + p.interval - 1) / p.interval)
	}
	return before(w.to) - before(w.from)
}
