package slashing

import (
	"errors"

	"containment-chamber/actors"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// suspects are the validators whose history cannot be believed, as of their last duty.
type suspects map[messages.PublicKey]error

// judged learns from the verdict on a duty, and publishes what cannot be believed.
func (k *keeper) judged(c *actors.Context, key messages.PublicKey, verdict error) {
	if !unbelievable(verdict) {
		if verdict == nil || errors.Is(verdict, messages.ErrSlashable) {
			delete(k.suspects, key)
		}
		return
	}
	c.Publish(refusedRow(key, verdict))
	k.suspects[key] = verdict
}

func unbelievable(err error) bool {
	return errors.Is(err, messages.ErrRowRefused) || errors.Is(err, messages.ErrStoreRegressed)
}

func refusedRow(key messages.PublicKey, err error) messages.RowRefused {
	e := messages.RowRefused{Key: key, Err: err}
	var row eip3076.RowError
	if errors.As(err, &row) {
		e.Kind, e.Reason = row.Kind, row.Reason
	}
	return e
}

// suspect publishes how many there are, if that has changed.
func (k *keeper) suspect(c *actors.Context) {
	now := messages.StoreSuspect{}
	for _, err := range k.suspects {
		if errors.Is(err, messages.ErrStoreRegressed) {
			now.Regressed++
			now.Cause = err // the graver one
		} else {
			now.Refused++
			if now.Cause == nil {
				now.Cause = err
			}
		}
	}
	if now.Refused != k.suspected.Refused || now.Regressed != k.suspected.Regressed {
		k.suspected = now
		c.Publish(now)
	}
}
