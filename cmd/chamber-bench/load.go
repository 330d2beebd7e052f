package main

import (
	"context"
	"sync"
	"time"
)

// asker sends one order at a time; it belongs to one goroutine.
type asker interface {
	ask(order) (answer, error)
}

var _ asker = (*connection)(nil)

// load is one stretch of load: the connections that carry it, and what is sent when.
type load struct {
	plan        plan
	askers      []asker
	pace        pace
	window      window
	sampleEvery int
}

// run loads the server until the pace ends, and returns what all connections have seen together.
func (l load) run(ctx context.Context) *tally {
	tallies := make([]*tally, len(l.askers))
	var all sync.WaitGroup
	for i, a := range l.askers {
		tallies[i] = l.newTally()
		tallies[i].untilSample = 1 + i*l.sampleEvery/len(l.askers) // so that not all take theirs at once
		all.Go(func() { l.carry(ctx, a, tallies[i]) })
	}
	all.Wait()
	total := l.newTally()
	for _, t := range tallies {
		total.add(t)
	}
	if due := l.pace.dueWithin(l.window); due > total.issued && ctx.Err() == nil {
		total.errors[kind{0, "never_sent"}] += (due - total.issued) * l.plan.signatures / l.plan.round
	}
	return total
}

// carry is the life of one connection. An order is composed before it is due.
func (l load) carry(ctx context.Context, a asker, t *tally) {
	compose := l.plan.composer()
	for {
		number, ok := l.pace.take()
		if !ok {
			return
		}
		o := compose(number)
		due, ok := l.pace.wait(ctx, number)
		if !ok {
			return
		}
		reply, err := a.ask(o)
		if now := time.Now(); err != nil {
			t.fail(o, err, due, now)
		} else {
			t.take(o, reply, due, now)
		}
	}
}

func (l load) newTally() *tally {
	return &tally{window: l.window, sampleEvery: l.sampleEvery, errors: make(map[kind]uint64)}
}
