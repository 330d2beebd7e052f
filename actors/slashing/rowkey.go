package slashing

import (
	"errors"
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

const (
	sealClass = "seal"
	// sealPatience is how long the seal may take to derive a key, and askAgain when it is asked once more.
	sealPatience = 5 * time.Second
	askAgain     = time.Second
)

// noRowKey refuses what cannot be recorded while the chamber is sealed.
func noRowKey() error {
	return fmt.Errorf("%w: slashing-protection rows are authenticated under the master key", messages.ErrSealed)
}

// sealed reports whether rows cannot be authenticated now, although they are to be.
func (k *keeper) sealed() bool { return k.cfg.UnderMasterKey && k.cfg.Marks.Key == nil }

// followSeal keeps the key of rows as long as there is a master key.
func (k *keeper) followSeal(c *actors.Context) {
	if !k.cfg.UnderMasterKey {
		return
	}
	c.Subscribe(concernsRowKey, func(c *actors.Context, e messages.Event) {
		if changed, ok := e.(messages.SealChanged); ok && changed.To.Signs() {
			k.askKey(c)
			return
		}
		k.dropKey() // it has been asked for that, unless the seal has crashed
	})
	k.askKey(c)
}

func concernsRowKey(e messages.Event) bool {
	switch e := e.(type) {
	case messages.SealChanged:
		return true
	case messages.ActorRestarted:
		return e.Actor == sealClass
	}
	return false
}

// askKey asks the seal for the key, unless it is here.
func (k *keeper) askKey(c *actors.Context) {
	if !k.sealed() {
		return
	}
	k.asked++
	asked := k.asked
	actors.Pipe(c, k.cfg.Seal, messages.GetDerivedKey{Purpose: messages.PurposeSlashingRows}, actors.Piped[messages.DerivedKey]{
		Within: sealPatience,
		Then: func(c *actors.Context, derived messages.DerivedKey, err error) {
			if asked != k.asked { // dropped meanwhile, or asked anew
				if err == nil {
					derived.Key.Wipe()
				}
				return
			}
			k.takeKey(c, derived, err)
		},
	})
}

// takeKey takes the seal's answer. A chamber that is sealed announces when it is not; anything else is asked again.
func (k *keeper) takeKey(c *actors.Context, derived messages.DerivedKey, err error) {
	switch {
	case err == nil:
		k.cfg.Marks.Key = derived.Key
	case !errors.Is(err, messages.ErrSealed):
		k.again.Stop()
		k.again = c.After(askAgain, k.askKey)
	}
}

// dropKey wipes the key, and does not take one that is on its way.
func (k *keeper) dropKey() {
	if !k.cfg.UnderMasterKey {
		return
	}
	k.asked++
	if k.cfg.Marks.Key != nil {
		k.cfg.Marks.Key.Wipe()
		k.cfg.Marks.Key = nil
	}
}

// admit leaves out what cannot be recorded while the key of rows is away. Places says where the admitted duties stood; nil
// when all were admitted.
func (k *keeper) admit(c *actors.Context, duties []messages.KeyDuty) (admitted []messages.KeyDuty, places []int) {
	if !k.sealed() {
		return duties, nil
	}
	places = []int{}
	for i, d := range duties {
		if !d.Duty.Operation.Protected() {
			admitted, places = append(admitted, d), append(places, i)
		}
	}
	if n := len(duties) - len(admitted); n > 0 {
		c.Publish(messages.DutiesSealed{Count: n})
	}
	return admitted, places
}

// spread puts the verdicts on admitted duties in their places among n; the others were refused for want of the key.
func spread(r messages.Recorded, places []int, n int) messages.Recorded {
	if places == nil {
		return r
	}
	all := make([]error, n)
	for i := range all {
		all[i] = noRowKey()
	}
	for i, place := range places {
		all[place] = r.Verdicts[i]
	}
	r.Verdicts = all
	return r
}
