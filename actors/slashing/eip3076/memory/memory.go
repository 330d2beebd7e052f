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
	"sync"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

var _ eip3076.Store = (*Store)(nil)

var errClosed = errors.New("the store is closed")

// Config says what a store is to be like.
type Config struct {
	// GenesisValidatorsRoot is the chain's; zero leaves it to the first duty.
	GenesisValidatorsRoot messages.Root
	// Marks marks rows and checks them; nil leaves them unmarked.
	Marks *eip3076.Marker
	// Witness compares the history with what was seen of it before; nil does not.
	Witness *eip3076.Witness
}

// Store is a history in memory. Its methods may be called from several goroutines.
type Store struct {
	cfg    Config
	mu     sync.Mutex
	now    state
	closed bool
}

// New returns an empty store that belongs to a chain, or, if root is zero, to that of its first duty. Its rows are
// unmarked.
func New(root messages.Root) *Store { return Open(Config{GenesisValidatorsRoot: root}) }

// Open returns an empty store.
func Open(cfg Config) *Store {
	return &Store{cfg: cfg, now: state{root: cfg.GenesisValidatorsRoot, validators: make(map[messages.PublicKey]validator)}}
}

// state is all that a store knows.
type state struct {
	root       messages.Root
	validators map[messages.PublicKey]validator
}

// validator returns what is known of a key, once all of it is believed. The error is a [eip3076.RowError].
func (s *Store) validator(now *state, key messages.PublicKey) (validator, error) {
	v, known := now.validators[key]
	if !known {
		return v, nil
	}
	return v, v.check(key, s.cfg.Marks.Now())
}

func (s *Store) put(now *state, key messages.PublicKey, v validator) {
	v.mark(key, s.cfg.Marks.Now())
	now.validators[key] = v
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
		c.validators[key] = v.clone()
	}
	return c
}

// Record implements [eip3076.Recorder].
func (s *Store) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	recorded := messages.Recorded{Verdicts: make([]error, len(duties))}
	err := s.use(ctx, func(now *state) error {
		for i, d := range duties {
			recorded.Verdicts[i] = s.record(now, d)
		}
		recorded.GenesisValidatorsRoot = now.root
		return nil
	})
	if err != nil {
		return messages.Recorded{}, err
	}
	return recorded, nil
}

func (s *Store) record(now *state, d messages.KeyDuty) error {
	if err := eip3076.CheckChain(d.Duty, now.root); err != nil {
		return err
	}
	if now.root.IsZero() {
		now.root = d.Duty.GenesisValidatorsRoot
	}
	if !d.Duty.Operation.Protected() {
		return nil
	}
	v, err := s.validator(now, d.Key)
	if err == nil {
		err = s.cfg.Witness.See(d.Key, v.summary.Reach())
	}
	if err != nil {
		return err
	}
	recorded, err := v.judge(d.Duty)
	if err != nil || !recorded {
		return err
	}
	s.put(now, d.Key, v)
	return s.cfg.Witness.See(d.Key, v.summary.Reach())
}

// judge decides about a duty and reports whether it has put anything on record.
func (v *validator) judge(d messages.Duty) (recorded bool, err error) {
	var repeat bool
	if d.Operation == messages.Attestation {
		a := eip3076.AttestationOf(d)
		if repeat, err = eip3076.CheckAttestation(a, v.summary.Low, v.votes); err == nil && !repeat {
			v.addVote(a)
			v.summary = v.summary.SignAttestation(a)
		}
	} else {
		b := eip3076.BlockOf(d)
		if repeat, err = eip3076.CheckBlock(b, v.summary.Low, v.blocks); err == nil && !repeat {
			v.addBlock(b)
			v.summary = v.summary.SignBlock(b)
		}
	}
	return err == nil && !repeat, err
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
