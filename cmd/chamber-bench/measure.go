package main

import (
	"cmp"
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// outcome is what a measurement has found.
type outcome struct {
	tally         *tally
	before, after reading
	// bursts are the times until the last signature of a round; nil unless --once.
	bursts      []time.Duration
	connections int
	raw         rawLimit
	verdict     verdict
}

// took is how long the load was, without the rests between bursts.
func (o outcome) took() time.Duration {
	if len(o.bursts) == 0 {
		return o.after.at.Sub(o.before.at)
	}
	var sum time.Duration
	for _, burst := range o.bursts {
		sum += burst
	}
	return sum
}

// measure measures the library, the load, and the library again.
func (c *loadCommand) measure(ctx context.Context, signer target, m mixture) (*report, error) {
	var raw rawLimit
	if err := raw.measure(c.RawSpell); err != nil {
		return nil, err
	}
	p := m.plan(c.Mix)
	connections := make([]*connection, c.usable(p))
	askers := make([]asker, len(connections))
	for i := range askers {
		connections[i] = &connection{address: signer.address, keys: m.keys}
		askers[i] = connections[i]
	}
	defer func() {
		for _, connection := range connections {
			connection.close()
		}
	}()
	l := load{plan: p, askers: askers, sampleEvery: c.VerifyEvery}
	run := c.stretch
	if c.Once {
		run = c.bursts
	}
	o, err := raw.during(ctx, func(ctx context.Context) (outcome, error) { return run(ctx, signer, l) })
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("interrupted: %w", err)
	}
	if err := raw.measure(c.RawSpell); err != nil {
		return nil, err
	}
	o.connections, o.raw, o.verdict = len(connections), raw, judge(o.tally, m.keys)
	return newReport(c, signer, o), nil
}

// usable is how many connections can be used: where rounds follow each other without a pause, at most half of a round may
// be under way, or one overtakes another and is slashable.
func (c *loadCommand) usable(p plan) int {
	most := p.round / 2
	if c.Once {
		most = p.round
	}
	return min(c.Connections, int(max(most, 1)))
}

// stretch is one long load, of which all but the warm-up counts.
func (c *loadCommand) stretch(ctx context.Context, signer target, l load) (outcome, error) {
	start := time.Now()
	l.window = window{start.Add(c.Warmup), start.Add(c.Warmup + c.Duration)}
	l.pace = pace{next: new(atomic.Uint64), start: start, end: l.window.to, interval: c.interval()}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan *tally, 1)
	go func() { done <- l.run(ctx) }()

	var o outcome
	err := sleepUntil(ctx, l.window.from)
	if err == nil {
		o.before, err = signer.read(false)
	}
	profile := signer.profiler.during(ctx, c.Duration)
	if err == nil {
		err = sleepUntil(ctx, l.window.to)
	}
	if err == nil {
		o.after, err = signer.read(true)
	}
	if err != nil {
		cancel()
	}
	o.tally = <-done
	if err := cmp.Or(err, profile()); err != nil {
		return o, err
	}
	return o, signer.profiler.heap(ctx)
}

func (c *loadCommand) interval() time.Duration {
	if c.Rate == 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / c.Rate)
}

// restBetween lets the signer come to rest between two bursts, as it does between two slots.
const restBetween = 300 * time.Millisecond

// bursts loads round by round, each to its last signature.
func (c *loadCommand) bursts(ctx context.Context, signer target, l load) (o outcome, err error) {
	next := new(atomic.Uint64)
	for round := range c.Rounds + 1 {
		if round == 1 {
			if o.before, err = signer.read(false); err != nil {
				return o, err
			}
			o.tally = l.newTally()
		}
		first := uint64(round) * l.plan.round
		next.Store(first)
		start := time.Now()
		l.window = window{start, start.Add(maxDuration)}
		l.pace = pace{next: next, first: first, start: start, limit: first + l.plan.round}
		t := l.run(ctx)
		if round > 0 {
			o.bursts = append(o.bursts, t.last.Sub(start))
			o.tally.add(t)
		}
		if err := sleepUntil(ctx, time.Now().Add(restBetween)); err != nil {
			return o, err
		}
	}
	o.after, err = signer.read(true)
	return o, err
}

func sleepUntil(ctx context.Context, t time.Time) error {
	select {
	case <-time.After(time.Until(t)):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("interrupted: %w", ctx.Err())
	}
}
