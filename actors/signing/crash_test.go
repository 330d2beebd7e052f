package signing_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"containment-chamber/messages"
)

// A crash anywhere answers everyone at once, gives every permit back, and signs nothing twice.
func TestCrashAnswersAtOnce(t *testing.T) {
	for _, victim := range []string{"signing", "slashing"} {
		t.Run(victim, func(t *testing.T) {
			run(t, nil, func(h *harness) {
				hold := make(chan struct{})
				h.store.hold = hold
				recording := h.start(h.T.Context(), 0, vote(1, 2, 0))
				h.Advance(10 * time.Millisecond)
				waiting := h.start(h.T.Context(), 1, vote(1, 2, 0))
				h.Advance(10 * time.Millisecond)
				at := time.Now()
				if victim == "slashing" {
					h.System.Crash("test/slashing") // in the turn after the record
					close(hold)
				} else {
					h.Crash("test/signing")
				}
				for name, done := range map[string]<-chan error{"recording": recording, "waiting": waiting} {
					err := <-done
					if err != nil && !errors.Is(err, messages.ErrCrashed) && !errors.Is(err, messages.ErrUnavailable) {
						t.Errorf("%s: %v", name, err)
					}
				}
				// A group that is queued behind the crash of the slashing actor is recorded after its restart.
				if waited := time.Since(at); waited > time.Second {
					t.Errorf("answered after %v", waited)
				}
				if victim == "signing" {
					close(hold)
				}
				h.Advance(time.Minute)
				for n := range 2 {
					if _, err := h.sign(n, vote(1, 2, 0)); err != nil {
						t.Errorf("the same duty after the crash: %v", err)
					}
					if _, err := h.sign(n, vote(1, 2, 1)); !errors.Is(err, messages.ErrSlashable) {
						t.Errorf("a conflicting duty after the crash: %v", err)
					}
				}
				h.free()
			})
		})
	}
}

// Workers come back, and meanwhile the others do the work.
func TestWorkersHeal(t *testing.T) {
	run(t, nil, func(h *harness) {
		for round := range 3 {
			for w := range 2 {
				h.Crash(fmt.Sprintf("test/signing/worker-%02d", w))
			}
			for n := range h.keys {
				_, err := h.sign(n, vote(uint64(round), uint64(round+1), 0))
				if err != nil && !errors.Is(err, messages.ErrUnavailable) {
					t.Error(err)
				}
			}
			h.Advance(30 * time.Second)
		}
		for n := range h.keys {
			if _, err := h.sign(n, vote(8, 9, 0)); err != nil {
				t.Error(err)
			}
		}
		if down := h.System.NotReady(); len(down) > 0 {
			t.Errorf("not ready: %v", down)
		}
		h.free()
	})
}
