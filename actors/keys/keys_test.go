package keys_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
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
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// seed is the secret of key n.
func seed(n int) []byte {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(n)))
	sum[0] = 0 // below the order of the group
	return sum[:]
}

func numbered(t testing.TB, n int) *bls.SecretKey {
	t.Helper()
	key, err := bls.NewSecretKey(seed(n))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// document is the descriptor of key n.
func document(n int) string { return secretDocument(seed(n)) }

func secretDocument(secret []byte) string {
	return fmt.Sprintf("type: file-raw\nprivateKey: \"0x%x\"\n", secret)
}

// write makes n raw key files, and as many bad ones.
func write(t *testing.T, dir string, n int) {
	t.Helper()
	for i := range n {
		bad := fmt.Sprintf("type: file-keystore\nkeystoreFile: missing-%d.json\nkeystorePasswordFile: missing\n", i)
		for name, text := range map[string]string{"good": document(i), "bad": bad} {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.yaml", name, i)), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func filesystem(dir string) func() directory.Listing {
	return func() directory.Listing {
		return directory.Scan([]string{dir}, directory.Options{})
	}
}

func spawn(k *actorstest.Kit, scan func() directory.Listing) actors.Ref[messages.Keys] {
	return actorstest.Spawn[messages.Keys](k, keys.Spec(keys.Config{Scan: scan, Loaders: 3, Memory: 1 << 20}))
}

func TestLoads(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, 10)
	actorstest.Run(t, func(k *actorstest.Kit) {
		ref := spawn(k, filesystem(dir))
		ring, err := actorstest.Ask(k, ref, messages.GetKeyRing{})
		if err != nil || len(ring.PublicKeys()) != 10 {
			t.Errorf("%d keys, want 10: %v", len(ring.PublicKeys()), err)
		}
		status, err := actorstest.Ask(k, ref, messages.GetKeyStatus{})
		if err != nil || status.Loaded != 10 || status.Found != 20 || status.Loading || len(status.Failures) != 10 {
			t.Errorf("status %+v: %v", status, err)
		}
		if got := len(actorstest.Events[messages.KeyLoadFailed](k)); got != 10 {
			t.Errorf("%d failures were published, want 10", got)
		}
		if done := actorstest.Expect[messages.KeysLoaded](k); done.Loaded != 10 || done.Failures != 10 {
			t.Errorf("published %+v", done)
		}
		if changed := actorstest.Expect[messages.KeysChanged](k); changed.Total != 10 {
			t.Errorf("published %+v", changed)
		}
		if down := k.System.NotReady(); len(down) > 0 {
			t.Errorf("not ready: %v", down)
		}
		for _, path := range k.System.Tree() {
			if actors.Class(path) == "loader" || actors.Class(path) == "scan" {
				t.Errorf("%s outlives the loading", path)
			}
		}
	})
}

// A crash loses no key, and decrypts none again.
func TestCrashKeepsTheRing(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, 4)
	actorstest.Run(t, func(k *actorstest.Kit) {
		ref := spawn(k, filesystem(dir))
		before, err := actorstest.Ask(k, ref, messages.GetKeyRing{})
		if err != nil {
			t.Fatal(err)
		}
		k.Crash("test/keys")
		k.Advance(time.Minute)
		after, err := actorstest.Ask(k, ref, messages.GetKeyRing{})
		if err != nil || after != before {
			t.Errorf("the ring was replaced: %v", err)
		}
		ring := after.(*bls.Ring)
		for _, public := range ring.PublicKeys() {
			key, _ := ring.Key(public)
			if _, err := bls.Sign(bls.NewMessage(messages.Root{1}), key); err != nil {
				t.Errorf("a key was wiped by the crash: %v", err)
			}
		}
	})
}

// The keys are wiped when the actor stops.
func TestStopWipes(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, 2)
	actorstest.Run(t, func(k *actorstest.Kit) {
		ref := spawn(k, filesystem(dir))
		got, err := actorstest.Ask(k, ref, messages.GetKeyRing{})
		if err != nil {
			t.Fatal(err)
		}
		if err := k.System.Stop(k.T.Context()); err != nil {
			t.Fatal(err)
		}
		ring := got.(*bls.Ring)
		for _, public := range ring.PublicKeys() {
			key, _ := ring.Key(public)
			if _, err := bls.Sign(bls.NewMessage(messages.Root{1}), key); !errors.Is(err, messages.ErrUnknownKey) {
				t.Errorf("a key still signs after the stop: %v", err)
			}
		}
	})
}

// The ring is handed out once the sources were scanned, not before.
func TestWaitsForTheScan(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		gate := make(chan struct{})
		ref := spawn(k, func() directory.Listing {
			<-gate
			return directory.Listing{}
		})
		ctx, cancel := context.WithTimeout(k.T.Context(), time.Second)
		defer cancel()
		if _, err := actors.Ask(ctx, ref, messages.GetKeyRing{}); !errors.Is(err, messages.ErrExpired) {
			t.Errorf("during the scan: %v", err)
		}
		if status, _ := actorstest.Ask(k, ref, messages.GetKeyStatus{}); !status.Loading {
			t.Error("the status says that loading has ended")
		}
		close(gate)
		if ring, err := actorstest.Ask(k, ref, messages.GetKeyRing{}); err != nil || len(ring.PublicKeys()) != 0 {
			t.Errorf("after the scan: %v", err)
		}
	})
}

// A scan that crashes is repeated.
func TestScanCrash(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		scans := 0
		ref := spawn(k, func() directory.Listing {
			if scans++; scans == 1 {
				panic("first scan")
			}
			return directory.Listing{}
		})
		k.Advance(time.Minute)
		if _, err := actorstest.Ask(k, ref, messages.GetKeyRing{}); err != nil || scans != 2 {
			t.Errorf("after %d scans: %v", scans, err)
		}
	})
}
