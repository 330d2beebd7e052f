// Package memory keeps a slashing-protection history in memory, for tests.
//
// It is the simplest implementation of the port [eip3076.Store] that is right: every decision looks at every row of
// the validator. So it also serves as the model that durable stores are compared with. Nothing survives the process.
//
// # Decisions
//
// An offline operation works on a copy, which then replaces the original: so an import is atomic without an undo log.
// Record cannot fail half way, and changes the original.
package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

var _ eip3076.Store = (*Store)(nil)

var errClosed = errors.New("the store is closed")

// Store is a history in memory. Its methods may be called from several goroutines.
type Store struct {
	mu     sync.Mutex
	now    state
	closed bool
}

// New returns an empty store that belongs to a chain, or, if root is zero, to that of its first duty.
func New(root messages.Root) *Store {
	return &Store{now: state{root: root, validators: make(map[messages.PublicKey]validator)}}
}

// state is all that a store knows.
type state struct {
	root       messages.Root
	validators map[messages.PublicKey]validator
}

// validator is the history of one key, both lists in ascending order.
type validator struct {
	summary  eip3076.Summary
	imported eip3076.Imported
	blocks   []eip3076.Block
	votes    []eip3076.Attestation
}

// use calls f with the present state.
func (s *Store) use(ctx context.Context, f func(*state) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	return f(&s.now)
}

// change calls f with a copy of the state, which becomes the present one unless f fails.
func (s *Store) change(ctx context.Context, f func(*state) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	next := s.now.clone()
	if err := f(&next); err != nil {
		return err
	}
	s.now = next
	return nil
}

func (s *Store) usable(ctx context.Context) error {
	if s.closed {
		return fmt.Errorf("%w: %w", messages.ErrStoreUnavailable, errClosed)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", messages.ErrStoreUnavailable, err)
	}
	return nil
}

func (s state) clone() state {
	c := state{root: s.root, validators: make(map[messages.PublicKey]validator, len(s.validators))}
	for key, v := range s.validators {
		v.blocks, v.votes = slices.Clone(v.blocks), slices.Clone(v.votes)
		c.validators[key] = v
	}
	return c
}

// Record implements [eip3076.Recorder].
func (s *Store) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	recorded := messages.Recorded{Verdicts: make([]error, len(duties))}
	err := s.use(ctx, func(now *state) error {
		for i, d := range duties {
			recorded.Verdicts[i] = now.record(d)
		}
		recorded.GenesisValidatorsRoot = now.root
		return nil
	})
	if err != nil {
		return messages.Recorded{}, err
	}
	return recorded, nil
}

func (s *state) record(d messages.KeyDuty) error {
	if err := eip3076.CheckChain(d.Duty, s.root); err != nil {
		return err
	}
	if s.root.IsZero() {
		s.root = d.Duty.GenesisValidatorsRoot
	}
	v := s.validators[d.Key]
	var (
		repeat bool
		err    error
	)
	switch d.Duty.Operation {
	case messages.Block, messages.BlockV2:
		b := eip3076.BlockOf(d.Duty)
		if repeat, err = eip3076.CheckBlock(b, v.summary.Low, v.blocks); err == nil && !repeat {
			v.addBlock(b)
			v.summary = v.summary.SignBlock(b)
		}
	case messages.Attestation:
		a := eip3076.AttestationOf(d.Duty)
		if repeat, err = eip3076.CheckAttestation(a, v.summary.Low, v.votes); err == nil && !repeat {
			v.addVote(a)
			v.summary = v.summary.SignAttestation(a)
		}
	default:
		return nil
	}
	if err == nil {
		s.validators[d.Key] = v
	}
	return err
}

// Probe implements [eip3076.Recorder].
func (s *Store) Probe(ctx context.Context) error {
	return s.use(ctx, func(*state) error { return nil })
}

// Close implements [eip3076.Recorder].
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}
