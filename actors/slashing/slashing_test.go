package slashing_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/messages"
)

var (
	chain   = messages.Root{0xcc}
	errDisk = errors.New("the disk is full")
)

// disk is a memory store that stays when it is closed, and fails while broken is set.
type disk struct {
	*memory.Store
	broken atomic.Bool
	opened int
	closed int
}

func (d *disk) open(context.Context) (eip3076.Recorder, error) {
	d.opened++
	return d, nil
}

func (d *disk) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	if d.broken.Load() && len(duties) > 0 {
		return messages.Recorded{}, errors.Join(messages.ErrStoreUnavailable, errDisk)
	}
	return d.Store.Record(ctx, duties)
}

func (d *disk) Probe(context.Context) error {
	if d.broken.Load() {
		return errDisk
	}
	return nil
}

func (d *disk) Close() error { d.closed++; return nil }

func spawn(k *actorstest.Kit, d *disk) actors.Ref[messages.Slashing] {
	return actorstest.Spawn[messages.Slashing](k, slashing.Spec(slashing.Config{Timeout: time.Second, Open: d.open}))
}

func proposal(slot uint64, salt byte) messages.RecordDuties {
	return messages.RecordDuties{Duties: []messages.KeyDuty{{Key: messages.PublicKey{1}, Duty: messages.Duty{
		Operation: messages.BlockV2, SigningRoot: messages.Root{salt}, GenesisValidatorsRoot: chain, Slot: slot,
	}}}}
}

func TestRecords(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		ref := spawn(k, &disk{Store: memory.New(chain)})
		if r, err := actorstest.Ask(k, ref, proposal(7, 1)); err != nil || r.Verdicts[0] != nil || r.GenesisValidatorsRoot != chain {
			t.Errorf("%+v: %v", r, err)
		}
		r, err := actorstest.Ask(k, ref, proposal(7, 2))
		if err != nil || !errors.Is(r.Verdicts[0], messages.ErrSlashable) {
			t.Errorf("a second proposal for the slot: %+v: %v", r, err)
		}
		if e := actorstest.Expect[messages.DutyRefused](k); e.Operation != messages.BlockV2 {
			t.Errorf("published %+v", e)
		}
		if got := len(actorstest.Events[messages.DutiesChecked](k)); got != 2 {
			t.Errorf("%d checks were published, want 2", got)
		}
	})
}

// A store that fails is refused, shown, opened again, and works again, without anybody's help.
func TestRecovers(t *testing.T) {
	for name, notice := range map[string]func(*actorstest.Kit, actors.Ref[messages.Slashing]){
		"a record fails": func(k *actorstest.Kit, ref actors.Ref[messages.Slashing]) {
			if _, err := actorstest.Ask(k, ref, proposal(7, 1)); !errors.Is(err, messages.ErrStoreUnavailable) {
				t.Errorf("got %v", err)
			}
		},
		"the probe fails": func(k *actorstest.Kit, _ actors.Ref[messages.Slashing]) { k.Advance(10 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				d := &disk{Store: memory.New(chain)}
				ref := spawn(k, d)
				d.broken.Store(true)
				notice(k, ref)
				if health, err := actorstest.Ask(k, ref, messages.GetSlashingHealth{}); err != nil || !errors.Is(health.Err, errDisk) {
					t.Errorf("health %v, %v", health.Err, err)
				}
				if _, err := actorstest.Ask(k, ref, proposal(7, 1)); !errors.Is(err, messages.ErrStoreUnavailable) {
					t.Errorf("while it is down: %v", err)
				}
				if got := len(actorstest.Events[messages.SlashingStoreDown](k)); got == 0 || got > 2 {
					t.Errorf("announced down %d times", got)
				}
				d.broken.Store(false)
				k.Advance(5 * time.Second)
				if r, err := actorstest.Ask(k, ref, proposal(7, 1)); err != nil || r.Verdicts[0] != nil {
					t.Errorf("after it came back: %+v %v", r, err)
				}
				if health, _ := actorstest.Ask(k, ref, messages.GetSlashingHealth{}); health.Err != nil {
					t.Errorf("health %v", health.Err)
				}
				if got := len(actorstest.Events[messages.SlashingStoreUp](k)); got != 2 {
					t.Errorf("announced up %d times, want 2", got)
				}
			})
		})
	}
}

// An outage is announced once, although each attempt words it anew (the number of a request, of a port), and again when it
// becomes another.
func TestOneOutageIsAnnouncedOnce(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		var attempts atomic.Int64
		var gone atomic.Bool
		actorstest.Spawn[messages.Slashing](k, slashing.Spec(slashing.Config{
			Timeout: time.Second,
			Open: func(context.Context) (eip3076.Recorder, error) {
				reason := "it is throttled"
				if gone.Load() {
					reason = "there is no such table"
				}
				return nil, messages.StoreFault{Reason: reason, Err: fmt.Errorf("%w: request %d", messages.ErrStoreUnavailable, attempts.Add(1))}
			},
		}))
		k.Advance(time.Minute)
		if got := len(actorstest.Events[messages.SlashingStoreDown](k)); got != 1 || attempts.Load() < 30 {
			t.Errorf("announced down %d times by %d attempts, want once", got, attempts.Load())
		}
		gone.Store(true)
		k.Advance(time.Minute)
		if got := len(actorstest.Events[messages.SlashingStoreDown](k)); got != 2 {
			t.Errorf("announced down %d times, want twice", got)
		}
	})
}

func TestCrashReopens(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		d := &disk{Store: memory.New(chain)}
		ref := spawn(k, d)
		if _, err := actorstest.Ask(k, ref, proposal(7, 1)); err != nil {
			t.Fatal(err)
		}
		k.Crash("test/slashing")
		k.Advance(time.Minute)
		r, err := actorstest.Ask(k, ref, proposal(7, 2))
		if err != nil || !errors.Is(r.Verdicts[0], messages.ErrSlashable) {
			t.Errorf("a conflict after the crash: %+v %v", r, err)
		}
		if d.opened != 2 || d.closed != 1 {
			t.Errorf("opened %d times and closed %d times, want 2 and 1", d.opened, d.closed)
		}
	})
}

func TestPinsTheChain(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		ref := spawn(k, &disk{Store: memory.New(messages.Root{})})
		if _, err := actorstest.Ask(k, ref, proposal(7, 1)); err != nil {
			t.Fatal(err)
		}
		if e := actorstest.Expect[messages.GenesisPinned](k); e.Root != chain {
			t.Errorf("pinned %v", e.Root)
		}
		if health, _ := actorstest.Ask(k, ref, messages.GetSlashingHealth{}); health.GenesisValidatorsRoot != chain {
			t.Errorf("health shows %v", health.GenesisValidatorsRoot)
		}
	})
}
