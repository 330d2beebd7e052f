package keys_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/sealed"
	"containment-chamber/actors/keys/sealed/sealedtest"
	"containment-chamber/actors/keys/sealed/sqlite"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// seal is a stand-in for the actor that owns the master key.
type seal struct {
	open   bool
	lend   func(messages.DerivedKey) messages.DerivedKey
	handed []messages.Key32
	err    error // what it answers instead
	asked  int
}

type do struct{ run func(*seal, *actors.Context) }

// Told implements actors.Notice.
func (do) Told(messages.Seal) {}

func (s *seal) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case do:
		m.run(s, c)
	case messages.GetDerivedKey:
		s.asked++
		switch {
		case s.err != nil:
			actors.Refuse(c, s.err)
		case !s.open || m.Purpose != messages.PurposeValidatorKeys:
			actors.Refuse(c, fmt.Errorf("%w: as the test wants it", messages.ErrSealed))
		default:
			under := sealedtest.Derived(1)
			s.handed = append(s.handed, under.Key)
			actors.Answer(c, m, s.lend(under))
		}
	}
}

// vault is a keys actor with files and sealed keys, and the seal that it asks.
type vault struct {
	*actorstest.Kit
	path  string
	store *sqlite.Store
	seal  actors.Ref[messages.Seal]
	state *seal
	ref   actors.Ref[messages.Keys]
}

// refresh is how often the store is asked: in virtual time, but what it costs is real.
const refresh = 10 * time.Second

// inVault tests with the sealed keys of these numbers, and with key 100 in a file.
func inVault(t *testing.T, numbers []int, test func(*vault)) {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "vault-")
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	put(t, filepath.Join(dir, "100.yaml"), document(100))
	actorstest.Run(t, func(k *actorstest.Kit) {
		v := &vault{Kit: k, path: filepath.Join(dir, "keys.sqlite"), state: &seal{lend: func(d messages.DerivedKey) messages.DerivedKey { return d }}}
		if v.store, err = sqlite.Open(k.T.Context(), v.path); err != nil {
			k.T.Fatal(err)
		}
		k.T.Cleanup(func() { v.store.Close() })
		v.add(sealedtest.Rows(numbers...)...)
		v.seal = actorstest.Spawn[messages.Seal](k, actors.Spec{Name: "seal", Mailbox: 8, New: func() actors.Actor { return v.state }})
		v.ref = actorstest.Spawn[messages.Keys](k, keys.Spec(keys.Config{
			Scan: filesystem(dir), Loaders: 3, Memory: 1 << 20,
			Sealed: keys.Sealed{Source: sqlite.Source, Store: v.store, Seal: v.seal, Refresh: refresh},
		}))
		test(v)
	})
}

func (v *vault) add(rows ...sealed.Row) {
	v.T.Helper()
	if _, err := v.store.Add(v.T.Context(), rows); err != nil {
		v.T.Fatal(err)
	}
}

// tell runs something in a turn of the seal's.
func (v *vault) tell(run func(*seal, *actors.Context)) {
	actors.Tell(v.seal, do{run})
	v.Wait()
}

func (v *vault) unseal() {
	v.tell(func(s *seal, c *actors.Context) {
		s.open = true
		c.Publish(messages.SealChanged{From: messages.StateSealed, To: messages.StateUnsealed})
	})
}

// sealUp seals as the seal does it, and reports what the keys actor has answered.
func (v *vault) sealUp() (answer error) {
	v.T.Helper()
	answer = errors.New("no answer yet")
	v.tell(func(s *seal, c *actors.Context) {
		s.open = false
		actors.Pipe(c, v.ref, messages.DropSecrets[messages.Keys]{}, actors.Piped[messages.SecretsDropped]{
			Within: 5 * time.Second,
			Then: func(c *actors.Context, _ messages.SecretsDropped, err error) {
				answer = err
				c.Publish(messages.SealChanged{From: messages.StateUnsealed, To: messages.StateSealed})
			},
		})
	})
	return answer
}

func (v *vault) ring() *bls.Ring {
	v.T.Helper()
	ring, err := actorstest.Ask(v.Kit, v.ref, messages.GetKeyRing{})
	if err != nil {
		v.T.Fatal(err)
	}
	return ring.(*bls.Ring)
}

func (v *vault) status() messages.KeyStatus {
	v.T.Helper()
	status, err := actorstest.Ask(v.Kit, v.ref, messages.GetKeyStatus{})
	if err != nil {
		v.T.Fatal(err)
	}
	return status
}

func sealedKey(n int) messages.PublicKey {
	return sealedtest.Row(n, sealed.Attributes{Status: sealed.Active}).PublicKey
}

// sign reports what comes of signing with a sealed key, as the signing actor would do it.
func sign(ring *bls.Ring, public messages.PublicKey) error {
	key, ok := ring.Key(public)
	if !ok {
		if err := ring.Missing(public); err != nil {
			return err
		}
		return messages.ErrUnknownKey
	}
	_, err := bls.Sign(bls.NewMessage(messages.Root{1}), key)
	return err
}

// expect signs with sealed keys, and with the one of the file.
func (v *vault) expect(want error, numbers ...int) {
	v.T.Helper()
	ring := v.ring()
	for _, n := range numbers {
		if err := sign(ring, sealedKey(n)); !errors.Is(err, want) {
			v.T.Errorf("key %d: %v, want %v", n, err, want)
		}
	}
	if key, ok := ring.Key(numbered(v.T, 100).PublicKey()); !ok {
		v.T.Error("the file's key is away")
	} else if _, err := bls.Sign(bls.NewMessage(messages.Root{1}), key); err != nil {
		v.T.Errorf("the file's key: %v", err)
	}
}

// wiped expects that no key is left that the seal has handed out.
func (v *vault) wiped() {
	v.T.Helper()
	for _, key := range v.state.handed {
		key.Use(func(b *[secmem.Size]byte) {
			if *b != ([secmem.Size]byte{}) {
				v.T.Error("a derived key is left")
			}
		})
	}
}
