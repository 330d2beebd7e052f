package chamber_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/audit"
	"containment-chamber/actors/ceremony"
	"containment-chamber/actors/chamber"
	"containment-chamber/actors/control"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/keys/sealed/sqlite"
	"containment-chamber/actors/seal"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/signing"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/actors/watchdog"
	"containment-chamber/messages"
)

// register is a signer state in memory.
type register struct {
	mu      sync.Mutex
	version uint64
	body    []byte
	down    error
}

// set breaks or mends it.
func (r *register) set(f func(*register)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r)
}

func (r *register) Read(context.Context) (uint64, []byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.version, bytes.Clone(r.body), r.down
}

func (r *register) Write(_ context.Context, version uint64, body []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if version != r.version+1 {
		return messages.ErrConflict
	}
	r.version, r.body = version, bytes.Clone(body)
	return nil
}

// sealed is a tree with a signer state, key-encryption keys in files, and an audit stream.
type sealed struct {
	*harness
	stream     string
	references []string
	shown      map[string]string
	state      *register
	rows       *sqlite.Store // of sealed keys
}

func runSealed(t *testing.T, test func(*sealed)) *sealed {
	t.Helper()
	dir := t.TempDir()
	s := &sealed{harness: &harness{T: t}, stream: filepath.Join(dir, "audit.jsonl"), shown: map[string]string{}, state: &register{}}
	for i := range 3 {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := kek.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		s.references = append(s.references, "file:"+path)
	}
	var err error
	if s.rows, err = sqlite.Open(t.Context(), filepath.Join(dir, "keys.sqlite")); err != nil {
		t.Fatal(err)
	}
	defer s.rows.Close()
	s.system = actors.NewSystem(slog.New(slog.DiscardHandler))
	queue := audit.NewQueue()
	s.system.Observe(s.record)
	s.system.Observe(queue.Note)
	s.tree = chamber.Start(s.system, chamber.Config{
		Audit:    audit.Config{File: s.stream, Queue: queue},
		Slashing: slashing.Config{Timeout: time.Second, Open: func(context.Context) (eip3076.Recorder, error) { return memory.New(chain), nil }},
		Keys: keys.Config{
			Loaders: 1, Memory: 1 << 30, Scan: func() directory.Listing { return directory.Listing{} },
			Sealed: keys.Sealed{Source: sqlite.Source, Store: s.rows, Refresh: 50 * time.Millisecond},
		},
		Signing:  signing.Config{Permits: signing.NewPermits(4), Workers: 1, GroupWindow: time.Millisecond, GroupSize: 4, RecordTimeout: time.Second},
		Watchdog: watchdog.Config{GiveUp: time.Minute},
		Sealing: &chamber.Sealing{
			Seal: seal.Config{
				Store: s.state, Keys: kek.NewRing(kek.Config{}), ShareWindow: time.Minute, WorkTimeout: time.Minute,
			},
			Control:    control.Config{Store: components{s.state}, Interval: 50 * time.Millisecond},
			Ceremony:   ceremony.Config{BreakAfter: time.Minute, Show: func(what, token string) { s.show(what, token) }},
			StuckAfter: 30 * time.Second,
		},
	})
	within := func(do func(context.Context) error) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		if err := do(ctx); err != nil {
			t.Fatal(err)
		}
	}
	within(s.system.AwaitReady)
	test(s)
	within(s.system.Stop)
	return s
}

func (s *sealed) show(what, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown[what] = token
}

// await waits for a token in the log.
func (s *sealed) await(what string) messages.Secret {
	s.Helper()
	for range 1000 {
		s.mu.Lock()
		token := s.shown[what]
		s.mu.Unlock()
		if token != "" {
			return messages.NewSecret([]byte(token))
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Fatalf("no %s was shown", what)
	return messages.Secret{}
}

func (s *sealed) perform(c messages.Ceremony) messages.CeremonyOutcome {
	s.Helper()
	outcome, err := actors.Ask(s.Context(), s.tree.Guard, messages.PerformCeremony{By: "tester", Ceremony: c})
	if err != nil {
		s.Fatalf("%s: %v", c.Name(), err)
	}
	return outcome
}

// TestCeremonies plays the whole of it, through guard, session, audit stream and seal.
func TestCeremonies(t *testing.T) {
	s := runSealed(t, func(s *sealed) {
		for _, path := range []string{"chamber/seal", "chamber/ceremony"} {
			if !slices.Contains(s.system.Tree(), path) {
				t.Errorf("%s does not run", path)
			}
		}
		outcome := s.perform(messages.InitializeChamber{SetupToken: s.await("setup token"), Plan: messages.KeyPlan{
			KMS: s.references, KMSThreshold: 2, Operators: []string{"alice", "bob"}, Quorum: 2,
		}})
		credential := func(name string) messages.Credential {
			if name == "bob" { // the other has a YubiKey
				return messages.Credential{Passphrase: messages.NewSecret([]byte("nine odd yellow kettles whistle"))}
			}
			return messages.Credential{YubiKeyResponse: messages.NewSecret([]byte("what a key answers  "))}
		}
		for _, token := range outcome.RegistrationTokens {
			s.perform(messages.RegisterOperator{Operator: token.Operator, Token: token.Token, Credential: credential(token.Operator)})
		}
		unseal := func() messages.SealState {
			s.perform(messages.SubmitShare{Operator: "bob", Credential: credential("bob")})
			return s.perform(messages.SubmitShare{Operator: "alice", Credential: credential("alice")}).Status.State
		}
		s.awaitState(messages.StateKMSUnsealed)
		if got := unseal(); got != messages.StateUnsealed {
			t.Errorf("after two shares it is %s", got)
		}
		if got := s.perform(messages.SealChamber{Reason: "drill"}).Status.State; got != messages.StateSealed {
			t.Errorf("sealed, it is %s", got)
		}
		_, err := actors.Ask(s.Context(), s.tree.Guard, messages.PerformCeremony{By: "tester", Ceremony: messages.SubmitShare{Operator: "bob", Credential: credential("alice")}})
		if !errors.Is(err, messages.ErrWrongCredential) {
			t.Error(err)
		}
		if got := unseal(); got != messages.StateUnsealed {
			t.Errorf("unsealed again, it is %s", got)
		}
	})
	s.checkStream("chamber initialized", "state transition", "unseal share submitted", "signer sealed", "ceremony intended", "ceremony held", "ceremony failed", "ceremony refused")
}

// awaitState waits for what the seal does by itself.
func (s *sealed) awaitState(want messages.SealState) {
	s.Helper()
	for range 1000 {
		if status, err := actors.Ask(s.Context(), s.tree.Seal, messages.GetSealStatus{}); err != nil {
			s.Fatal(err)
		} else if status.State == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Fatalf("it does not become %s", want)
}

// checkStream wants records in the audit stream, and nothing secret.
func (s *sealed) checkStream(records ...string) {
	s.Helper()
	text, err := os.ReadFile(s.stream)
	if err != nil {
		s.Fatal(err)
	}
	for _, record := range records {
		if !strings.Contains(string(text), fmt.Sprintf("%q", record)) {
			s.Errorf("the audit stream has no record %q", record)
		}
	}
	for _, secret := range []string{"kettles", "cc-setup-", "cc-register-"} {
		if strings.Contains(string(text), secret) {
			s.Errorf("the audit stream has %q in it", secret)
		}
	}
}
