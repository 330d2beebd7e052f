package telemetry_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/telemetry"
)

// TestSampledAtScrape changes what the functions say between two scrapes.
func TestSampledAtScrape(t *testing.T) {
	var figure atomic.Int64
	reg := prometheus.NewRegistry()
	cfg := newConfig(reg)
	cfg.Now = func() time.Time { return started.Add(time.Duration(figure.Load()) * time.Second) }
	cfg.Healthy = func() bool { return figure.Load() > 0 }
	cfg.PermitsAvailable = func() int { return int(figure.Load()) }
	cfg.Mailboxes = func() map[string]int { return map[string]int{"worker": int(figure.Load())} }
	cfg.StorePool = func() map[string]int { return map[string]int{"in_use": int(figure.Load()), "max": 9} }
	telemetry.New(cfg)
	for value, want := range map[int64]map[string]string{
		0: {"containment_healthy": "0", "containment_uptime_seconds": "0", "containment_signing_semaphore_available": "0",
			`containment_anti_slashing_pg_pool{status="in_use"}`: "0", `containment_anti_slashing_pg_pool{status="idle"}`: "0",
			`containment_actor_mailbox_depth{actor="worker"}`: "0", `containment_actor_mailbox_depth{actor="keys"}`: "0"},
		7: {"containment_healthy": "1", "containment_uptime_seconds": "7", "containment_signing_semaphore_available": "7",
			`containment_anti_slashing_pg_pool{status="in_use"}`: "7", `containment_anti_slashing_pg_pool{status="max"}`: "9",
			`containment_actor_mailbox_depth{actor="worker"}`: "7", `containment_actor_mailbox_depth{actor="keys"}`: "0"},
	} {
		figure.Store(value)
		got := series(t, reg)
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%s is %q, want %s", name, got[name], want[name])
			}
		}
	}
}

func TestReady(t *testing.T) {
	m, reg := newMetrics()
	m.Ready(started.Add(1500 * time.Millisecond))
	if got := series(t, reg)["containment_startup_duration_seconds"]; got != "1.5" {
		t.Errorf("startup took %s, want 1.5", got)
	}
}
