package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// measured is a store whose commits take a fixed time, so that the signer's capacity does not depend on the machine.
type measured struct {
	eip3076.Recorder
	commit time.Duration
}

func (m measured) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	if len(duties) > 0 {
		time.Sleep(m.commit)
	}
	return m.Recorder.Record(ctx, duties)
}

// At five times its capacity the signer signs as much as it can at best, refuses the rest at once, and answers whoever
// looks after it. What is a matter of milliseconds has three attempts: the machine may be busy with something else.
func TestOverload(t *testing.T) {
	const commit, group, callers = 100 * time.Millisecond, 4, 16
	i := begin(t, 8, map[string]string{
		"signing-group-size": fmt.Sprint(group), "signing-max-concurrent": fmt.Sprint(callers), "http-max-concurrent-requests": fmt.Sprint(2 * callers),
	}, func(s *signer) {
		open := s.parts.chamber.Slashing.Open
		s.parts.chamber.Slashing.Open = func(ctx context.Context) (eip3076.Recorder, error) {
			store, err := open(ctx)
			return measured{store, commit}, err
		}
	})
	defer i.end(t)
	var complaints []string
	for range 3 {
		best := i.closedLoop(callers, time.Second)
		before := resources()
		load := i.openLoop(5*group*int(time.Second/commit), 2*time.Second)
		if complaints = load.complaints(best); len(complaints) == 0 {
			i.checkRest(t, before)
			return
		}
	}
	t.Errorf("after three attempts: %v", complaints)
}

// closedLoop asks with some callers, each of which waits for its answer, and returns the signatures per second.
func (i *instance) closedLoop(callers int, length time.Duration) float64 {
	var signed atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for caller := range callers {
		all.Go(func() {
			for time.Since(began) < length {
				if status, _ := i.sign(caller%len(i.keys), ballot(2, 1)); status == http.StatusOK {
					signed.Add(1)
				}
			}
		})
	}
	all.Wait()
	return float64(signed.Load()) / time.Since(began).Seconds()
}

// pressure is what an open loop saw.
type pressure struct {
	mu              sync.Mutex
	offered, signed int
	refused         []time.Duration // how long each refusal took
	looks           []time.Duration // how long /upcheck and /metrics took
	wrong           []string        // answers that nobody may get
	took            time.Duration
}

// openLoop asks at a rate, whatever comes back, and looks at the signer meanwhile.
func (i *instance) openLoop(rate int, length time.Duration) *pressure {
	p := &pressure{}
	var all sync.WaitGroup
	began, looked := time.Now(), time.Time{}
	for time.Since(began) < length {
		for due := int(time.Since(began).Seconds() * float64(rate)); p.offered < due; p.offered++ {
			key := p.offered % len(i.keys)
			all.Go(func() { p.ask(i, key) })
		}
		if time.Since(looked) > 50*time.Millisecond {
			looked = time.Now()
			all.Go(func() { p.look(i, i.api+"/upcheck") })
			all.Go(func() { p.look(i, i.metrics+"/metrics") })
		}
		time.Sleep(2 * time.Millisecond)
	}
	p.took = time.Since(began)
	all.Wait()
	return p
}

func (p *pressure) ask(i *instance, key int) {
	began := time.Now()
	status, err := i.sign(key, ballot(2, 1))
	took := time.Since(began)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil && status == http.StatusOK:
		p.signed++
	case err == nil && status == http.StatusServiceUnavailable:
		p.refused = append(p.refused, took)
	default:
		p.wrong = append(p.wrong, fmt.Sprint(status, err))
	}
}

func (p *pressure) look(i *instance, url string) {
	status, _, took, err := i.get(url)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.looks = append(p.looks, took); err != nil || status != http.StatusOK {
		p.wrong = append(p.wrong, fmt.Sprint(url, status, err))
	}
}

// complaints says what is worse than it should be, beside the best rate of signatures.
func (p *pressure) complaints(best float64) []string {
	slices.Sort(p.refused)
	slices.Sort(p.looks)
	var out []string
	complain := func(bad bool, format string, args ...any) {
		if bad {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	rate := float64(p.signed) / p.took.Seconds()
	complain(rate < 0.9*best, "%.0f signatures/s, at best %.0f", rate, best)
	complain(len(p.refused) < p.offered/2, "only %d of %d were refused: this was no overload", len(p.refused), p.offered)
	complain(median(p.refused) > 10*time.Millisecond, "a refusal takes %v", median(p.refused))
	complain(median(p.looks) > 50*time.Millisecond, "/upcheck and /metrics take %v", median(p.looks))
	complain(p.signed+len(p.refused) != p.offered || len(p.wrong) > 0, "%d signed and %d refused of %d: %v", p.signed, len(p.refused), p.offered, p.wrong)
	return out
}

func median(sorted []time.Duration) time.Duration {
	if len(sorted) == 0 {
		return time.Hour
	}
	return sorted[len(sorted)/2]
}

// checkRest expects that an overload leaves nothing behind.
func (i *instance) checkRest(t *testing.T, before usage) {
	t.Helper()
	if free := i.parts.permits.Available(); free != i.parts.permits.Limit() {
		t.Errorf("%d of %d permits are free at rest", free, i.parts.permits.Limit())
	}
	i.client.CloseIdleConnections()
	for begun := time.Now(); resources().goroutines > before.goroutines; time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Errorf("%d goroutines, before the overload %d", resources().goroutines, before.goroutines)
			break
		}
	}
	if after := resources(); after.heap > before.heap+8<<20 {
		t.Errorf("%d bytes of heap, before the overload %d", after.heap, before.heap)
	}
}

// usage is what the process holds.
type usage struct {
	heap       int64
	goroutines int
}

func resources() usage {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{heap: int64(m.HeapAlloc), goroutines: runtime.NumGoroutine()}
}
