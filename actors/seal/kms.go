package seal

import (
	"errors"
	"fmt"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// key opens a reference.
func (w *work) key(text string) (kek.Key, error) {
	reference, err := kek.Parse(text)
	if err != nil {
		return nil, err // unreachable: it was parsed when it was stored
	}
	return w.cfg.Keys.Open(w.ctx, reference)
}

// unwrapOne has one share decrypted, and proves that it is the one that was made.
func (w *work) unwrapOne(r record.Record, set *record.Set, index int) ([]byte, error) {
	entry := set.KMS.Shares[index]
	key, err := w.key(entry.Reference)
	if err != nil {
		return nil, err
	}
	share, err := key.Unwrap(w.ctx, entry.Wrapped, r.Binding(index))
	if err == nil {
		err = r.CheckOuter(set, index, share)
	}
	if err != nil {
		clear(share)
		return nil, fmt.Errorf("%s: %w", entry.Reference, err)
	}
	return share, nil
}

// unwrap asks one key-encryption key after the other until enough have answered. One that is away, or answers garbage,
// does no harm as long as there are others.
func (w *work) unwrap(set *record.Set) ([][]byte, error) {
	var shares [][]byte
	var failures []error
	for i := range set.KMS.Shares {
		share, err := w.unwrapOne(w.read.stored.Record, set, i)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		if shares = append(shares, share); len(shares) == set.KMS.Threshold {
			return shares, nil
		}
	}
	wipeAll(shares)
	return nil, kmsError(fmt.Errorf("%d answered, %d are needed: %w", len(shares), set.KMS.Threshold, errors.Join(failures...)))
}

// kmsError says in our words why key-encryption keys did not do it: one that may come back makes it worth a retry.
func kmsError(err error) error {
	if errors.Is(err, kek.ErrUnavailable) {
		return fmt.Errorf("%w: %w", messages.ErrKMSUnavailable, err)
	}
	return fmt.Errorf("%w: %w", messages.ErrKMSRefused, err)
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
	shares, err := w.unwrap(set)
	if err != nil {
		return nil, err
	}
	defer wipeAll(shares)
	if set.Quorum != nil {
		return r.Peel(set, shares)
	}
	if w.result.master, err = w.fresh(); err != nil {
		return nil, err
	}
	return nil, r.OpenByKMS(set, shares, w.result.master)
}

func wipeAll(shares [][]byte) {
	for _, s := range shares {
		clear(s)
	}
}
