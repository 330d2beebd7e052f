package signing_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/signing"
	"containment-chamber/messages"
)

func TestSigns(t *testing.T) {
	run(t, nil, func(h *harness) {
		duty := vote(1, 2, 0)
		signed, err := h.sign(0, duty)
		if err != nil {
			t.Fatal(err)
		}
		if !bls.Verify(h.keys[0].PublicKey(), duty.SigningRoot, signed.Signature) {
			t.Error("the signature does not verify")
		}
		again, err := h.sign(0, duty)
		if err != nil || again != signed {
			t.Errorf("the same duty again: %v", err)
		}
		h.free()
	})
}

func TestRefuses(t *testing.T) {
	elsewhere := vote(1, 2, 0)
	elsewhere.GenesisValidatorsRoot = messages.Root{0xee}
	for name, tt := range map[string]struct {
		change func(*messages.Sign)
		want   error
	}{
		"unknown key":   {func(m *messages.Sign) { m.Key = messages.PublicKey{1} }, messages.ErrUnknownKey},
		"other chain":   {func(m *messages.Sign) { m.Duty = elsewhere }, messages.ErrWrongNetwork},
		"late":          {func(m *messages.Sign) { m.Deadline = time.Now().Add(-time.Second) }, messages.ErrExpired},
		"double vote":   {func(m *messages.Sign) { m.Duty = vote(0, 9, 1) }, messages.ErrSlashable},
		"surrounded":    {func(m *messages.Sign) { m.Duty = vote(6, 8, 0) }, messages.ErrSlashable},
		"surrounding":   {func(m *messages.Sign) { m.Duty = vote(4, 10, 0) }, messages.ErrSlashable},
		"source beyond": {func(m *messages.Sign) { m.Duty = vote(12, 11, 0) }, messages.ErrSlashable},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, nil, func(h *harness) {
				if _, err := h.sign(0, vote(5, 9, 0)); err != nil {
					t.Fatal(err)
				}
				before := h.store.records.Load()
				m := h.request(0, vote(9, 10, 0))
				tt.change(&m)
				_, err := actorstest.Ask(h.Kit, h.ref, m)
				if !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %v", err, tt.want)
				}
				asked := h.store.records.Load() > before
				if slashable := errors.Is(tt.want, messages.ErrSlashable); asked != slashable {
					t.Errorf("the store was asked: %v, want %v", asked, slashable)
				}
				h.free()
			})
		})
	}
}

