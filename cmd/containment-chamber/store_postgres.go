package main

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/exaring/otelpgx"
	"go.opentelemetry.io/otel/trace"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/postgres"
	"containment-chamber/config"
	"containment-chamber/messages"
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
	spans  trace.TracerProvider // nil: none are made
}

func (d *database) open(ctx context.Context) (eip3076.Recorder, error) {
	if d.spans == nil {
		return d.connect(ctx)
	}
	d.config.Tracer = otelpgx.NewTracer(otelpgx.WithTracerProvider(d.spans))
	spans := d.spans.Tracer("containment-chamber")
	ctx, span := spans.Start(ctx, "slashing store open")
	defer span.End()
	store, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	return tracedHistory{store, spans}, nil
}

func (d *database) connect(ctx context.Context) (eip3076.Recorder, error) {
	store, err := postgres.Open(ctx, d.config)
	if err != nil {
		return nil, err
	}
	d.config.MustExist = true
	d.pool.store.Store(store)
	return store, nil
}

// tracedHistory makes a trace of each call, which the spans of its statements are a part of. It cannot be a part of the
// traces of requests: a call serves many of them.
type tracedHistory struct {
	eip3076.Recorder
	spans trace.Tracer
}

// Record implements [eip3076.Recorder].
func (h tracedHistory) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	ctx, span := h.spans.Start(ctx, "slashing store record")
	defer span.End()
	return h.Recorder.Record(ctx, duties)
}

// Probe implements [eip3076.Recorder].
func (h tracedHistory) Probe(ctx context.Context) error {
	ctx, span := h.spans.Start(ctx, "slashing store probe")
	defer span.End()
	return h.Recorder.Probe(ctx)
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
