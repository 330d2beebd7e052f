package main_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	sqlitehistory "containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/actors/state"
	"containment-chamber/actors/storetest/dynalite"
	"containment-chamber/actors/storetest/postgres"
	main "containment-chamber/cmd/containment-chamber"
	"containment-chamber/config"
)

func openState(t *testing.T, flags map[string]string) (state.Store, error) {
	t.Helper()
	cfg, err := config.Load(config.Options{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return main.OpenState(context.Background(), cfg)
}

// keeps writes a record, opens the state again, and reads it.
func keeps(t *testing.T, flags map[string]string) {
	t.Helper()
	r := state.Record{Name: state.Seal, Version: 1, Body: []byte("sealed")}
	for _, step := range []func(state.Store) error{
		func(s state.Store) error { return s.Write(context.Background(), r) },
		func(s state.Store) error {
			found, err := s.Read(context.Background())
			if err == nil && (len(found) != 1 || string(found[0].Body) != "sealed") {
				err = errors.New("the record is not there")
			}
			return err
		},
	} {
		store, err := openState(t, flags)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(step(store), store.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoState(t *testing.T) {
	if store, err := openState(t, nil); store != nil || err != nil {
		t.Errorf("got %v, %v", store, err)
	}
}

func TestStateInAFile(t *testing.T) {
	keeps(t, map[string]string{"signer-state-backend": "sqlite", "signer-state-path": filepath.Join(t.TempDir(), "state.sqlite")})
}

func TestStateInPostgres(t *testing.T) {
	var server postgres.Server
	defer server.Stop()
	keeps(t, map[string]string{"signer-state-backend": "postgres", "signer-state-url": server.Database(t), "signer-state-force-ipv4": "true"})
}

func TestStateInDynamoDB(t *testing.T) {
	var server dynalite.Server
	defer server.Stop()
	e := server.Endpoint(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	flags := map[string]string{"signer-state-backend": "dynamodb", "signer-state-table": e.Table(t), "aws-region": "eu-central-1"}
	t.Run("configured", func(t *testing.T) {
		flags["aws-endpoint-url"] = *e.Config().BaseEndpoint
		keeps(t, flags)
	})
	t.Run("by the environment", func(t *testing.T) {
		delete(flags, "aws-endpoint-url")
		delete(flags, "aws-region")
		t.Setenv("AWS_REGION", "eu-central-1")
		t.Setenv("AWS_ENDPOINT_URL", *e.Config().BaseEndpoint)
		flags["signer-state-table"] = e.Table(t)
		keeps(t, flags)
	})
}

// A history is no state, although both are files of this program's.
func TestStateIsNotTheHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slashing.sqlite")
	history, err := sqlitehistory.Open(context.Background(), sqlitehistory.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := history.Close(); err != nil {
		t.Fatal(err)
	}
	store, err := openState(t, map[string]string{"signer-state-backend": "sqlite", "signer-state-path": path})
	if store != nil || !errors.Is(err, state.ErrForeign) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, %v", store, err)
	}
}
