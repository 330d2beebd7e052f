package seal_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/seal"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/messages"
)

// world is what replicas share.
type world struct {
	*actorstest.Kit
	store      *memory
	keys       *keyring
	references []string
	tokens     map[string]messages.Secret
	replicas   int
	interval   time.Duration // at which the record is read
	fence      uint64
}

func inWorld(t *testing.T, test func(*world)) {
	t.Helper()
	dir := t.TempDir()
	actorstest.Run(t, func(k *actorstest.Kit) {
		w := &world{
			Kit: k, store: &memory{}, tokens: map[string]messages.Secret{}, interval: time.Second,
			keys: &keyring{ring: kek.NewRing(kek.Config{}), broken: map[string]error{}, wait: map[string]time.Duration{}},
		}
		for i := range 5 {
			path := filepath.Join(dir, fmt.Sprint(i))
			key := sha256.Sum256([]byte(path))
			if err := os.WriteFile(path, key[:], 0o600); err != nil { // kek.WriteFile waits for the disk, hundreds of times
				t.Fatal(err)
			}
			w.references = append(w.references, "file:"+path)
		}
		test(w)
	})
}

// replica is one process.
type replica struct {
	*world
	name  string
	ref   actors.Ref[messages.Seal]
	reads *reads
}

// slow is a configuration for hours of waiting.
func (w *world) slow() seal.Config {
	w.interval = 5 * time.Minute
	return w.config()
}

func (w *world) config() seal.Config {
	return seal.Config{Store: w.store, Keys: w.keys, ShareWindow: 30 * time.Minute, WorkTimeout: time.Minute}
}

func (w *world) replica(cfg seal.Config) *replica {
	w.T.Helper()
	w.replicas++
	control := fmt.Sprintf("control%d", w.replicas)
	cfg.Control = actors.Lookup[messages.Control](w.System, "test/"+control)
	spec := seal.Spec(cfg)
	spec.Name = fmt.Sprintf("seal%d", w.replicas)
	r := &replica{world: w, name: spec.Name, ref: actorstest.Spawn[messages.Seal](w.Kit, spec)}
	r.reads = &reads{store: w.store, seal: r.ref, interval: w.interval}
	actorstest.Spawn[messages.Control](w.Kit, actors.Spec{Name: control, Mailbox: 8, New: func() actors.Actor { return r.reads }})
	w.Wait()
	return r
}

// do holds a ceremony, and keeps the registration tokens that it gives.
func (r *replica) do(c messages.Ceremony) (messages.CeremonyOutcome, error) {
	r.T.Helper()
	r.fence++
	outcome, err := actorstest.Ask(r.Kit, r.ref, messages.ExecuteCeremony{Fence: r.fence, By: "tester", Ceremony: c})
	for _, t := range outcome.RegistrationTokens {
		r.tokens[t.Operator] = t.Token
	}
	r.Wait()
	return outcome, err
}

// start begins a ceremony that takes its time.
func (r *replica) start(c messages.Ceremony) <-chan error {
	r.fence++
	done, ask := make(chan error, 1), messages.ExecuteCeremony{Fence: r.fence, By: "tester", Ceremony: c}
	go func() {
		_, err := actors.Ask(r.T.Context(), r.ref, ask)
		done <- err
	}()
	return done
}

// must holds a ceremony that has to succeed.
func (r *replica) must(c messages.Ceremony) messages.CeremonyOutcome {
	r.T.Helper()
	outcome, err := r.do(c)
	if err != nil {
		r.T.Fatalf("%s: %v", c.Name(), err)
	}
	return outcome
}

// refuses holds a ceremony that must be refused by a name, and must not change the record.
func (r *replica) refuses(c messages.Ceremony, want error) {
	r.T.Helper()
	before, _, _ := r.store.Read(r.T.Context())
	if _, err := r.do(c); !errors.Is(err, want) {
		r.T.Errorf("%s: got %v, want %v", c.Name(), err, want)
	}
	if after, _, _ := r.store.Read(r.T.Context()); after != before {
		r.T.Errorf("%s was refused, and the record has changed", c.Name())
	}
}

func (r *replica) status() messages.SealStatus {
	r.T.Helper()
	status, err := actorstest.Ask(r.Kit, r.ref, messages.GetSealStatus{})
	if err != nil {
		r.T.Fatal(err)
	}
	return status
}

// is fails unless the replica is in a state.
func (r *replica) is(want messages.SealState) {
	r.T.Helper()
	if got := r.status(); got.State != want {
		r.T.Fatalf("%s is %s, want %s (%+v)", r.name, got.State, want, got)
	}
	key, err := actorstest.Ask(r.Kit, r.ref, messages.GetDerivedKey{Purpose: messages.PurposeValidatorKeys})
	if (err == nil) != want.Signs() || err != nil && !errors.Is(err, messages.ErrSealed) {
		r.T.Fatalf("%s is %s, and a key is answered %v", r.name, want, err)
	}
	if err == nil {
		key.Key.Wipe()
	}
}

// key returns a derived key.
func (r *replica) key() (out [32]byte) {
	r.T.Helper()
	key, err := actorstest.Ask(r.Kit, r.ref, messages.GetDerivedKey{Purpose: messages.PurposeValidatorKeys})
	if err != nil {
		r.T.Fatal(err)
	}
	key.Key.Use(func(b *[32]byte) { out = *b })
	return out
}

// plan names the first of the world's key-encryption keys, and operators.
func (w *world) plan(kms, kmsThreshold, people, quorum int) messages.KeyPlan {
	p := messages.KeyPlan{KMS: append([]string(nil), w.references[:kms]...), KMSThreshold: kmsThreshold, Quorum: quorum, AllowSingleOperator: true}
	p.Operators = append(p.Operators, []string{"alice", "bob", "carol", "dave"}[:people]...)
	return p
}

// yubikey is what an operator's YubiKey answers to everything.
func yubikey(operator string) messages.Credential {
	sum := sha256.Sum256([]byte(operator))
	return messages.Credential{YubiKeyResponse: messages.NewSecret(sum[:20])}
}

func (r *replica) register(operators ...string) {
	r.T.Helper()
	for _, name := range operators {
		r.must(messages.RegisterOperator{Operator: name, Token: r.token(name), Credential: yubikey(name)})
	}
}

// token copies a registration token, which is wiped when it is used.
func (w *world) token(operator string) (copied messages.Secret) {
	w.tokens[operator].Use(func(b []byte) { copied = messages.NewSecret(bytes.Clone(b)) })
	return copied
}

func share(operator string) messages.SubmitShare {
	return messages.SubmitShare{Operator: operator, Credential: yubikey(operator)}
}

// opened is a replica of a chamber that is unsealed.
func (w *world) opened(plan messages.KeyPlan) *replica {
	w.T.Helper()
	return w.openedWith(w.config(), plan)
}

func (w *world) openedWith(cfg seal.Config, plan messages.KeyPlan) *replica {
	w.T.Helper()
	r := w.replica(cfg)
	r.must(messages.InitializeChamber{Plan: plan})
	if len(plan.Operators) > 0 {
		r.register(plan.Operators...)
		r.open(plan.Operators[:plan.Quorum]...)
	}
	r.is(messages.StateUnsealed)
	return r
}

// open gives shares.
func (r *replica) open(operators ...string) {
	r.T.Helper()
	for _, name := range operators {
		r.must(share(name))
	}
}
