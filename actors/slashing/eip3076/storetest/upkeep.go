package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// allowed is a vote that may be signed, and what had been done to the history before that was asked for.
type allowed struct {
	eip3076.Attestation
	low   eip3076.Floor
	filed int // votes
}

// upkeep is a validator that several stores sign for while another store imports into its history, prunes it, and raises its
// watermark.
type upkeep struct {
	epoch  atomic.Uint64 // the present one
	asked  chan struct{} // one for each vote; with room for many, so that nobody waits for the upkeep
	turn   chan struct{} // of whoever uses the rest
	signed []allowed
	filed  []eip3076.Attestation
	low    eip3076.Floor
}

// upkeeps: what is done to a history in one store binds every other one from the moment that it is done.
func (s Subject) upkeeps(t *testing.T) {
	const rounds, signers = 24, 3
	u, opener := &upkeep{asked: make(chan struct{}, 4096), turn: make(chan struct{}, 1)}, s.Place(t)
	keeper := open(t, opener)
	u.epoch.Store(10)
	var wait sync.WaitGroup
	ended := make(chan struct{})
	for n := range signers {
		store := keeper
		if s.Shared {
			store = open(t, opener)
		}
		wait.Go(func() { u.sign(t, store, byte(n), ended) })
	}
	for n := range uint64(rounds) {
		u.epoch.Store(10 + n)
		if err := u.keep(keeper, n); err != nil {
			t.Error(err)
		}
		for range 4 * signers {
			<-u.asked
		}
	}
	close(ended)
	wait.Wait()
	u.check(t)
	if len(u.signed) == 0 {
		t.Error("nothing is signed")
	}
}

// sign asks for votes around the present epoch, which contradict each other, until the upkeep has ended.
func (u *upkeep) sign(t *testing.T, store eip3076.Recorder, n byte, ended <-chan struct{}) {
	for r := rand.New(rand.NewPCG(1, uint64(n))); ; {
		select {
		case <-ended:
			return
		case u.asked <- struct{}{}:
		}
		epoch := u.epoch.Load()
		duty := Vote(Key(1), epoch-r.Uint64N(4), epoch+r.Uint64N(4), byte(r.Uint64N(3)))
		u.turn <- struct{}{}
		vote := allowed{eip3076.AttestationOf(duty.Duty), u.low, len(u.filed)}
		<-u.turn
		recorded, err := store.Record(context.Background(), []messages.KeyDuty{duty})
		if err != nil {
			t.Error(err)
			return
		}
		if recorded.Verdicts[0] == nil {
			u.turn <- struct{}{}
			u.signed = append(u.signed, vote)
			<-u.turn
		}
	}
}

// keep does one thing to the history.
func (u *upkeep) keep(store eip3076.Store, n uint64) error {
	ctx, epoch := context.Background(), u.epoch.Load()
	switch n % 3 {
	case 0:
		filed := Vote(Key(1), epoch-n%5, epoch+2, 9)
		_, err := store.Import(ctx, fileOf(filed))
		u.turn <- struct{}{}
		defer func() { <-u.turn }()
		u.filed = append(u.filed, eip3076.AttestationOf(filed.Duty))
		return err
	case 1:
		_, err := store.PruneNext(ctx, messages.PublicKey{}, eip3076.Retention{KeepEpochs: 3, SlotsPerEpoch: 32})
		return err
	default:
		mark := eip3076.Watermark{Epoch: epoch - 3}
		_, err := store.SetWatermark(ctx, mark, Key(1))
		floor, _ := mark.Floor()
		u.turn <- struct{}{}
		defer func() { <-u.turn }()
		u.low = u.low.Raise(floor)
		return err
	}
}

// check compares every pair.
func (u *upkeep) check(t *testing.T) {
	contradict := func(a, b eip3076.Attestation) bool {
		return a != b && (a.Target == b.Target || a.Surrounds(b) || b.Surrounds(a))
	}
	for i, a := range u.signed {
		for _, b := range u.signed[:i] {
			if contradict(a.Attestation, b.Attestation) {
				t.Fatalf("signed are %+v and %+v", a, b)
			}
		}
		for _, b := range u.filed[:a.filed] {
			if contradict(a.Attestation, b) {
				t.Fatalf("signed is %+v, after the import of %+v", a, b)
			}
		}
		if !a.low.AdmitsAttestation(a.Attestation) && !slices.ContainsFunc(u.signed, func(b allowed) bool {
			return b.Attestation == a.Attestation && b.low.AdmitsAttestation(b.Attestation)
		}) {
			t.Fatalf("signed is %+v, for the first time, below the watermark", a)
		}
	}
}

// fileOf is an interchange file with one vote.
func fileOf(vote messages.KeyDuty) *strings.Reader {
	d := vote.Duty
	return strings.NewReader(File(vote.Key, "", fmt.Sprintf(`{"source_epoch": "%d", "target_epoch": "%d", "signing_root": %q}`, d.SourceEpoch, d.TargetEpoch, d.SigningRoot)))
}
