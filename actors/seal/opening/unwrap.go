package opening

import (
	"context"
	"errors"
	"fmt"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// Unwrap asks one key-encryption key of a set after the other until enough have answered. One that is away, or answers
// garbage, does no harm as long as there are others. The caller wipes the shares.
func Unwrap(ctx context.Context, keys Keys, r record.Record, set *record.Set) ([][]byte, error) {
	var shares [][]byte
	var failures []error
	for i := range set.KMS.Shares {
		share, err := UnwrapOne(ctx, keys, r, Share{set, i})
		if err != nil {
			failures = append(failures, err)
			continue
		}
		if shares = append(shares, share); len(shares) == set.KMS.Threshold {
			return shares, nil
		}
	}
	Wipe(shares)
	return nil, Explain(fmt.Errorf("%d answered, %d are needed: %w", len(shares), set.KMS.Threshold, errors.Join(failures...)))
}

// Share names a share of the layer of key-encryption keys.
type Share struct {
	Set   *record.Set
	Index int
}

// UnwrapOne has one share decrypted, and proves that it is the one that was made. The caller wipes it.
func UnwrapOne(ctx context.Context, keys Keys, r record.Record, s Share) ([]byte, error) {
	entry := s.Set.KMS.Shares[s.Index]
	reference, err := kek.Parse(entry.Reference)
	if err != nil {
		return nil, err // unreachable: it was parsed when it was stored
	}
	key, err := keys.Open(ctx, reference)
	if err != nil {
		return nil, err
	}
	share, err := key.Unwrap(ctx, entry.Wrapped, r.Binding(s.Index))
	if err == nil {
		err = r.CheckOuter(s.Set, s.Index, share)
	}
	if err != nil {
		clear(share)
		return nil, fmt.Errorf("%s: %w", entry.Reference, err)
	}
	return share, nil
}

// Explain says in our words why key-encryption keys did not do it: one that may come back makes it worth a retry.
func Explain(err error) error {
	if errors.Is(err, kek.ErrUnavailable) {
		return fmt.Errorf("%w: %w", messages.ErrKMSUnavailable, err)
	}
	return fmt.Errorf("%w: %w", messages.ErrKMSRefused, err)
}

// Wipe wipes shares.
func Wipe(shares [][]byte) {
	for _, s := range shares {
		clear(s)
	}
}
