package main_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"containment-chamber/actors/storetest/dynalite"
	"containment-chamber/actors/storetest/postgres"
	main "containment-chamber/cmd/containment-chamber"
	"containment-chamber/config"
	"containment-chamber/messages"
	"containment-chamber/telemetry"
	"containment-chamber/telemetry/collectortest"
)

// TestCallsToSharedHistoriesAreSpans: while traces are exported, so are the calls of the stores that replicas share.
func TestCallsToSharedHistoriesAreSpans(t *testing.T) {
	t.Run("dynamodb", func(t *testing.T) {
		var server dynalite.Server
		defer server.Stop()
		_, flags := historyTable(t, &server)
		seen := spansOf(t, flags)
		if seen["DynamoDB.DescribeTable"] != 1 || seen["DynamoDB.UpdateItem"] != 2 {
			t.Errorf("got %v", seen)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		var server postgres.Server
		defer server.Stop()
		flags := map[string]string{"network": "mainnet", "anti-slashing-backend": "postgres", "anti-slashing-url": server.Database(t)}
		seen := spansOf(t, flags)
		if seen["slashing store open"] != 1 || seen["slashing store probe"] != 1 || seen["connect"] == 0 || seen["UPDATE"] == 0 {
			t.Errorf("got %v", seen)
		}
	})
}

// spansOf opens a history, writes to it, and counts the spans by name.
func spansOf(t *testing.T, flags map[string]string) map[string]int {
	t.Helper()
	collector := collectortest.Start(t, nil)
	tracing, err := telemetry.NewTracing(telemetry.TraceConfig{Endpoint: collector.Endpoint, SampleRatio: 1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Options{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	store, err := main.OpenHistory(cfg, messages.Root{1}, tracing)(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.Probe(context.Background()), store.Close()); err != nil {
		t.Fatal(err)
	}
	tracing.Stop(context.Background())
	seen := map[string]int{}
	for _, span := range collector.Spans() {
		seen[span.Name]++
		for name, attribute := range span.Attributes {
			if strings.Contains(attribute, "password") {
				t.Errorf("span %s: %s is %s", span.Name, name, attribute)
			}
		}
	}
	return seen
}
