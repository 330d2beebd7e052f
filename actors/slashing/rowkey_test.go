package slashing_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/messages"
)

// plainKey is a key in ordinary memory that knows whether it was wiped.
type plainKey struct {
	bytes [32]byte
	wiped bool
}

func (k *plainKey) Use(f func(*[32]byte)) { f(&k.bytes) }
func (k *plainKey) Wipe()                 { clear(k.bytes[:]); k.wiped = true }

// fakeSeal gives keys out while it is open.
type fakeSeal struct {
	refusal error
	purpose messages.KeyPurpose
	given   []*plainKey
	hang    bool
	held    []actors.Promise[messages.DerivedKey]
	ref     actors.Ref[messages.Seal]
}

// turn is something to do in a turn of the seal's.
type turn func(*actors.Context)

// Told implements actors.Notice.
func (turn) Told(messages.Seal) {}

// refuse has the seal refuse from now on, or not any more.
func (s *fakeSeal) refuse(k *actorstest.Kit, err error) {
	actors.Tell(s.ref, turn(func(*actors.Context) { s.refusal = err }))
	k.Wait()
}

// announce has the seal publish something.
func (s *fakeSeal) announce(k *actorstest.Kit, e messages.Event) {
	actors.Tell(s.ref, turn(func(c *actors.Context) { c.Publish(e) }))
	k.Wait()
}

func (s *fakeSeal) Receive(c *actors.Context, message any) {
	if do, ok := message.(turn); ok {
		do(c)
	}
	m, ok := message.(messages.GetDerivedKey)
	if !ok {
		return
	}
	s.purpose = m.Purpose
	switch {
	case s.hang:
		s.held = append(s.held, actors.Defer(c, m))
	case s.refusal != nil:
		actors.Refuse(c, s.refusal)
	default:
		actors.Answer(c, m, messages.DerivedKey{Key: s.next()})
	}
}

func (s *fakeSeal) next() *plainKey {
	key := &plainKey{bytes: [32]byte{7}}
	s.given = append(s.given, key)
	return key
}

// underMasterKey is a slashing actor whose rows are authenticated under the master key.
func underMasterKey(k *actorstest.Kit, s *fakeSeal) actors.Ref[messages.Slashing] {
	s.ref = actorstest.Spawn[messages.Seal](k, actors.Spec{Name: "seal", Mailbox: 8, New: func() actors.Actor { return s }})
	marks, witness := &eip3076.Marker{}, eip3076.NewWitness()
	d := &disk{Store: memory.Open(memory.Config{GenesisValidatorsRoot: chain, Marks: marks, Witness: witness})}
	return actorstest.Spawn[messages.Slashing](k, slashing.Spec(slashing.Config{
		Timeout: time.Second, Open: d.open,
		Marks: marks, UnderMasterKey: true, Seal: s.ref,
	}))
}

var opened = messages.SealChanged{From: messages.StateKMSUnsealed, To: messages.StateUnsealed}

func TestSealedRecordsNothingProtected(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := &fakeSeal{refusal: messages.ErrSealed}
		ref := underMasterKey(k, s)
		unprotected := messages.KeyDuty{Key: messages.PublicKey{1}, Duty: messages.Duty{Operation: messages.RandaoReveal, GenesisValidatorsRoot: chain}}
		both := messages.RecordDuties{Duties: append(proposal(7, 1).Duties, unprotected)}
		for range 2 {
			r, err := actorstest.Ask(k, ref, both)
			if err != nil || len(r.Verdicts) != 2 || !errors.Is(r.Verdicts[0], messages.ErrSealed) || r.Verdicts[1] != nil {
				t.Errorf("%+v, %v", r, err)
			}
		}
		if e := actorstest.Events[messages.DutiesSealed](k); len(e) != 2 || e[0].Count != 1 {
			t.Errorf("published %+v", e)
		}
		if health, err := actorstest.Ask(k, ref, messages.GetSlashingHealth{}); err != nil || health.Err != nil || !health.Sealed || health.Unmarked {
			t.Errorf("health %+v, %v", health, err)
		}
		s.refuse(k, nil)
		s.announce(k, opened)
		if r, err := actorstest.Ask(k, ref, both); err != nil || r.Verdicts[0] != nil || r.Verdicts[1] != nil || s.purpose != messages.PurposeSlashingRows {
			t.Errorf("when it is open: %+v, %v, purpose %q", r, err, s.purpose)
		}
	})
}

