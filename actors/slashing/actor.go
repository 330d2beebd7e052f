// Package slashing owns the slashing-protection store: it opens, probes and closes it, and records duties in it. The
// rules, the store's port and its implementations live below, in eip3076; nothing there knows of actors.
//
// # What it guarantees
//
//   - A duty is recorded or refused by the store, and by nobody else; there is no way around it.
//   - While the store cannot record, every request is answered messages.ErrStoreUnavailable at once, health says why,
//     and the store is opened again and again until it can: no restart is needed.
//   - Health is what a durable write said, not a read: a disk that is full or read-only shows.
//
// # Decisions
//
// The actor blocks while the store commits. It is the only one that waits for the disk, its turn is the group's
// commit, and its mailbox is short: the signing actor has one group under way at a time.
//
// A store that failed is closed and opened anew before it is trusted again: whatever it kept in memory may be wrong.
package slashing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Config says what the actor works with.
type Config struct {
	// Open opens the store. It is called at start, and again after a failure.
	Open func(context.Context) (eip3076.Recorder, error)
	// Timeout bounds one commit, and opening.
	Timeout time.Duration
}

const (
	probeEvery  = 5 * time.Second // a failure shows in health within that time without any traffic
	reopenEvery = time.Second     // a duty comes once an epoch: the sooner the store is back, the fewer are lost
)

// Spec describes the slashing actor.
func Spec(cfg Config) actors.Spec {
	return actors.Spec{
		Name: "slashing",
		New:  func() actors.Actor { return &keeper{cfg: cfg, down: errors.New("not opened yet")} },
		// One group under way, health, and what was asked before a group timed out.
		Mailbox: 64,
		Turn:    cfg.Timeout,
		Restart: actors.Restart{Max: 4, Period: time.Minute, Base: 200 * time.Millisecond, Cap: 10 * time.Second},
		Readies: true,
	}
}

// keeper has either a store that can record, or the reason why there is none.
type keeper struct {
	cfg   Config
	store eip3076.Recorder
	down  error
	chain messages.Root
	next  actors.Timer // the next probe or attempt to open: there is one at a time
}

// Receive implements actors.Actor.
func (k *keeper) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		k.open(c)
	case messages.RecordDuties:
		k.record(c, m)
	case messages.GetSlashingHealth:
		actors.Answer(c, m, messages.SlashingHealth{Err: k.down, GenesisValidatorsRoot: k.chain})
	case actors.Ended:
		k.close()
	}
}

// open opens the store and writes to it once; it comes back until that works.
func (k *keeper) open(c *actors.Context) {
	ctx, cancel := context.WithTimeout(context.Background(), k.cfg.Timeout)
	defer cancel()
	store, err := k.cfg.Open(ctx)
	if err == nil {
		k.store = store
		err = k.learnChain(ctx)
	}
	if err == nil {
		err = store.Probe(ctx)
	}
	if err != nil {
		k.fail(c, err)
		return
	}
	k.down = nil
	c.Publish(messages.SlashingStoreUp{})
	c.Ready()
	k.plan(c, probeEvery, k.probe)
}

// learnChain asks the store which chain it belongs to, by recording nothing.
func (k *keeper) learnChain(ctx context.Context) error {
	recorded, err := k.store.Record(ctx, nil)
	k.chain = recorded.GenesisValidatorsRoot
	return err
}

func (k *keeper) probe(c *actors.Context) {
	ctx, cancel := context.WithTimeout(context.Background(), k.cfg.Timeout)
	defer cancel()
	if err := k.store.Probe(ctx); err != nil {
		k.fail(c, err)
		return
	}
	k.plan(c, probeEvery, k.probe)
}

func (k *keeper) plan(c *actors.Context, after time.Duration, what func(*actors.Context)) {
	k.next.Stop()
	k.next = c.After(after, what)
}

// fail gives the store up until it can be opened again.
func (k *keeper) fail(c *actors.Context, err error) {
	c.Publish(messages.SlashingStoreFailed{Cause: err})
	if k.down == nil || k.down.Error() != err.Error() {
		c.Publish(messages.SlashingStoreDown{Cause: err})
	}
	k.down = err
	k.close()
	k.plan(c, reopenEvery, k.open)
}

func (k *keeper) close() {
	if k.store != nil {
		_ = k.store.Close() // what is durable stays so; there is nobody to tell
		k.store = nil
	}
}

func (k *keeper) record(c *actors.Context, m messages.RecordDuties) {
	if k.down != nil {
		actors.Refuse(c, fmt.Errorf("%w: %w", messages.ErrStoreUnavailable, k.down))
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), k.cfg.Timeout)
	defer cancel()
	start := time.Now()
	recorded, err := k.store.Record(ctx, m.Duties)
	if err != nil {
		actors.Refuse(c, err)
		k.fail(c, err)
		return
	}
	actors.Answer(c, m, recorded)
	k.announce(c, m.Duties, recorded, time.Since(start))
}

// announce publishes what the record has shown.
func (k *keeper) announce(c *actors.Context, duties []messages.KeyDuty, r messages.Recorded, took time.Duration) {
	c.Publish(messages.DutiesChecked{Duties: duties, Took: took})
	for i, verdict := range r.Verdicts {
		if errors.Is(verdict, messages.ErrSlashable) {
			c.Publish(messages.DutyRefused{Operation: duties[i].Duty.Operation, Key: duties[i].Key, Err: verdict})
		}
	}
	if k.chain.IsZero() && !r.GenesisValidatorsRoot.IsZero() {
		c.Publish(messages.GenesisPinned{Root: r.GenesisValidatorsRoot})
	}
	k.chain = r.GenesisValidatorsRoot
}
