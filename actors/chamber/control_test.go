package chamber_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// components is a signer state of nothing but a seal record, as control reads it.
type components struct{ *register }

func (c components) Read(ctx context.Context) ([]messages.Snapshot, error) {
	version, body, err := c.register.Read(ctx)
	if version == 0 || err != nil {
		return nil, err
	}
	return []messages.Snapshot{{Component: messages.ComponentSeal, Version: version, Body: body}}, nil
}

// TestControl runs the two together: the seal learns what it knows from control, also after either has crashed, and after
// the signer state was away.
func TestControl(t *testing.T) {
	runSealed(t, func(s *sealed) {
		if !slices.Contains(s.system.Tree(), "chamber/control") {
			t.Error("chamber/control does not run")
		}
		s.perform(messages.InitializeChamber{SetupToken: s.await("setup token"), Plan: messages.KeyPlan{KMS: s.references, KMSThreshold: 2}})
		s.awaitRefresh(messages.ComponentSeal, func(c messages.Component) bool { return c.Err == nil && c.Last.Version == 1 })
		s.system.Crash("chamber/control")
		s.awaitRestarts(1)
		s.system.Crash("chamber/seal")
		s.awaitRestarts(2)
		s.awaitState(messages.StateUnsealed) // by what it was offered, and the key-encryption keys
		s.state.set(func(r *register) { r.down = messages.ErrStateUnavailable })
		for _, name := range messages.Components() {
			s.awaitRefresh(name, func(c messages.Component) bool { return errors.Is(c.Err, messages.ErrStateUnavailable) })
		}
		s.awaitState(messages.StateUnsealed)
		s.state.set(func(r *register) { r.down = nil; r.version++; r.body[len(r.body)/2] ^= 1 }) // and is damaged
		s.awaitRefresh(messages.ComponentSeal, func(c messages.Component) bool { return errors.Is(c.Err, messages.ErrStateRefused) })
		s.awaitRefresh(messages.ComponentTokens, func(c messages.Component) bool { return c.Err == nil })
		s.awaitState(messages.StateUnsealed)
		s.state.set(func(r *register) { r.version--; r.body[len(r.body)/2] ^= 1 })
		s.awaitRefresh(messages.ComponentSeal, func(c messages.Component) bool { return c.Err == nil })
	})
}

// awaitRefresh waits until a component stands as it should.
func (s *sealed) awaitRefresh(name string, good func(messages.Component) bool) {
	s.Helper()
	var component messages.Component
	for range 1000 {
		var err error
		if component, err = actors.Ask(s.Context(), s.tree.Control, messages.GetComponent{Name: name}); err == nil && good(component) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Fatalf("%s stays %+v", name, component)
}

// awaitRestarts waits until so many crashed actors were started anew.
func (s *sealed) awaitRestarts(n int) {
	s.Helper()
	for range 1000 {
		if count[messages.ActorRestarted](s.harness) >= n {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Fatalf("there were no %d restarts", n)
}
