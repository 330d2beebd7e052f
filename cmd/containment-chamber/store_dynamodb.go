package main

import (
	"context"
	"fmt"

	"go.opentelemetry.io/contrib/instrumentation/github.com/aws/aws-sdk-go-v2/otelaws" //nolint:staticcheck // unsupported, and without a successor: smithy's own tracer makes eleven spans of a call
	"go.opentelemetry.io/otel/trace"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/dynamodb"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// historyTable opens one table of DynamoDB, and after a failure the same one again. A table that was emptied under the running
// signer must not come back empty: that would permit whatever was signed before to be contradicted.
type historyTable struct {
	aws    config.AWS
	config dynamodb.Config
	spans  trace.TracerProvider // nil: none are made of calls
}

func newTable(cfg *config.Config, with trust) *historyTable {
	return &historyTable{aws: cfg.AWS, config: dynamodb.Config{
		Table: cfg.AntiSlashing.Table, GenesisValidatorsRoot: with.chain, Marks: with.marks, Witness: with.witness,
	}}
}

// record opens the table for a signer.
func (t *historyTable) record(ctx context.Context) (eip3076.Recorder, error) {
	store, err := t.open(ctx)
	if err != nil {
		return nil, err
	}
	t.config.MustExist = true
	return store, nil
}

func (t *historyTable) open(ctx context.Context) (eip3076.Store, error) {
	session, err := awsConfig(ctx, t.aws)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", messages.ErrStoreUnavailable, err)
	}
	if t.spans != nil {
		otelaws.AppendMiddlewares(&session.APIOptions, otelaws.WithTracerProvider(t.spans))
	}
	t.config.AWS = session
	store, err := dynamodb.Open(ctx, t.config)
	if err != nil {
		return nil, err
	}
	return store, nil
}
