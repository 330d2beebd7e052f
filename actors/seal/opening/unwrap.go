package opening

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// Unwrap asks all key-encryption keys of a set at the same time, until enough have answered; the calls to others are then
// broken off. One that is away, or slow, or answers garbage, does no harm as long as there are others. The caller wipes
// the shares, which are as many as are needed.
func Unwrap(ctx context.Context, keys Keys, r record.Record, set *record.Set) ([][]byte, error) {
	ctx, breakOff := context.WithCancelCause(ctx)
	defer breakOff(nil)
	needed, shares := set.KMS.Threshold, make([][]byte, len(set.KMS.Shares))
	var answered atomic.Int64
	handed := false
	defer func() {
		if !handed {
			Wipe(shares)
		}
	}()
	failures := All(len(shares), func(i int) (err error) {
		shares[i], err = UnwrapOne(ctx, keys, r, Share{set, i})
		if err == nil && answered.Add(1) == int64(needed) {
			breakOff(kek.ErrNotNeeded)
		}
		return err
	})
	shares = slices.DeleteFunc(shares, func(share []byte) bool { return share == nil })
	if len(shares) < needed {
		return nil, Explain(fmt.Errorf("%d answered, %d are needed: %w", len(shares), needed, Join(failures...)))
	}
	handed = true
	Wipe(shares[needed:])
	return shares[:needed], nil
}

// All does something with n key-encryption keys at the same time, and returns what each has failed with, or nil in its
// place. A panic in one is one of the caller, when all have ended.
func All(n int, do func(i int) error) []error {
	failures := make([]error, n)
	var crashed atomic.Bool
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			defer func() {
				if recover() != nil {
					crashed.Store(true)
				}
			}()
			failures[i] = do(i)
		})
	}
	group.Wait()
	if crashed.Load() {
		panic("opening: the use of a key-encryption key has crashed")
	}
	return failures
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
	if err != nil {
		return nil, err // it names the key
	}
	if err := r.CheckOuter(s.Set, s.Index, share); err != nil {
		clear(share)
		return nil, fmt.Errorf("%s: %w", entry.Reference, err)
	}
	return share, nil
}

// joined are errors of several keys.
type joined []error

// Join is like errors.Join, but what it returns has one line, since it is told in a reply and in the log.
func Join(failures ...error) error {
	failures = slices.DeleteFunc(slices.Clone(failures), func(err error) bool { return err == nil })
	if len(failures) == 0 {
		return nil
	}
	return joined(failures)
}

// Error implements error.
func (j joined) Error() string {
	texts := make([]string, len(j))
	for i, err := range j {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns all of them.
func (j joined) Unwrap() []error { return j }

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
