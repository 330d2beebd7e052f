package chamber_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/chamber"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/signing"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/actors/watchdog"
	"containment-chamber/messages"
)

var chain = messages.Root{0xcc}

// harness is the whole tree in real time, with SQLite and raw key files.
type harness struct {
	*testing.T
	system  *actors.System
	tree    chamber.Chamber
	keys    []*bls.SecretKey
	permits *signing.Permits
	store   string // path of the database
	faults  faults // of the store

	mu     sync.Mutex
	events []messages.Event
}

func run(t *testing.T, test func(*harness)) {
	t.Helper()
	dir := t.TempDir()
	h := &harness{T: t, permits: signing.NewPermits(256), store: filepath.Join(dir, "slashing.sqlite")}
	h.system = actors.NewSystem(slog.New(slog.DiscardHandler))
	h.system.Observe(h.record)
	keyDir := filepath.Join(dir, "keys")
	h.writeKeys(keyDir, 4)
	h.tree = chamber.Start(h.system, chamber.Config{
		Slashing: slashing.Config{Timeout: 5 * time.Second, Open: func(ctx context.Context) (eip3076.Recorder, error) {
			store, err := sqlite.Open(ctx, sqlite.Config{Path: h.store, GenesisValidatorsRoot: chain})
			if err != nil {
				return nil, err
			}
			return &faulty{store, &h.faults}, nil
		}},
		Keys: keys.Config{Loaders: 2, Memory: 1 << 30, Scan: func() directory.Listing {
			return directory.Scan([]string{keyDir}, directory.Options{})
		}},
		Signing: signing.Config{
			Permits: h.permits, Workers: 4, GroupWindow: time.Millisecond, GroupSize: 64,
			RecordTimeout: 500 * time.Millisecond, GenesisValidatorsRoot: chain,
		},
		Watchdog: watchdog.Config{GiveUp: time.Minute},
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := h.system.AwaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	test(h)
	if err := h.system.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func (h *harness) writeKeys(dir string, n uint64) {
	h.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		h.Fatal(err)
	}
	for i := range n {
		seed := sha256.Sum256(binary.BigEndian.AppendUint64(nil, i))
		seed[0] = 0 // below the order of the group
		key, err := bls.NewSecretKey(seed[:])
		if err != nil {
			h.Fatal(err)
		}
		h.keys = append(h.keys, key)
		text := fmt.Sprintf("type: file-raw\nkeyType: BLS\nprivateKey: \"0x%x\"\n", seed)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.yaml", i)), []byte(text), 0o600); err != nil {
			h.Fatal(err)
		}
	}
}

func (h *harness) record(e messages.Event) {
	h.mu.Lock()
	h.events = append(h.events, e)
	h.mu.Unlock()
}

// count counts the events of type E.
func count[E messages.Event](h *harness) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, e := range h.events {
		if _, ok := e.(E); ok {
			n++
		}
	}
	return n
}

// vote is an attestation; salt makes another message of the same epochs.
func vote(source, target uint64, salt byte) messages.Duty {
	return messages.Duty{
		Operation: messages.Attestation, GenesisValidatorsRoot: chain, SourceEpoch: source, TargetEpoch: target,
		SigningRoot: sha256.Sum256([]byte(fmt.Sprint("vote", source, target, salt))),
	}
}

// block is a proposal; salt makes another one for the same slot.
func block(slot uint64, salt byte) messages.Duty {
	return messages.Duty{
		Operation: messages.BlockV2, GenesisValidatorsRoot: chain, Slot: slot,
		SigningRoot: sha256.Sum256([]byte(fmt.Sprint("block", slot, salt))),
	}
}

// sign asks for a signature with the patience of a client that would rather hear anything than nothing.
func (h *harness) sign(key int, duty messages.Duty) (messages.Signature, error) {
	ctx, cancel := context.WithTimeout(h.Context(), 20*time.Second)
	defer cancel()
	signed, err := actors.Ask(ctx, h.tree.Signing, messages.Sign{Key: h.keys[key].PublicKey(), Duty: duty, Deadline: time.Now().Add(15 * time.Second)})
	return signed.Signature, err
}
