package chamber_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/control"
	"containment-chamber/actors/seal"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/messages"
)

// TestReplicasFollow: what one process has written is followed by another within two intervals, by way of control.
func TestReplicasFollow(t *testing.T) {
	reference := filepath.Join(t.TempDir(), "kek")
	if err := kek.WriteFile(reference); err != nil {
		t.Fatal(err)
	}
	const interval = time.Second
	actorstest.Run(t, func(k *actorstest.Kit) {
		state := &register{}
		var replicas []actors.Ref[messages.Seal]
		for i := range 2 {
			name := fmt.Sprintf("control%d", i)
			sealed := seal.Spec(seal.Config{
				Store: state, Keys: kek.NewRing(kek.Config{}), ShareWindow: time.Minute, WorkTimeout: time.Minute,
				Control: actors.Lookup[messages.Control](k.System, "test/"+name),
			})
			sealed.Name = fmt.Sprintf("seal%d", i)
			ref := actorstest.Spawn[messages.Seal](k, sealed)
			controlled := control.Spec(control.Config{
				Store: components{state}, Interval: interval, Consumers: []control.Consumer{control.ConsumerOf(messages.ComponentSeal, ref)},
			})
			controlled.Name = name
			actorstest.Spawn[messages.Control](k, controlled)
			replicas = append(replicas, ref)
		}
		both := func(want messages.SealState) {
			t.Helper()
			k.Advance(2 * interval)
			for i, ref := range replicas {
				if status, err := actorstest.Ask(k, ref, messages.GetSealStatus{}); err != nil || status.State != want || status.Err != nil {
					t.Errorf("replica %d is %s (%v, %v), want %s", i, status.State, status.Err, err, want)
				}
			}
		}
		hold := func(i int, c messages.Ceremony) {
			t.Helper()
			if _, err := actorstest.Ask(k, replicas[i], messages.ExecuteCeremony{Fence: 1, Ceremony: c}); err != nil {
				t.Errorf("%s: %v", c.Name(), err)
			}
		}
		both(messages.StateUninitialized)
		hold(0, messages.InitializeChamber{Plan: messages.KeyPlan{KMS: []string{"file:" + reference}, KMSThreshold: 1}})
		both(messages.StateUnsealed)
		hold(1, messages.SealChamber{Reason: "fire"})
		both(messages.StateSealed)
		for i := range replicas {
			hold(i, messages.UnsealByKMS{})
		}
		both(messages.StateUnsealed)
		k.Crash("test/seal0")
		both(messages.StateUnsealed) // it has asked control for what it did not know any more
	})
}
