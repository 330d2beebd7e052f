package opening_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/opening"
	"containment-chamber/actors/seal/opening/openingtest"
	"containment-chamber/messages"
)

// slowKeys answer after a time of their own, by the name of their file, or fail.
type slowKeys struct {
	ring    *kek.Ring
	takes   map[string]time.Duration
	fails   map[string]error
	crashes string
	asked   atomic.Int64
}

func (s *slowKeys) Open(ctx context.Context, reference kek.Reference) (kek.Key, error) {
	s.asked.Add(1)
	name := filepath.Base(reference.Path())
	if name == s.crashes {
		panic("test: a key crashes")
	}
	select {
	case <-time.After(s.takes[name]):
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", kek.ErrUnavailable, context.Cause(ctx))
	}
	if err := s.fails[name]; err != nil {
		return nil, err
	}
	return s.ring.Open(ctx, reference)
}

// TestKeysAreAskedTogether: what is slow costs no time as long as there are enough others, and is broken off.
func TestKeysAreAskedTogether(t *testing.T) {
	chamber := openingtest.New(t, chamberOf(t, 3, 2, 0))
	for name, test := range map[string]struct {
		keys *slowKeys
		took time.Duration
		want error
	}{
		"all at once":          {&slowKeys{takes: map[string]time.Duration{"kek-0": time.Second, "kek-1": time.Second, "kek-2": time.Second}}, time.Second, nil},
		"one hangs":            {&slowKeys{takes: map[string]time.Duration{"kek-0": time.Hour, "kek-2": time.Second}}, time.Second, nil},
		"one is away":          {&slowKeys{fails: map[string]error{"kek-0": kek.ErrUnavailable}, takes: map[string]time.Duration{"kek-0": 10 * time.Second, "kek-1": time.Second}}, time.Second, nil},
		"two are away":         {&slowKeys{fails: map[string]error{"kek-0": kek.ErrUnavailable, "kek-2": kek.ErrDenied}, takes: map[string]time.Duration{"kek-0": 10 * time.Second, "kek-2": 9 * time.Second}}, 10 * time.Second, kek.ErrUnavailable},
		"one fails before all": {&slowKeys{fails: map[string]error{"kek-1": kek.ErrRejected}, takes: map[string]time.Duration{"kek-0": 2 * time.Second, "kek-2": time.Second}}, 2 * time.Second, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				keys, begin := test.keys, time.Now()
				keys.ring = kek.NewRing(kek.Config{})
				shares, err := opening.Unwrap(t.Context(), keys, chamber.Record, chamber.Record.Set)
				if took := time.Since(begin); took != test.took || keys.asked.Load() != 3 {
					t.Errorf("it took %v, and asked %d; want %v", took, keys.asked.Load(), test.took)
				}
				if !errors.Is(err, test.want) || (err == nil) != (len(shares) == 2) {
					t.Errorf("%d shares, %v", len(shares), err)
				}
			})
		})
	}
}

// TestFailuresAreToldOnOneLine, each key once.
func TestFailuresAreToldOnOneLine(t *testing.T) {
	chamber := openingtest.New(t, chamberOf(t, 2, 1, 0))
	keys := chamber.Record.Set.KMS.Shares
	for i := range keys {
		if err := os.Remove(strings.TrimPrefix(keys[i].Reference, "file:")); err != nil {
			t.Fatal(err)
		}
	}
	_, err := opening.Unwrap(t.Context(), kek.NewRing(kek.Config{}), chamber.Record, chamber.Record.Set)
	if !errors.Is(err, messages.ErrKMSRefused) || !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for i := range keys {
		if text := err.Error(); strings.Count(text, keys[i].Reference) != 1 || strings.Contains(text, "\n") {
			t.Errorf("%s: it says %q", keys[i].Reference, text)
		}
	}
	if opening.Join(nil, nil) != nil {
		t.Error("nothing has failed, and that is an error")
	}
}

// TestACrashIsTheCallers, and not the process's.
func TestACrashIsTheCallers(t *testing.T) {
	chamber := openingtest.New(t, chamberOf(t, 3, 2, 0))
	defer func() {
		if recover() == nil {
			t.Error("nobody hears of it")
		}
	}()
	_, _ = opening.Unwrap(t.Context(), &slowKeys{ring: kek.NewRing(kek.Config{}), crashes: "kek-1"}, chamber.Record, chamber.Record.Set)
}

// TestWhatIsNotNeededIsNoFailure: metrics count what KMS did, not what was broken off here.
func TestWhatIsNotNeededIsNoFailure(t *testing.T) {
	chamber := openingtest.New(t, chamberOf(t, 1, 1, 0))
	reference, err := kek.Parse(chamber.Record.Set.KMS.Shares[0].Reference)
	if err != nil {
		t.Fatal(err)
	}
	for cause, want := range map[error]int{kek.ErrNotNeeded: 0, context.Canceled: 1} {
		told := 0
		ring := kek.NewRing(kek.Config{Observe: func(string, error, time.Duration) { told++ }})
		ctx, cancel := context.WithCancelCause(t.Context())
		key, err := ring.Open(ctx, reference)
		if err != nil {
			t.Fatal(err)
		}
		cancel(cause)
		if _, err := key.Unwrap(ctx, chamber.Record.Set.KMS.Shares[0].Wrapped[1:], chamber.Record.Binding(0)); err == nil || told != want {
			t.Errorf("%v: %v, told %d times", cause, err, told)
		}
	}
}