// The key is wiped when the seal asks for it, when the seal has crashed, and when the actor ends.
func TestTheKeyIsDropped(t *testing.T) {
	for name, drop := range map[string]func(*actorstest.Kit, *fakeSeal, actors.Ref[messages.Slashing]){
		"asked to": func(k *actorstest.Kit, _ *fakeSeal, ref actors.Ref[messages.Slashing]) {
			if _, err := actorstest.Ask(k, ref, messages.DropSecrets[messages.Slashing]{}); err != nil {
				t.Error(err)
			}
		},
		"sealed": func(k *actorstest.Kit, s *fakeSeal, _ actors.Ref[messages.Slashing]) {
			s.announce(k, messages.SealChanged{From: messages.StateUnsealed, To: messages.StateSealed})
		},
		"the seal crashed": func(k *actorstest.Kit, s *fakeSeal, _ actors.Ref[messages.Slashing]) {
			s.announce(k, messages.ActorRestarted{Actor: "seal"})
		},
		"crash": func(k *actorstest.Kit, _ *fakeSeal, _ actors.Ref[messages.Slashing]) { k.Crash("test/slashing") },
	} {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				s := &fakeSeal{}
				ref := underMasterKey(k, s)
				k.Wait()
				if _, err := actorstest.Ask(k, ref, proposal(7, 1)); err != nil {
					t.Fatal(err)
				}
				s.refuse(k, messages.ErrSealed)
				drop(k, s, ref)
				k.Advance(time.Minute)
				if len(s.given) != 1 || !s.given[0].wiped {
					t.Errorf("%d keys, wiped: %v", len(s.given), s.given[0].wiped)
				}
				if r, err := actorstest.Ask(k, ref, proposal(8, 1)); err != nil || !errors.Is(r.Verdicts[0], messages.ErrSealed) {
					t.Errorf("without the key: %+v, %v", r, err)
				}
				s.refuse(k, nil)
				s.announce(k, opened)
				if r, err := actorstest.Ask(k, ref, proposal(7, 2)); err != nil || !errors.Is(r.Verdicts[0], messages.ErrSlashable) {
					t.Errorf("when it is open again: %+v, %v", r, err)
				}
			})
		})
	}
}

// A key that was on its way when keys were dropped is wiped, not used.
func TestALateKeyIsWiped(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := &fakeSeal{hang: true}
		ref := underMasterKey(k, s)
		k.Wait()
		if _, err := actorstest.Ask(k, ref, messages.DropSecrets[messages.Slashing]{}); err != nil {
			t.Fatal(err)
		}
		s.held[0].Resolve(messages.DerivedKey{Key: s.next()})
		k.Wait()
		if !s.given[0].wiped {
			t.Error("it was kept")
		}
		if health, _ := actorstest.Ask(k, ref, messages.GetSlashingHealth{}); !health.Sealed {
			t.Errorf("health %+v", health)
		}
	})
}

// A seal that cannot answer is asked again.
func TestTheKeyIsAskedForAgain(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := &fakeSeal{refusal: messages.ErrUnavailable}
		ref := underMasterKey(k, s)
		k.Wait()
		s.refuse(k, nil)
		k.Advance(2 * time.Second)
		if r, err := actorstest.Ask(k, ref, proposal(7, 1)); err != nil || r.Verdicts[0] != nil {
			t.Errorf("%+v, %v", r, err)
		}
	})
}
