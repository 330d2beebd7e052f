package seal

import (
	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/opening"
	"containment-chamber/actors/seal/record"
)

// key opens a reference.
func (w *work) key(text string) (kek.Key, error) {
	reference, err := kek.Parse(text)
	if err != nil {
		return nil, err // unreachable: it was parsed when it was stored
	}
	return w.cfg.Keys.Open(w.ctx, reference)
}

// withEach does something with n key-encryption keys at the same time. All of them must succeed.
func (w *work) withEach(n int, do func(i int) error) error {
	if err := opening.Join(opening.All(n, do)...); err != nil {
		return opening.Explain(err)
	}
	return nil
}

// peel opens the layer of key-encryption keys of the set in force: to what is beneath, or to the master key itself.
func (w *work) peel() (err error) {
	set := w.read.stored.Record.Set
	if w.inner != nil && set.Quorum != nil {
		w.result.inner = w.inner
		return nil
	}
	w.result.gained.Outer = set.Quorum != nil
	w.result.inner, err = w.peelSet(set)
	if err == nil && set.Quorum == nil {
		w.result.gained.Master = true
	}
	return err
}

// peelSet returns what is beneath the layer of key-encryption keys, if there is a quorum. Without one, the master key is
// what the job brings.
func (w *work) peelSet(set *record.Set) ([]byte, error) {
	r := w.read.stored.Record
	if set.KMS == nil {
		return r.Peel(set, nil)
	}
	shares, err := opening.Unwrap(w.ctx, w.cfg.Keys, r, set)
	if err != nil {
		return nil, err
	}
	defer opening.Wipe(shares)
	if set.Quorum != nil {
		return r.Peel(set, shares)
	}
	if w.result.master, err = w.fresh(); err != nil {
		return nil, err
	}
	return nil, r.OpenByKMS(set, shares, w.result.master)
}
