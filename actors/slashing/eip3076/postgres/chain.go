package postgres

import (
	"context"
	"fmt"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// join compares the chain in the database, if there is one, with the configured one.
func (m *memory) join(stored []byte, configured messages.Root) error {
	m.chain = configured
	if stored == nil {
		return nil
	}
	root, err := chainOf(stored)
	if err != nil {
		return err
	}
	if !configured.IsZero() && root != configured {
		return fmt.Errorf("%w: the database holds the history of the genesis validators root %v, the configured one is %v: name another database or fix the network",
			messages.ErrWrongNetwork, root, configured)
	}
	m.chain, m.pinned = root, true
	return nil
}

// pin writes the chain into the database, unless another signer has written one, which counts then.
const pin = "UPDATE chamber_slashing.metadata SET genesis_validators_root = coalesce(genesis_validators_root, $1) RETURNING genesis_validators_root"

func (s *Store) pin(ctx context.Context, m *memory, chain messages.Root) error {
	var stored []byte
	err := s.persist(ctx, func(ctx context.Context) error { return s.pool.QueryRow(ctx, pin, chain[:]).Scan(&stored) })
	if err != nil {
		return err
	}
	return m.learn(stored)
}

// look finds out, where no chain is pinned, whether another signer has pinned one by now.
func (s *Store) look(ctx context.Context, m *memory) error {
	if m.pinned {
		return nil
	}
	var stored []byte
	err := s.persist(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, "SELECT genesis_validators_root FROM chamber_slashing.metadata").Scan(&stored)
	})
	if err != nil {
		return err
	}
	return m.learn(stored)
}

// learn takes over the chain that is in the database, which counts more than the configured one.
func (m *memory) learn(stored []byte) error {
	if stored == nil {
		return nil
	}
	root, err := chainOf(stored)
	if err == nil {
		m.chain, m.pinned = root, true
	}
	return err
}

// chainOf reads a root that is there.
func chainOf(stored []byte) (messages.Root, error) {
	if len(stored) != len(messages.Root{}) {
		return messages.Root{}, lasting{fmt.Errorf("the table metadata is damaged: a genesis validators root of %d bytes", len(stored))}
	}
	return messages.Root(stored), nil
}

// admit says which duties are of the store's chain, in order. The first that names one decides where nothing else has.
func (s *Store) admit(ctx context.Context, m *memory, duties []messages.KeyDuty) ([]error, error) {
	verdicts := make([]error, len(duties))
	if len(duties) == 0 {
		return verdicts, s.look(ctx, m)
	}
	for i, d := range duties {
		verdicts[i] = eip3076.CheckChain(d.Duty, m.chain)
		if claimed := d.Duty.GenesisValidatorsRoot; verdicts[i] == nil && !m.pinned && !claimed.IsZero() {
			if err := s.pin(ctx, m, claimed); err != nil {
				return nil, err
			}
			verdicts[i] = eip3076.CheckChain(d.Duty, m.chain)
		}
	}
	return verdicts, nil
}
