package postgres_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/postgres"
	"containment-chamber/actors/slashing/eip3076/storetest"
	servers "containment-chamber/actors/storetest/postgres"
	"containment-chamber/messages"
)

func TestReplicasStartTogether(t *testing.T) {
	place := server.Database(t)
	outcomes := make(chan error)
	for range 8 {
		go func() {
			store, err := postgres.Open(context.Background(), postgres.Config{URL: place, PoolSize: 1})
			if err == nil {
				err = store.Close()
			}
			outcomes <- err
		}()
	}
	for range 8 {
		if err := <-outcomes; err != nil {
			t.Error(err)
		}
	}
}

// delivered is what stores have given leave to sign.
type delivered struct {
	mu     sync.Mutex
	blocks map[messages.PublicKey][]eip3076.Block
	votes  map[messages.PublicKey][]eip3076.Attestation
}

func (d *delivered) add(duties []messages.KeyDuty, verdicts []error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, duty := range duties {
		switch {
		case verdicts[i] != nil:
		case duty.Duty.Operation == messages.Attestation:
			d.votes[duty.Key] = append(d.votes[duty.Key], eip3076.AttestationOf(duty.Duty))
		default:
			d.blocks[duty.Key] = append(d.blocks[duty.Key], eip3076.BlockOf(duty.Duty))
		}
	}
}

// conflict returns a slashable pair, if there is one. It compares every pair.
func (d *delivered) conflict() string {
	for key, list := range d.blocks {
		for i, b := range list {
			for _, o := range list[:i] {
				if o != b && o.Slot == b.Slot {
					return fmt.Sprintf("%v: %+v and %+v", key, o, b)
				}
			}
		}
	}
	for key, list := range d.votes {
		for i, a := range list {
			for _, o := range list[:i] {
				if o != a && (o.Target == a.Target || o.Surrounds(a) || a.Surrounds(o)) {
					return fmt.Sprintf("%v: %+v and %+v", key, o, a)
				}
			}
		}
	}
	return ""
}

// contend lets several stores record groups of conflicting duties while disturb is called between them.
func contend(t *testing.T, stores []*postgres.Store, disturb func(n int)) *delivered {
	t.Helper()
	const groups = 60
	d := &delivered{blocks: make(map[messages.PublicKey][]eip3076.Block), votes: make(map[messages.PublicKey][]eip3076.Attestation)}
	var wait sync.WaitGroup
	for s, store := range stores {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(s)))
			for n := range groups {
				duties := make([]messages.KeyDuty, 16)
				for i := range duties {
					key := storetest.Key(byte(random.IntN(6)))
					at := uint64(n/4 + random.IntN(8))
					if random.IntN(3) == 0 {
						duties[i] = storetest.Block(key, at, byte(random.IntN(3)))
					} else {
						duties[i] = storetest.Vote(key, at-min(at, uint64(random.IntN(4))), at, byte(random.IntN(3)))
					}
				}
				if recorded, err := store.Record(context.Background(), duties); err == nil {
					d.add(duties, recorded.Verdicts)
				} else if disturb == nil {
					t.Error(err)
				}
				if disturb != nil {
					disturb(n)
				}
			}
		})
	}
	wait.Wait()
	return d
}

func TestReplicasNeverContradictEachOther(t *testing.T) {
	place := server.Database(t)
	var stores []*postgres.Store
	for range 3 {
		stores = append(stores, open(t, postgres.Config{URL: place, Witness: eip3076.NewWitness()}))
	}
	d := contend(t, stores, nil)
	if conflict := d.conflict(); conflict != "" {
		t.Error(conflict)
	}
	if len(d.votes) == 0 || len(d.blocks) == 0 {
		t.Error("nothing was allowed")
	}
	if report, err := stores[0].Verify(context.Background()); err != nil || len(report.Findings) > 0 {
		t.Errorf("%+v, %v", report.Findings, err)
	}
}

func TestReplicasNeverContradictEachOtherWhileAnswersAreLost(t *testing.T) {
	place := server.Database(t)
	proxies := []*servers.Proxy{servers.NewProxy(t, place), servers.NewProxy(t, place)}
	var stores []*postgres.Store
	for _, proxy := range proxies {
		stores = append(stores, open(t, postgres.Config{URL: proxy.URL}))
	}
	d := contend(t, stores, func(n int) {
		proxies[n%2].LoseAnswer(n % 7)
		if n%20 == 19 {
			proxies[n%2].Cut()
		}
	})
	if conflict := d.conflict(); conflict != "" {
		t.Error(conflict)
	}
	if len(d.votes) == 0 {
		t.Error("nothing was allowed")
	}
}

// The checker of these tests finds what it looks for.
func TestConflictsAreFound(t *testing.T) {
	for name, pair := range map[string][]messages.KeyDuty{
		"double proposal": {storetest.Block(storetest.Key(1), 1, 1), storetest.Block(storetest.Key(1), 1, 2)},
		"double vote":     {storetest.Vote(storetest.Key(1), 1, 2, 1), storetest.Vote(storetest.Key(1), 1, 2, 2)},
		"surround":        {storetest.Vote(storetest.Key(1), 2, 3, 1), storetest.Vote(storetest.Key(1), 1, 4, 1)},
	} {
		d := &delivered{blocks: make(map[messages.PublicKey][]eip3076.Block), votes: make(map[messages.PublicKey][]eip3076.Attestation)}
		d.add(pair, make([]error, len(pair)))
		if d.conflict() == "" {
			t.Errorf("%s: not found", name)
		}
	}
}

// BenchmarkRecord records new votes of 1,000 validators in groups, without waiting for a disk. Its metrics are for one row.
func BenchmarkRecord(b *testing.B) {
	const validators = 1000
	for _, size := range []int{1, 16, 128} {
		b.Run(fmt.Sprintf("group=%d", size), func(b *testing.B) {
			store := open(b, postgres.Config{URL: server.Database(b)})
			votes := storetest.Votes{Validators: validators}
			for range 10 {
				verdicts(b, store, votes.Group(validators)...)
			}
			b.ReportAllocs()
			for b.Loop() {
				verdicts(b, store, votes.Group(size)...)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*size), "µs/row")
		})
	}
}