// Concurrent duties share one commit.
func TestGroups(t *testing.T) {
	run(t, nil, func(h *harness) {
		var all []<-chan error
		for n := range h.keys {
			all = append(all, h.start(h.T.Context(), n, vote(1, 2, 0)))
		}
		for _, done := range all {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if got := h.store.records.Load(); got != 1 {
			t.Errorf("%d commits for %d duties, want 1", got, len(h.keys))
		}
	})
}

// A caller that leaves before its duty is recorded leaves nothing behind that the next vote could conflict with.
func TestRecordsNothingForACallerWhoLeft(t *testing.T) {
	run(t, nil, func(h *harness) {
		ctx, leave := context.WithCancel(h.T.Context())
		done := h.start(ctx, 0, vote(1, 2, 0))
		h.Wait()
		leave()
		if err := <-done; !errors.Is(err, messages.ErrExpired) {
			t.Errorf("got %v", err)
		}
		h.Advance(time.Second)
		if _, err := h.sign(0, vote(1, 2, 1)); err != nil {
			t.Errorf("another vote for the same target: %v", err)
		}
		h.free()
	})
}

func TestBatch(t *testing.T) {
	run(t, nil, func(h *harness) {
		if _, err := h.sign(1, vote(1, 2, 1)); err != nil {
			t.Fatal(err)
		}
		duty := vote(1, 2, 0)
		keys := []messages.PublicKey{h.keys[0].PublicKey(), h.keys[1].PublicKey(), {9}, h.keys[0].PublicKey(), h.keys[2].PublicKey()}
		got, err := actorstest.Ask(h.Kit, h.ref, messages.SignBatch{Keys: keys, Duty: duty, Deadline: time.Now().Add(time.Minute)})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []error{nil, messages.ErrSlashable, messages.ErrUnknownKey, nil, nil} {
			r := got.Results[i]
			if !errors.Is(r.Err, want) {
				t.Errorf("result %d: %v, want %v", i, r.Err, want)
			}
			if want == nil && !bls.Verify(keys[i], duty.SigningRoot, r.Signature) {
				t.Errorf("result %d does not verify", i)
			}
		}
		h.free()
	})
}

func TestPermits(t *testing.T) {
	small := signing.NewPermits(2)
	run(t, func(c *signing.Config) { c.Permits = small }, func(h *harness) {
		h.store.hold = make(chan struct{})
		first, second := h.start(h.T.Context(), 0, vote(1, 2, 0)), h.start(h.T.Context(), 1, vote(1, 2, 0))
		h.Wait()
		if _, err := h.sign(2, vote(1, 2, 0)); !errors.Is(err, messages.ErrOverloaded) {
			t.Errorf("the third of two: %v", err)
		}
		if got := actorstest.Expect[messages.QueueRefused](h.Kit); got.Queue != "signing" {
			t.Errorf("refused by %q", got.Queue)
		}
		batch := messages.SignBatch{Keys: make([]messages.PublicKey, 3), Deadline: time.Now().Add(time.Minute)}
		if _, err := actorstest.Ask(h.Kit, h.ref, batch); !errors.Is(err, messages.ErrOverloaded) {
			t.Errorf("a batch larger than the permits: %v", err)
		}
		close(h.store.hold)
		if err := errors.Join(<-first, <-second); err != nil {
			t.Error(err)
		}
		h.Wait()
		if small.Available() != 2 {
			t.Errorf("%d permits are free at rest, want 2", small.Available())
		}
	})
}

// Operations without protection never touch the store, once the chain is known.
func TestUnprotected(t *testing.T) {
	run(t, nil, func(h *harness) {
		reveal := messages.Duty{Operation: messages.RandaoReveal, SigningRoot: messages.Root{7}, GenesisValidatorsRoot: chain}
		for range 3 {
			if _, err := h.sign(0, reveal); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.store.records.Load(); got != 0 {
			t.Errorf("%d records", got)
		}
	})
}

// A signer that was told no chain learns it from the first duty, whatever that is.
func TestPinsTheChain(t *testing.T) {
	run(t, func(c *signing.Config) { c.GenesisValidatorsRoot = messages.Root{} }, func(h *harness) {
		reveal := messages.Duty{Operation: messages.RandaoReveal, SigningRoot: messages.Root{7}, GenesisValidatorsRoot: chain}
		if _, err := h.sign(0, reveal); err != nil {
			t.Fatal(err)
		}
		reveal.GenesisValidatorsRoot = messages.Root{0xee}
		if _, err := h.sign(0, reveal); !errors.Is(err, messages.ErrWrongNetwork) {
			t.Errorf("another chain: %v", err)
		}
	})
}

func TestDrainFinishesWhatWasAdmitted(t *testing.T) {
	run(t, nil, func(h *harness) {
		h.store.hold = make(chan struct{})
		first := h.start(h.T.Context(), 0, vote(1, 2, 0))
		h.Advance(10 * time.Millisecond) // its group is being recorded
		second := h.start(h.T.Context(), 1, vote(1, 2, 0))
		h.Wait()
		stopped := make(chan error, 1)
		go func() { stopped <- h.System.Stop(h.T.Context()) }()
		h.Wait()
		if _, err := actors.Ask(h.T.Context(), h.ref, h.request(2, vote(1, 2, 0))); !errors.Is(err, messages.ErrDraining) {
			t.Errorf("while draining: %v", err)
		}
		close(h.store.hold)
		for _, done := range []<-chan error{first, second, stopped} {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		h.free()
	})
}
