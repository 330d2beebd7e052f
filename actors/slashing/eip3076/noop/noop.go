// Package noop is slashing protection that protects from nothing. It exists for tests and measurements; whoever
// configures it is warned at start, in every log and in health.
//
// # Decisions
//
// It still refuses duties of another chain than the configured one, as every store does: that costs nothing.
package noop

import (
	"context"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

var _ eip3076.Recorder = Store{}

// Store permits every duty and remembers none.
type Store struct {
	// GenesisValidatorsRoot is the chain's; zero permits all.
	GenesisValidatorsRoot messages.Root
}

// Record implements eip3076.Recorder.
func (s Store) Record(_ context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	r := messages.Recorded{Verdicts: make([]error, len(duties)), GenesisValidatorsRoot: s.GenesisValidatorsRoot}
	for i, d := range duties {
		r.Verdicts[i] = eip3076.CheckChain(d.Duty, s.GenesisValidatorsRoot)
	}
	return r, nil
}

// Probe implements eip3076.Recorder.
func (Store) Probe(context.Context) error { return nil }

// Close implements eip3076.Recorder.
func (Store) Close() error { return nil }

// PruneNext implements eip3076.Recorder: there is nothing to prune.
func (Store) PruneNext(context.Context, messages.PublicKey, eip3076.Retention) (eip3076.PruneStep, error) {
	return eip3076.PruneStep{Step: eip3076.Step{End: true}}, nil
}
