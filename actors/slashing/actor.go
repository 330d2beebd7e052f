// Package slashing owns the slashing-protection store: it opens, probes and closes it, and records duties in it. The
// rules, the store's port and its implementations live below, in eip3076; nothing there knows of actors.
//
// # What it guarantees
//
//   - A duty is recorded or refused by the store, and by nobody else; there is no way around it.
//   - While the store cannot record, every request is answered messages.ErrStoreUnavailable, health says why, and the store
//     is opened again and again until it can: no restart is needed. A request waits for an attempt that is under way.
//   - Health is what a durable write said, not a read: a disk that is full or read-only shows.
//   - Where rows are authenticated under the master key, nothing protected is recorded without that key. It is wiped
//     before the chamber is called sealed, and when the actor ends.
//   - A validator whose rows cannot be believed, or whose history has gone back in time, is refused, counted and shown
//     until its history is believed again; all others go on.
//
// # Decisions
//
// The actor blocks while the store commits. It is the only one that waits for the disk, its turn is the group's
// commit, and its mailbox is short: the signing actor has one group under way at a time.
//
// The marker and the witness outlive the actor and its stores, which are opened anew after a failure: that is when somebody
// may have put something else in their place. They are touched in this actor's turns only.
//
// While the chamber is sealed, probing goes on: that the store cannot be written shows before the keys are there.
//
// Pruning is a walk of single steps, each a turn of its own behind whatever waits in the mailbox.
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
	// Marks is the marker that the opened stores have; nil when rows are not authenticated.
	Marks *eip3076.Marker
	// UnderMasterKey has the key for Marks derived by Seal; otherwise it has its key, or none.
	UnderMasterKey bool
	Seal           actors.Ref[messages.Seal]
	// Pruning is off when it keeps no epochs.
	Pruning Pruning
	// HighWater is told at the end, and every so often, how far each history reaches; nil for nobody.
	HighWater *HighWater
}

// Unmarked reports whether rows are not authenticated, and are not to be.
func (c Config) Unmarked() bool { return !c.UnderMasterKey && c.Marks.Now().Key == nil }

const (
	probeEvery  = 5 * time.Second // a failure shows in health within that time without any traffic
	reopenEvery = time.Second     // a duty comes once an epoch: the sooner the store is back, the fewer are lost
)

// Spec describes the slashing actor.
func Spec(cfg Config) actors.Spec {
	return actors.Spec{
		Name: "slashing",
		New: func() actors.Actor {
			return &keeper{cfg: cfg, down: errors.New("not opened yet"), suspects: suspects{}}
		},
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

	asked int          // counts what was asked of the seal; an answer to anything but the last is not taken
	again actors.Timer // asks the seal again

	suspects  suspects
	suspected messages.StoreSuspect // as it was published
}

// Receive implements actors.Actor.
func (k *keeper) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		k.start(c)
	case messages.RecordDuties:
		k.record(c, m)
	case messages.GetSlashingHealth:
		actors.Answer(c, m, messages.SlashingHealth{
			Err: k.down, GenesisValidatorsRoot: k.chain, Suspect: k.suspected, Unmarked: k.cfg.Unmarked(), Sealed: k.sealed(),
		})
	case messages.DropSecrets[messages.Slashing]:
		k.dropKey()
		actors.Answer(c, m, messages.SecretsDropped{})
	case actors.Ended:
		k.close()
		k.dropKey()
		if k.cfg.HighWater != nil {
			_ = k.cfg.HighWater.save(k.chain) // there is nobody to tell; the next start knows what the last writing knew
		}
	}
}

func (k *keeper) start(c *actors.Context) {
	if k.cfg.Unmarked() {
		c.Publish(messages.RowsUnmarked{})
	}
	k.open(c)
	k.followSeal(c)
	k.planPruning(c)
	k.keepHighWater(c)
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
	if k.down == nil || !alike(k.down, err) {
		if unbelievable(err) {
			c.Publish(refusedRow(messages.PublicKey{}, err))
		}
		c.Publish(messages.SlashingStoreDown{Cause: err})
	}
	k.down = err
	k.close()
	k.plan(c, reopenEvery, k.open)
}

// alike reports whether two attempts have failed for the same reason, however they word it.
func alike(a, b error) bool {
	var one, other messages.StoreFault
	if errors.As(a, &one) && errors.As(b, &other) && one.Reason != "" {
		return one.Reason == other.Reason
	}
	return a.Error() == b.Error()
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
	duties, places := k.admit(c, m.Duties)
	recorded, err := k.store.Record(ctx, duties)
	if err != nil {
		actors.Refuse(c, err)
		k.fail(c, err)
		return
	}
	recorded = spread(recorded, places, len(m.Duties))
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
		if duties[i].Duty.Operation.Protected() {
			k.judged(c, duties[i].Key, verdict)
		}
	}
	k.suspect(c)
	if k.chain.IsZero() && !r.GenesisValidatorsRoot.IsZero() {
		c.Publish(messages.GenesisPinned{Root: r.GenesisValidatorsRoot})
	}
	k.chain = r.GenesisValidatorsRoot
}
