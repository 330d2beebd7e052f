package main

import (
	"context"
	"sync/atomic"
	"time"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/postgres"
	"containment-chamber/config"
)

// postgresConfig says which database, and how.
func postgresConfig(cfg config.AntiSlashing, with trust, timeout time.Duration) postgres.Config {
	return postgres.Config{
		URL: cfg.URL, PoolSize: cfg.PoolSize, ForceIPv4: cfg.ForceIPv4, Timeout: timeout,
		GenesisValidatorsRoot: with.chain, Marks: with.marks, Witness: with.witness,
	}
}

// database opens one database, and after a failure the same one again. A schema that was dropped under the running signer
// must not come back empty: that would permit whatever was signed before to be contradicted.
type database struct {
	config postgres.Config
	pool   *storePool
}

func (d *database) open(ctx context.Context) (eip3076.Recorder, error) {
	store, err := postgres.Open(ctx, d.config)
	if err != nil {
		return nil, err
	}
	d.config.MustExist = true
	d.pool.store.Store(store)
	return store, nil
}

// storePool shows the connections of the store that was opened last. It is read at every scrape.
type storePool struct {
	store atomic.Pointer[postgres.Store]
}

// figures counts connections by status; nil if there was no such store so far.
func (p *storePool) figures() map[string]int {
	store := p.store.Load()
	if store == nil {
		return nil
	}
	idle, inUse, most := store.Pool()
	return map[string]int{"idle": int(idle), "in_use": int(inUse), "max": int(most)}
}
