package kek_test

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"containment-chamber/actors/seal/kek"
)

// TestFileOnADiskThatIsGone: whoever wants the key is told in time. The disk keeps one reader and not one for each attempt,
// and what it brings after all is wiped.
func TestFileOnADiskThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var begun atomic.Int64
		var late []byte
		back := make(chan struct{})
		key := open(t, kek.Config{}.Reading(func(_ string, key []byte) error {
			if begun.Add(1) == 1 {
				<-back
				late = key
			}
			copy(key, bytes.Repeat([]byte("k"), len(key)))
			return nil
		}), "file:/net/kek")
		start := time.Now()
		wantError(t, key.Check(t.Context()), kek.ErrUnavailable, "file:/net/kek: key-encryption key unavailable: its disk does not answer")
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("it took %v", took)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(kek.ErrNotNeeded) })
		_, err := key.Wrap(ctx, secret, binding)
		wantError(t, err, kek.ErrUnavailable, "an earlier attempt")
		if !errors.Is(err, kek.ErrNotNeeded) {
			t.Errorf("it hides why: %v", err)
		}
		if took := time.Since(start); took != 11*time.Second || begun.Load() != 1 {
			t.Errorf("after %v, %d read it", took, begun.Load())
		}
		close(back)
		synctest.Wait()
		if !bytes.Equal(late, make([]byte, 32)) {
			t.Error("what came late is not wiped")
		}
		wantSecret(t, key, wrap(t, key, binding), binding)
	})
}
