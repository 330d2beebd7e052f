package main_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"containment-chamber/actors/state"
	"containment-chamber/messages"
)

// TestComponentsAreTheRecords of the signer state: none of them goes unread.
func TestComponentsAreTheRecords(t *testing.T) {
	if components := slices.Sorted(slices.Values(messages.Components())); !slices.Equal(components, state.Names()) {
		t.Errorf("components %v, records %v", components, state.Names())
	}
}

// record is a signer state in memory: the seal record, and others beside it.
type record struct {
	mu      sync.Mutex
	version uint64
	body    []byte
	others  []messages.Snapshot
	down    error
}

// set breaks or mends it.
func (r *record) set(f func(*record)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r)
}

func (r *record) Read(context.Context) (uint64, []byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.version, bytes.Clone(r.body), r.down
}

func (r *record) Write(_ context.Context, version uint64, body []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if version != r.version+1 {
		return messages.ErrConflict
	}
	r.version, r.body = version, bytes.Clone(body)
	return nil
}

// components is the same, for those who read all of it.
type components struct{ *record }

func (c components) Read(context.Context) ([]messages.Snapshot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := slices.Clone(c.others)
	if c.version > 0 {
		all = append(all, messages.Snapshot{Component: messages.ComponentSeal, Version: c.version, Body: bytes.Clone(c.body)})
	}
	return all, c.down
}

// refreshes are the metrics of one component's refreshes.
type refreshes struct{ up, success, failure, last float64 }

func (o *operated) refreshes(component string) refreshes {
	o.Helper()
	const prefix = "containment_control_plane_"
	return refreshes{
		up:      o.counted(prefix+"component_up", component),
		success: o.counted(prefix+"refresh_total", component, "success"),
		failure: o.counted(prefix+"refresh_total", component, "error"),
		last:    o.counted(prefix+"last_success_unix_seconds", component),
	}
}

// follow waits until a component's refreshes have failed, or succeeded, at least twice more, and that is what is seen.
func (o *operated) follow(up float64, components ...string) {
	o.Helper()
	for _, component := range components {
		before, now := o.refreshes(component), refreshes{}
		for range 3000 {
			now = o.refreshes(component)
			if now.up == up && now.success+now.failure > before.success+before.failure+1 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		moved, stood := now.failure > before.failure, now.last == before.last || before.up == 1
		if up == 1 {
			moved, stood = now.success > before.success, now.last >= before.last && time.Since(time.UnixMilli(int64(now.last*1000))) < time.Minute
		}
		if now.up != up || !moved || !stood {
			o.Fatalf("%s: %+v, then %+v, want up %v", component, before, now, up)
		}
	}
}

// TestControlPlaneMetrics moves them by what they tell of: a signer state that is there, lies, is away, and comes back.
func TestControlPlaneMetrics(t *testing.T) {
	o := operate(t)
	o.follow(1, messages.Components()...)
	hold := func(versions ...uint64) {
		o.state.set(func(r *record) {
			r.others = nil
			for i, version := range versions {
				name := []string{messages.ComponentPolicies, messages.ComponentTokens}[i]
				r.others = append(r.others, messages.Snapshot{Component: name, Version: version, Body: []byte{byte(version)}})
			}
		})
	}
	hold(2, 2)
	o.follow(1, messages.Components()...)
	hold(1, 2)
	o.follow(0, messages.ComponentPolicies)
	o.follow(1, messages.ComponentSeal, messages.ComponentTokens)
	hold(2, 1)
	o.follow(0, messages.ComponentTokens)
	o.follow(1, messages.ComponentSeal, messages.ComponentPolicies)
	hold(2, 2)
	o.state.set(func(r *record) { r.version, r.body = 1, []byte("garbage") })
	o.follow(0, messages.ComponentSeal)
	o.follow(1, messages.ComponentPolicies, messages.ComponentTokens)
	o.state.set(func(r *record) { r.version, r.body, r.down = 0, nil, messages.ErrStateUnavailable })
	o.follow(0, messages.Components()...)
	o.state.set(func(r *record) { r.down = nil })
	o.follow(1, messages.Components()...)
}
