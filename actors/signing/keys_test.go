package signing_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/signing"
	"containment-chamber/messages"
)

// loader plays a keys actor that loads its second key while the signing actor serves the first.
type loader struct {
	ring   *bls.Ring
	status messages.KeyStatus
}

// become is what the loader is from now on, and what it announces then.
type become struct {
	loader
	event messages.Event
}

// Told implements actors.Notice.
func (become) Told(messages.Keys) {}

func (l *loader) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case messages.GetKeyRing:
		actors.Answer(c, m, messages.KeyRing(l.ring))
	case messages.GetKeyStatus:
		actors.Answer(c, m, l.status)
	case become:
		*l = m.loader
		c.Publish(m.event)
	}
}

// A key that is not there is unknown only when no more keys are to come.
func TestKeyThatIsYetToCome(t *testing.T) {
	var keys actors.Ref[messages.Keys]
	first, both := bls.NewRing(key(t, 0)), bls.NewRing(key(t, 0), key(t, 1))
	change := func(k *actorstest.Kit, c *signing.Config) {
		keys = actorstest.Spawn[messages.Keys](k, actors.Spec{Name: "loading", Mailbox: 8, New: func() actors.Actor {
			return &loader{first, messages.KeyStatus{Loading: true, Loaded: 1, Found: 3}}
		}})
		c.Keys = keys
	}
	runWith(t, change, func(h *harness) {
		expect := func(n int, want error, text string) {
			t.Helper()
			_, err := h.sign(n, vote(1, 2, 0))
			if !errors.Is(err, want) || err != nil && !strings.Contains(err.Error(), text) {
				t.Errorf("key %d: %v, want %v", n, err, want)
			}
		}
		expect(0, nil, "")
		expect(1, messages.ErrUnavailable, "still being loaded (1 of 3)")
		h.Crash("test/signing") // what it knew is asked for again
		h.Advance(time.Minute)
		expect(1, messages.ErrUnavailable, "still being loaded (1 of 3)")

		steps := []struct {
			become become
			one    error
			text   string
		}{
			{become{loader{both, messages.KeyStatus{Loading: true, Loaded: 2, Found: 3}}, messages.KeysChanged{}}, nil, ""},
			{become{loader{both, messages.KeyStatus{Loaded: 2, Found: 3}}, messages.KeysLoaded{}}, nil, ""},
			{become{loader{first, messages.KeyStatus{Loaded: 1, Found: 1}}, messages.KeysChanged{}}, messages.ErrUnknownKey, "not loaded"},
			{become{loader{first, messages.KeyStatus{Loading: true}}, messages.KeysLoading{Done: 4, Found: 7}}, messages.ErrUnavailable, "(4 of 7)"},
			{become{loader{first, messages.KeyStatus{}}, messages.KeysLoaded{}}, messages.ErrUnknownKey, "not loaded"},
			{become{loader{first.WithSealed(both.PublicKeys()), messages.KeyStatus{Loading: true}}, messages.KeysChanged{}}, messages.ErrSealed, "is under the master key, and not open now"},
		}
		for _, step := range steps {
			actors.Tell(keys, step.become)
			h.Wait()
			expect(0, nil, "")
			expect(1, step.one, step.text)
			ring, err := actorstest.Ask(h.Kit, h.ref, messages.GetSigningRing{})
			if err != nil || slices.Contains(ring.PublicKeys(), h.keys[1].PublicKey()) != (step.one == nil) {
				t.Errorf("key 1 in the ring: %v; it signs: %v", err, step.one)
			}
		}
	})
}
