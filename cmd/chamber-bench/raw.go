package main

import (
	"context"
	"encoding/binary"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	blst "github.com/supranational/blst/bindings/go"
)

// signatureSuite is the domain separation tag of Ethereum's signatures (consensus-specs phase0/beacon-chain.md).
const signatureSuite = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"

const (
	// rawSpells is how many times, before the load and again after it.
	rawSpells = 3
	// rawGoroutines keep every core busy whatever their hand-offs cost.
	rawGoroutines = 16
)

// rawLimit is what signatures cost without a server: P2Affine.Sign and Compress of messages that all differ.
type rawLimit struct {
	single, parallel []rawSpeed
	beside           besideSpeed
}

// rawSpeed is the outcome of one spell.
type rawSpeed struct {
	cpu    time.Duration // of one signature
	second float64       // signatures in a second
}

// measure takes some spells of each form, in turn.
func (r *rawLimit) measure(spell time.Duration) error {
	for range rawSpells {
		single, err := rawSign(1, spell)
		if err != nil {
			return err
		}
		parallel, err := rawSign(rawGoroutines, spell)
		if err != nil {
			return err
		}
		r.single, r.parallel = append(r.single, single), append(r.parallel, parallel)
	}
	return nil
}

// rawSign signs for a while with some goroutines.
func rawSign(goroutines int, during time.Duration) (rawSpeed, error) {
	before, err := ownCPU()
	if err != nil {
		return rawSpeed{}, err
	}
	start := time.Now()
	var signed atomic.Uint64
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() { signed.Add(signUntil(start.Add(during), g)) })
	}
	all.Wait()
	took := time.Since(start)
	after, err := ownCPU()
	if err != nil {
		return rawSpeed{}, err
	}
	n := signed.Load()
	return rawSpeed{(after - before) / time.Duration(n), float64(n) / took.Seconds()}, nil
}

// signUntil signs until the end, at least once, and returns how often.
func signUntil(end time.Time, goroutine int) (signed uint64) {
	secret := benchSecret(goroutine)
	key := new(blst.SecretKey).Deserialize(secret[:])
	message := make([]byte, 32)
	for signed == 0 || time.Now().Before(end) {
		binary.BigEndian.PutUint64(message, signed)
		new(blst.P2Affine).Sign(key, message, []byte(signatureSuite)).Compress()
		signed++
	}
	return signed
}

const (
	// besideEvery is the rest between two looks at the library during a load; they take some 4 % of one core.
	besideEvery = 50 * time.Millisecond
	// besideSigned is how many signatures a look has.
	besideSigned = 5
)

// during runs a load, and measures the library beside it.
func (r *rawLimit) during(ctx context.Context, run func(context.Context) (outcome, error)) (outcome, error) {
	beside, end := context.WithCancel(ctx)
	defer end()
	ended := make(chan error, 1)
	go func() {
		var err error
		r.beside, err = signBeside(beside)
		ended <- err
	}()
	o, err := run(ctx)
	end()
	return o, errors.Join(err, <-ended)
}

// besideSpeed is what raw signatures cost on one thread while the load ran.
type besideSpeed struct {
	cpu    time.Duration // of all
	signed int
}

// signBeside signs now and then, until the context ends, on a thread of its own, whose whole CPU time is that of signing
// and of some microseconds for each rest. What shares caches and cores with the load pays what the load pays, also while
// others use the machine. The system brings a thread's time up to date when the thread rests, so only then it is read.
func signBeside(ctx context.Context) (b besideSpeed, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, err := threadCPU()
	if err != nil {
		return b, err
	}
	for sleepUntil(ctx, time.Now().Add(besideEvery)) == nil {
		for i := range besideSigned {
			signUntil(time.Time{}, i)
		}
		b.signed += besideSigned
	}
	after, err := threadCPU()
	b.cpu = after - before
	return b, err
}

// each is the CPU time of one signature; zero if there was no time for any.
func (b besideSpeed) each() time.Duration {
	return b.cpu / time.Duration(max(b.signed, 1))
}

// median returns the spell in the middle, by CPU time.
func median(spells []rawSpeed) rawSpeed {
	if len(spells) == 0 {
		return rawSpeed{}
	}
	sorted := slices.SortedFunc(slices.Values(spells), func(a, b rawSpeed) int { return int(a.cpu - b.cpu) })
	return sorted[len(sorted)/2]
}
