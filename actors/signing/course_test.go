package signing_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/signing"
	"containment-chamber/messages"
)

var traced = messages.Trace{ID: [16]byte{1}, Span: [8]byte{2}, Sampled: true}

// path is the steps that a request took, each with its items, and its failures and their first cause where there are any.
func (h *harness) path() []string {
	var path []string
	for _, s := range actorstest.Events[messages.StepFinished](h.Kit) {
		step := fmt.Sprintf("%s %d", s.Step, s.Items)
		if s.Failed > 0 {
			for _, sentinel := range []error{messages.ErrUnknownKey, messages.ErrSlashable, messages.ErrOverloaded, messages.ErrCrashed} {
				if errors.Is(s.Err, sentinel) {
					step += fmt.Sprintf(", %d failed: %v", s.Failed, sentinel)
				}
			}
		}
		path = append(path, step)
	}
	return path
}

func (h *harness) took(want ...string) {
	h.T.Helper()
	if diff := cmp.Diff(want, h.path()); diff != "" {
		h.T.Errorf("steps (-want +got):\n%s", diff)
	}
}

func (h *harness) traced(n int, d messages.Duty) error {
	m := h.request(n, d)
	m.Trace = traced
	_, err := actorstest.Ask(h.Kit, h.ref, m)
	return err
}

// In virtual time a step takes exactly what it waits for: here the group's window, then the store.
func TestStepsOfASignature(t *testing.T) {
	run(t, nil, func(h *harness) {
		began := time.Now()
		h.store.hold = make(chan struct{})
		time.AfterFunc(10*time.Millisecond, func() { close(h.store.hold) })
		if err := h.traced(0, vote(1, 2, 0)); err != nil {
			t.Fatal(err)
		}
		h.took("authorize 1", "slashing check 1", "queue 1", "bls sign 1")
		recorded := began.Add(10 * time.Millisecond)
		for i, s := range actorstest.Events[messages.StepFinished](h.Kit) {
			from, to := began, began
			if i > 0 {
				to = recorded
			}
			if i > 1 {
				from = recorded
			}
			if !s.Started.Equal(from) || !s.Started.Add(s.Took).Equal(to) {
				t.Errorf("%s: from %v for %v, want from %v to %v", s.Step, s.Started, s.Took, from, to)
			}
			if s.Trace != traced || s.Operation != messages.Attestation || s.Key != h.keys[0].PublicKey() {
				t.Errorf("%s: %+v", s.Step, s)
			}
		}
	})
}

// A request ends its course in the step that refused it.
func TestStepsOfRefusals(t *testing.T) {
	reveal := messages.Duty{Operation: messages.RandaoReveal, SigningRoot: messages.Root{7}, GenesisValidatorsRoot: chain}
	for name, tt := range map[string]struct {
		change func(*messages.Sign)
		want   []string
	}{
		"unknown key": {func(m *messages.Sign) { m.Key = messages.PublicKey{1} }, []string{"authorize 1, 1 failed: unknown key"}},
		"slashable": {func(m *messages.Sign) { m.Duty = vote(1, 2, 1) },
			[]string{"authorize 1", "slashing check 1, 1 failed: slashing protection refused"}},
		"nothing to record": {func(m *messages.Sign) { m.Duty = reveal }, []string{"authorize 1", "queue 1", "bls sign 1"}},
		"not traced":        {func(m *messages.Sign) { m.Trace = messages.Trace{} }, nil},
		"not sampled":       {func(m *messages.Sign) { m.Trace.Sampled = false }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, nil, func(h *harness) {
				if _, err := h.sign(0, vote(1, 2, 0)); err != nil {
					t.Fatal(err)
				}
				m := h.request(0, vote(2, 3, 0))
				m.Trace = traced
				tt.change(&m)
				_, _ = actorstest.Ask(h.Kit, h.ref, m) // what it is answered is tested elsewhere
				h.took(tt.want...)
			})
		})
	}
}

// All keys of a batch share one step of each kind.
func TestStepsOfABatch(t *testing.T) {
	run(t, func(c *signing.Config) { c.GroupSize = 2 }, func(h *harness) {
		if _, err := h.sign(1, vote(1, 2, 1)); err != nil {
			t.Fatal(err)
		}
		batch := messages.SignBatch{Duty: vote(1, 2, 0), Deadline: time.Now().Add(time.Minute), Trace: traced}
		for _, k := range h.keys {
			batch.Keys = append(batch.Keys, k.PublicKey())
		}
		batch.Keys = append(batch.Keys, messages.PublicKey{9})
		if _, err := actorstest.Ask(h.Kit, h.ref, batch); err != nil {
			t.Fatal(err)
		}
		h.took("authorize 6, 1 failed: unknown key", "slashing check 5, 1 failed: slashing protection refused", "queue 4", "bls sign 4")
	})
}

func TestStepsWhenFull(t *testing.T) {
	run(t, func(c *signing.Config) { c.Permits = signing.NewPermits(2) }, func(h *harness) {
		batch := messages.SignBatch{Keys: make([]messages.PublicKey, 3), Deadline: time.Now().Add(time.Minute), Trace: traced}
		if _, err := actorstest.Ask(h.Kit, h.ref, batch); !errors.Is(err, messages.ErrOverloaded) {
			t.Fatal(err)
		}
		h.took("authorize 3, 3 failed: overloaded")
	})
}

// A crash is a failure of the step that it hit.
func TestStepsOfACrash(t *testing.T) {
	run(t, nil, func(h *harness) {
		hold := make(chan struct{})
		h.store.hold = hold
		done := make(chan error, 1)
		go func() { done <- h.traced(0, vote(1, 2, 0)) }()
		h.Advance(10 * time.Millisecond)
		h.Crash("test/signing")
		if err := <-done; !errors.Is(err, messages.ErrCrashed) {
			t.Errorf("got %v", err)
		}
		close(hold)
		h.Advance(time.Minute)
		h.took("authorize 1", "slashing check 1, 1 failed: crashed")
	})
}
