package slashing

import (
	"cmp"
	"maps"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/highwater"
	"containment-chamber/messages"
)

// HighWater is the file that tells the next process what this one has seen. It outlives the actor.
type HighWater struct {
	Path    string
	Witness *eip3076.Witness
	written map[messages.PublicKey]eip3076.Floor
}

// The file is written in the actor's turn, as nobody else may read the witness: so the longer that takes, the less often.
const (
	waterEvery = time.Minute
	waterRest  = 1000
)

// LoadHighWater reads the file, and has the witness know what is in it. It also writes it: that this works is better known
// at the start than at the end.
func LoadHighWater(path string, chain messages.Root, w *eip3076.Witness) (*HighWater, error) {
	of, reach, err := highwater.Read(path, chain)
	if err != nil {
		return nil, err
	}
	if err := highwater.Write(path, cmp.Or(of, chain), reach); err != nil {
		return nil, err
	}
	for key, top := range reach {
		_ = w.See(key, top) // it has seen nothing yet
	}
	return &HighWater{Path: path, Witness: w, written: reach}, nil
}

// keepHighWater writes the file every so often.
func (k *keeper) keepHighWater(c *actors.Context) {
	if k.cfg.HighWater == nil {
		return
	}
	began := time.Now()
	if err := k.cfg.HighWater.save(k.chain); err != nil {
		c.Publish(messages.HighWaterFailed{Err: err})
	}
	c.After(max(waterEvery, waterRest*time.Since(began)), k.keepHighWater)
}

// save writes the file, if anything has changed.
func (h *HighWater) save(chain messages.Root) error {
	reach := h.Witness.Reach()
	if maps.Equal(reach, h.written) {
		return nil
	}
	if err := highwater.Write(h.Path, chain, reach); err != nil {
		return err
	}
	h.written = reach
	return nil
}
