package seal_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/seal"
	"containment-chamber/messages"
)

// holder is an actor that has keys.
type holder struct {
	drops int
	hang  bool
	asked []actors.Promise[messages.SecretsDropped]
}

func (h *holder) Receive(c *actors.Context, message any) {
	if m, ok := message.(messages.DropSecrets[messages.Keys]); ok {
		h.drops++
		if h.hang {
			h.asked = append(h.asked, actors.Defer(c, m))
			return
		}
		actors.Answer(c, m, messages.SecretsDropped{})
	}
}

func (h *holder) Abandon(err error) {
	for _, p := range h.asked {
		p.Fail(err)
	}
}

// TestConsumersDropTheirKeys: the chamber is not called sealed before they have, or have had five seconds.
func TestConsumersDropTheirKeys(t *testing.T) {
	for _, hang := range []bool{false, true} {
		inWorld(t, func(w *world) {
			h := &holder{hang: hang}
			ref := actorstest.Spawn[messages.Keys](w.Kit, actors.Spec{Name: "keys", Mailbox: 8, New: func() actors.Actor { return h }})
			cfg := w.config()
			cfg.Consumers = []seal.Consumer{seal.ConsumerOf("keys", ref)}
			r := w.replica(cfg)
			r.must(messages.InitializeChamber{Plan: w.plan(1, 1, 0, 0)})
			start := time.Now()
			done := r.start(messages.SealChamber{Reason: "fire"})
			w.Wait()
			if _, err := actorstest.Ask(w.Kit, r.ref, messages.GetDerivedKey{}); !errors.Is(err, messages.ErrSealed) {
				t.Errorf("a key is given out while the chamber closes: %v", err)
			}
			if s := r.status(); hang && (s.State != messages.StateUnsealed || !s.Closing) {
				t.Errorf("while keys are about: %+v", s)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
			if s := r.status(); s.State != messages.StateSealed || s.Closing || h.drops != 1 {
				t.Errorf("%+v, dropped %d times", s, h.drops)
			}
			if took := time.Since(start); hang && took != 5*time.Second || !hang && took > time.Second {
				t.Errorf("it took %v", took)
			}
			if kept := actorstest.Events[messages.SecretsKept](w.Kit); (len(kept) == 1) != hang {
				t.Errorf("%v", kept)
			}
			changes := actorstest.Events[messages.SealChanged](w.Kit)
			if last := changes[len(changes)-1]; last.From != messages.StateUnsealed || last.To != messages.StateSealed || last.By != "tester" || last.Cause != "seal" {
				t.Errorf("%+v", last)
			}
		})
	}
}

// TestCrashDropsKeys: after a crash nobody has keys of a chamber that is sealed; and a chamber that opens by itself does so.
func TestCrashDropsKeys(t *testing.T) {
	inWorld(t, func(w *world) {
		h := &holder{}
		ref := actorstest.Spawn[messages.Keys](w.Kit, actors.Spec{Name: "keys", Mailbox: 8, New: func() actors.Actor { return h }})
		cfg := w.config()
		cfg.Consumers = []seal.Consumer{seal.ConsumerOf("keys", ref)}
		r := w.openedWith(cfg, w.plan(1, 1, 1, 1))
		w.Crash("test/" + r.name)
		w.Advance(time.Second)
		if h.drops != 1 {
			t.Errorf("the keys were dropped %d times", h.drops)
		}
		r.is(messages.StateKMSUnsealed)
		var told []messages.SealState
		for _, e := range actorstest.Events[messages.SealChanged](w.Kit) {
			told = append(told, e.To)
		}
		if want := []messages.SealState{messages.StateUnsealed, messages.StateSealed, messages.StateSealed, messages.StateKMSUnsealed}; !slices.Equal(told[len(told)-4:], want) {
			t.Errorf("announced %v", told)
		}
		r.open("alice")
		r.must(messages.RotateMode{Plan: w.plan(1, 1, 0, 0)})
		w.Advance(11 * time.Minute) // one crash in ten minutes is allowed
		w.Crash("test/" + r.name)
		w.Advance(time.Second)
		r.is(messages.StateUnsealed)
	})
}
