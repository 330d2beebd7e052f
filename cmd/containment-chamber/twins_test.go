package main_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// TestTwins lets two signers share a history while clients ask both, as fast as they can and for the same keys, for
// what contradicts itself; meanwhile connections are cut, answers are lost after the deed, processes are killed and the
// database crashes. No two signatures that were delivered may contradict each other. TWINS says for how long in all.
func TestTwins(t *testing.T) {
	t.Parallel()
	length := 12 * time.Second
	if text, given := os.LookupEnv("TWINS"); given {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatalf("TWINS: %v", err)
		}
	}
	stores := map[string]func(*testing.T) sharedStore{"postgres": onPostgres, "dynamodb": onDynamoDB}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			w := newTwins(t, open(t))
			w.run(t, length/time.Duration(len(stores)))
			for _, pair := range w.conflicts() {
				t.Errorf("both were delivered:\n%s\n%s", pair[0].body, pair[1].body)
			}
			w.onRecord(t)
		})
	}
	// Whoever looks for conflicts has to find them where nothing prevents them.
	t.Run("noop", func(t *testing.T) {
		w := newTwins(t, sharedStore{flags: func(int) []string { return []string{"--anti-slashing-backend=noop"} }})
		w.run(t, 2*time.Second)
		if n := len(w.conflicts()); n == 0 {
			t.Error("without protection there is no conflict: this test finds nothing")
		}
	})
}

// sharedStore is a history that both signers use.
type sharedStore struct {
	// flags are those of one of the signers, or of the command line.
	flags func(twin int) []string
	// harm is what can happen to the store, or to the way of one signer to it.
	harm []func(twin int)
}

const (
	twinKeys    = 50
	twinClients = 8 // of each signer
	twinRound   = 1500 * time.Millisecond
)

// twins are two signers, and what they have delivered.
type twins struct {
	dir     string
	keys    []string
	store   sharedStore
	signers [2]*process
	mu      sync.Mutex
	all     map[delivered]bool // without duties: bodies say as much
	refused int
	kills   int
	harms   int
}

func newTwins(t *testing.T, store sharedStore) *twins {
	t.Helper()
	w := &twins{dir: t.TempDir(), store: store, all: map[delivered]bool{}}
	for i := range twinKeys {
		secret := sha256.Sum256(fmt.Appendf(nil, "twin key %d", i))
		secret[0] &= 0x3f // less than the order of the group
		key, err := bls.NewSecretKey(secret[:])
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("type: file-raw\nprivateKey: \"0x%x\"\n", secret)
		if err := os.WriteFile(filepath.Join(w.dir, fmt.Sprintf("key-%d.yaml", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		w.keys = append(w.keys, key.PublicKey().String())
	}
	for twin := range w.signers {
		w.start(t, twin)
	}
	t.Cleanup(func() {
		for _, p := range w.signers {
			p.kill()
			if t.Failed() {
				t.Log("a server's log ends with:", p.log[max(0, len(p.log)-20):])
			}
		}
	})
	return w
}

// start starts a signer, again and again while its store does not answer, as whoever looks after it would.
func (w *twins) start(t *testing.T, twin int) {
	t.Helper()
	flags := append(w.store.flags(twin), "--network=hoodi", "--key-sources-filesystem-paths="+w.dir,
		"--server-listen-address=127.0.0.1", "--server-listen-port=0", "--metrics-listen-port=0", "--logging-level=info,audit=off")
	for attempts := 10; ; attempts-- {
		p, err := launch(w.dir, flags...)
		if err == nil {
			w.signers[twin] = p
			return
		}
		if attempts == 0 {
			t.Fatal(err)
		}
	}
}

// run has clients ask in rounds, in the middle of each of which something happens. Time goes on from round to round.
func (w *twins) run(t *testing.T, length time.Duration) {
	t.Helper()
	round := 0
	for began := time.Now(); round < 2 || time.Since(began) < length; round++ {
		var clients sync.WaitGroup
		until := time.Now().Add(twinRound)
		for client := range 2 * twinClients {
			random := rand.New(rand.NewPCG(uint64(round), uint64(client)))
			clients.Go(func() { w.ask(w.signers[client%2], random, round, until) })
		}
		time.Sleep(time.Duration(rand.Int64N(int64(twinRound))))
		killed := w.disturb(round)
		clients.Wait()
		if killed >= 0 {
			w.signers[killed].kill()
			w.start(t, killed)
		}
	}
	t.Logf("%d signatures, %d refused, in %d rounds; %d kills, %d other faults", len(w.all), w.refused, round, w.kills, w.harms)
	if len(w.all) < 20*round || w.refused == 0 && len(w.store.harm) > 0 {
		t.Error("this was no load")
	}
}

// disturb kills a signer in every third round, and returns which, or otherwise harms the store; -1 if no signer died.
func (w *twins) disturb(round int) (killed int) {
	twin := rand.IntN(2)
	if round%3 == 0 || len(w.store.harm) == 0 {
		_ = w.signers[twin].command.Process.Signal(syscall.SIGKILL)
		w.kills++
		return twin
	}
	w.store.harm[rand.IntN(len(w.store.harm))](twin)
	w.harms++
	return -1
}

// ask keeps every signature that it gets until the end of the round.
func (w *twins) ask(p *process, random *rand.Rand, round int, until time.Time) {
	for time.Now().Before(until) {
		d := delivered{key: w.keys[random.IntN(twinKeys)], body: anyDuty(random, round)}
		r, err := p.send("POST", p.api+"/api/v1/eth2/sign/"+d.key, d.body)
		if err != nil || r.status == 503 {
			time.Sleep(10 * time.Millisecond) // a client that is told so, or meets nobody, waits
			continue
		}
		w.mu.Lock()
		switch r.status {
		case 200:
			d.signature = r.body
			w.all[d] = true
		case 412:
			w.refused++
		}
		w.mu.Unlock()
	}
}

// delivered returns what was delivered for one key, decoded.
func (w *twins) delivered(key string) (all []delivered) {
	hoodi, _ := eth2.Builtin("hoodi")
	decode := eth2.NewDecoder(hoodi).Decode
	seen := map[messages.Duty]bool{}
	for d := range w.all {
		if d.key != key {
			continue
		}
		var err error
		if d.duty, err = decode([]byte(d.body)); err != nil {
			panic("a test's own request is malformed")
		}
		if !seen[d.duty] {
			seen[d.duty] = true
			all = append(all, d)
		}
	}
	return all
}

func (w *twins) conflicts() (pairs [][2]delivered) {
	for _, key := range w.keys {
		pairs = append(pairs, conflicts(w.delivered(key))...)
	}
	return pairs
}

// onRecord expects to find everything that was delivered in the store that both share.
func (w *twins) onRecord(t *testing.T) {
	t.Helper()
	for _, p := range w.signers {
		p.kill()
	}
	var all []delivered
	for _, key := range w.keys {
		all = append(all, w.delivered(key)...)
	}
	onRecord(t, w.dir, all, slices.Concat([]string{"--network=hoodi"}, w.store.flags(0))...)
}
