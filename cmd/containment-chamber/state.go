package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"containment-chamber/actors/state"
	"containment-chamber/actors/state/dynamodb"
	"containment-chamber/actors/state/postgres"
	"containment-chamber/actors/state/sqlite"
	"containment-chamber/config"
)

// openState opens the signer state that is configured; nil if there is none.
func openState(ctx context.Context, cfg *config.Config) (state.Store, error) {
	store, err := openBackend(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("signer_state: %w", err)
	}
	return store, nil
}

func openBackend(ctx context.Context, cfg *config.Config) (state.Store, error) {
	s := cfg.SignerState
	switch s.Backend {
	case config.BackendSQLite:
		return sqlite.Open(ctx, s.Path)
	case config.BackendPostgres:
		return postgres.Open(ctx, postgres.Config{URL: s.URL, PoolSize: s.PoolSize, ForceIPv4: s.ForceIPv4})
	case config.BackendDynamoDB:
		session, err := awsConfig(ctx, cfg.AWS)
		if err != nil {
			return nil, err
		}
		return dynamodb.Open(ctx, dynamodb.Config{AWS: session, Table: s.Table})
	}
	return nil, nil
}

// awsConfig is what every client of AWS is made from. What is not configured comes from where all programs of AWS look:
// environment, profile, the machine's or the pod's role.
func awsConfig(ctx context.Context, cfg config.AWS) (aws.Config, error) {
	options := []func(*awsconfig.LoadOptions) error{awsconfig.WithRegion(cfg.Region)}
	if cfg.EndpointURL != "" {
		options = append(options, awsconfig.WithBaseEndpoint(cfg.EndpointURL))
	}
	session, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, fmt.Errorf("aws: %w", err)
	}
	return session, nil
}
