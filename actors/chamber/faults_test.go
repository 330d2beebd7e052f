package chamber_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

var errInjected = errors.New("injected")

// faults says how often the store is in trouble: in so many of a thousand calls each.
type faults struct{ stall, fail, lie, probe atomic.Int64 }

func happens(perMille *atomic.Int64) bool { return rand.Int64N(1000) < perMille.Load() }

// faulty is a store that stalls, fails, or lies: it says that it failed when everything is on disk.
type faulty struct {
	eip3076.Recorder
	faults *faults
}

func (f *faulty) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	if len(duties) > 0 && happens(&f.faults.stall) {
		time.Sleep(rand.N(time.Second)) // whatever ctx says, as a disk does; half of them stall the front
	}
	if happens(&f.faults.fail) {
		return messages.Recorded{}, fmt.Errorf("%w: %w", messages.ErrStoreUnavailable, errInjected)
	}
	recorded, err := f.Recorder.Record(ctx, duties)
	if err == nil && happens(&f.faults.lie) {
		return messages.Recorded{}, fmt.Errorf("%w: %w", messages.ErrStoreUnavailable, errInjected)
	}
	return recorded, err
}

func (f *faulty) Probe(ctx context.Context) error {
	if happens(&f.faults.probe) {
		return errInjected
	}
	return f.Recorder.Probe(ctx)
}

// killer crashes and hangs random actors, few enough that no supervisor gives up.
type killer struct {
	limits map[string]int         // crashes in a minute
	done   map[string][]time.Time // crashes so far
	kills  int
	hangs  int
}

func newKiller() *killer {
	k := &killer{done: map[string][]time.Time{}, limits: map[string]int{
		"chamber/slashing": 3, "chamber/keys": 3, "chamber/signing": 2, "chamber/watchdog": 3,
	}}
	for w := range 4 {
		k.limits[fmt.Sprintf("chamber/signing/worker-%02d", w)] = 3
	}
	return k
}

// run goes on until stop, with a pause after each fault.
func (k *killer) run(h *harness, stop time.Time, pause time.Duration) {
	for ; time.Now().Before(stop); time.Sleep(pause) {
		for path := range k.limits { // in random order
			if rand.IntN(2) == 0 && h.system.Hang(path, rand.N(time.Second)) {
				k.hangs++
				break
			}
			if k.mayKill(path) && h.system.Crash(path) {
				k.done[path] = append(k.done[path], time.Now())
				k.kills++
				break
			}
		}
	}
}

func (k *killer) mayKill(path string) bool {
	recent := 0
	for _, at := range k.done[path] {
		if time.Since(at) < 65*time.Second { // a crash may take effect a hang later
			recent++
		}
	}
	return recent < k.limits[path]
}
