package main

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"containment-chamber/actors"
	"containment-chamber/config"
	"containment-chamber/http"
	"containment-chamber/messages"
)

// unprotected is what health and status say of a signer without a history.
const unprotected = "slashing protection is off (anti_slashing.backend: noop)"

// health asks the actors that answer at once; what is known of the store was announced.
func (s *signer) health(ctx context.Context) http.Health {
	hung, err := actors.Ask(ctx, s.tree.Watchdog, messages.GetUnresponsive{})
	if err != nil {
		hung.Names = append(hung.Names, "chamber/watchdog")
	}
	status, err := actors.Ask(ctx, s.tree.Keys, messages.GetKeyStatus{})
	status.Failures = outsideNames(status.Failures, s.cfg.KeySources.Filesystem.Paths)
	keys := http.KeysCheck(status)
	keys.Down = err != nil
	store := http.StoreCheck(s.store.trouble(), s.store.suspect())
	if s.cfg.AntiSlashing.Backend == config.BackendNoop {
		store.Data = map[string]any{"warning": unprotected}
	} else if s.parts.chamber.Slashing.Unmarked() {
		if store.Data == nil {
			store.Data = map[string]any{}
		}
		store.Data["rows_authenticated"] = false
	}
	checks := []http.Check{
		http.ReadyCheck(s.missed(s.system.NotReady())), http.ActorsCheck(s.missed(hung.Names)), keys, store,
	}
	if s.parts.chamber.Sealing != nil {
		checks = append(checks, http.ChamberCheck(s.seal.now()))
	}
	return http.Health{Checks: checks}
}

// missed leaves out workers, unless all of them are away: as long as one is there it does the work, and that others
// are not is no reason to leave the load balancer.
func (s *signer) missed(away []string) []string {
	isWorker := func(path string) bool { return strings.HasPrefix(path, "chamber/signing/worker-") }
	others := slices.DeleteFunc(slices.Clone(away), isWorker)
	if len(away)-len(others) == s.parts.chamber.Signing.Workers {
		return away
	}
	return others
}

// healthy is what the metric shows: the same as /healthcheck.
func (s *signer) healthy() bool {
	if !s.ready.Load() {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	return !slices.ContainsFunc(s.health(ctx).Checks, func(c http.Check) bool { return c.Down })
}

// storeHealth is what the slashing actor has announced of its store. The actor itself is not asked, since it is busy
// while the store commits: neither the health check nor a scrape waits for a disk.
type storeHealth struct {
	down     atomic.Pointer[messages.SlashingStoreDown]
	distrust atomic.Pointer[messages.StoreSuspect]
}

func (h *storeHealth) observe(e messages.Event) {
	switch e := e.(type) {
	case messages.SlashingStoreDown:
		h.down.Store(&e)
	case messages.SlashingStoreUp, messages.DutiesChecked:
		h.down.Store(nil)
	case messages.StoreSuspect:
		h.distrust.Store(&e)
	}
}

// suspect says of which validators the history cannot be believed.
func (h *storeHealth) suspect() messages.StoreSuspect {
	if e := h.distrust.Load(); e != nil {
		return *e
	}
	return messages.StoreSuspect{}
}

// sealState is the state that the seal has announced, for whoever cannot wait for it.
type sealState struct {
	last atomic.Pointer[messages.SealState]
}

func (s *sealState) observe(e messages.Event) {
	if e, ok := e.(messages.SealChanged); ok {
		s.last.Store(&e.To)
	}
}

// now is empty while the signer state was not read.
func (s *sealState) now() messages.SealState {
	if last := s.last.Load(); last != nil {
		return *last
	}
	return ""
}

// trouble is why the store cannot record, or nil.
func (h *storeHealth) trouble() error {
	if down := h.down.Load(); down != nil {
		return down.Cause
	}
	return nil
}
