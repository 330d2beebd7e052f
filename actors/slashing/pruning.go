package slashing

import (
	"context"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Pruning says how much history is kept, and how often the rest is deleted.
type Pruning struct {
	// Keep is how much stays; with no epochs, everything does.
	Keep  eip3076.Retention
	Every time.Duration
}

// A step takes its turn behind whatever waits, and then leaves the store alone for a multiple of the time that it took:
// signing hardly notices.
const (
	pruneRest = 10
	leastRest = time.Millisecond
)

// round is one walk through all validators.
type round struct {
	at    messages.PublicKey
	began time.Time
	done  messages.HistoryPruned
}

// planPruning begins the next round after the interval. The first one does not delay a start.
func (k *keeper) planPruning(c *actors.Context) {
	if k.cfg.Pruning.Keep.KeepEpochs > 0 {
		c.After(k.cfg.Pruning.Every, func(c *actors.Context) {
			k.prune(c, &round{began: time.Now()})
		})
	}
}

// prune does one step of a round: one validator.
func (k *keeper) prune(c *actors.Context, r *round) {
	if k.down != nil || k.sealed() {
		r.done.Err = k.down
		if r.done.Err == nil {
			r.done.Err = noRowKey()
		}
		k.pruned(c, r)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), k.cfg.Timeout)
	defer cancel()
	began := time.Now()
	step, err := k.store.PruneNext(ctx, r.at, k.cfg.Pruning.Keep)
	if err != nil || step.End {
		r.done.Err = err
		k.pruned(c, r)
		if err != nil {
			k.fail(c, err)
		}
		return
	}
	if step.Refused != nil {
		k.judged(c, step.Key, step.Refused)
		k.suspect(c)
	}
	r.at = step.Key
	r.done.Validators++
	r.done.Blocks += step.Blocks
	r.done.Attestations += step.Attestations
	c.After(max(leastRest, pruneRest*time.Since(began)), func(c *actors.Context) { k.prune(c, r) })
}

func (k *keeper) pruned(c *actors.Context, r *round) {
	r.done.Took = time.Since(r.began)
	c.Publish(r.done)
	k.planPruning(c)
}
