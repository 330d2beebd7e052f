package signing_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/signing"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/messages"
)

var chain = messages.Root{0xcc}

// harness is the signing actor with the real slashing actor on a memory store, and a keys actor that has its keys.
type harness struct {
	*actorstest.Kit
	ref     actors.Ref[messages.Signing]
	store   *store
	permits *signing.Permits
	keys    []*bls.SecretKey
}

// store is a memory store that survives being closed, counts commits, can be held up, and may be slow.
type store struct {
	*memory.Store
	records atomic.Int64
	hold    chan struct{} // while it is open, Record waits
	commit  time.Duration // what each Record takes
}

func (s *store) Close() error { return nil }

func (s *store) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	if len(duties) > 0 {
		s.records.Add(1)
		if s.hold != nil {
			<-s.hold
		}
		time.Sleep(s.commit)
	}
	return s.Store.Record(ctx, duties)
}

type ringOwner struct{ ring *bls.Ring }

func (o ringOwner) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case messages.GetKeyRing:
		actors.Answer(c, m, messages.KeyRing(o.ring))
	case messages.GetKeyStatus:
		actors.Answer(c, m, messages.KeyStatus{})
	}
}

func key(t *testing.T, n uint64) *bls.SecretKey {
	t.Helper()
	seed := sha256.Sum256(binary.BigEndian.AppendUint64(nil, n))
	seed[0] = 0 // below the order of the group
	k, err := bls.NewSecretKey(seed[:])
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// run tests with five keys. change may adjust the configuration.
func run(t *testing.T, change func(*signing.Config), test func(*harness)) {
	t.Helper()
	runWith(t, func(_ *actorstest.Kit, c *signing.Config) {
		if change != nil {
			change(c)
		}
	}, test)
}

// runWith lets change make actors of its own.
func runWith(t *testing.T, change func(*actorstest.Kit, *signing.Config), test func(*harness)) {
	t.Helper()
	h := &harness{store: &store{Store: memory.New(chain)}, permits: signing.NewPermits(100)}
	for n := range uint64(5) {
		h.keys = append(h.keys, key(t, n))
	}
	actorstest.Run(t, func(k *actorstest.Kit) {
		h.Kit = k
		cfg := signing.Config{
			Permits: h.permits, Workers: 3, GroupWindow: 2 * time.Millisecond, GroupSize: 64,
			RecordTimeout: 10 * time.Second, GenesisValidatorsRoot: chain,
			Slashing: actorstest.Spawn[messages.Slashing](k, slashing.Spec(slashing.Config{
				Open:    func(context.Context) (eip3076.Recorder, error) { return h.store, nil },
				Timeout: 5 * time.Second,
			})),
			Keys: actorstest.Spawn[messages.Keys](k, actors.Spec{
				Name: "keys", Mailbox: 8, New: func() actors.Actor { return ringOwner{bls.NewRing(h.keys...)} },
			}),
		}
		change(k, &cfg)
		h.ref = actorstest.Spawn[messages.Signing](k, signing.Spec(cfg))
		test(h)
	})
}

// vote is an attestation duty; its root is made of its epochs and of salt, so that another salt is another message.
func vote(source, target uint64, salt byte) messages.Duty {
	root := sha256.Sum256([]byte{byte(source), byte(target), salt})
	return messages.Duty{
		Operation: messages.Attestation, SigningRoot: root, GenesisValidatorsRoot: chain, SourceEpoch: source, TargetEpoch: target,
	}
}

func (h *harness) request(n int, d messages.Duty) messages.Sign {
	return messages.Sign{Key: h.keys[n].PublicKey(), Duty: d, Deadline: time.Now().Add(20 * time.Second)}
}

func (h *harness) sign(n int, d messages.Duty) (messages.Signed, error) {
	h.T.Helper()
	return actorstest.Ask(h.Kit, h.ref, h.request(n, d))
}

// start asks without waiting; the error arrives in the channel.
func (h *harness) start(ctx context.Context, n int, d messages.Duty) <-chan error {
	out := make(chan error, 1)
	go func() {
		_, err := actors.Ask(ctx, h.ref, h.request(n, d))
		out <- err
	}()
	return out
}

// free fails the test when a permit leaked.
func (h *harness) free() {
	h.T.Helper()
	h.Wait()
	if got := h.permits.Available(); got != h.permits.Limit() {
		h.T.Errorf("%d of %d permits are free at rest", got, h.permits.Limit())
	}
}
