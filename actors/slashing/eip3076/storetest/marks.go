package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// plainKey is a key in ordinary memory.
type plainKey [32]byte

func (k *plainKey) Use(f func(*[32]byte)) { f((*[32]byte)(k)) }
func (k *plainKey) Wipe()                 { clear(k[:]) }

// Marks returns the marker whose key begins with n, and is in ordinary memory; 0 stands for no key.
func Marks(n byte) *eip3076.Marker {
	if n == 0 {
		return &eip3076.Marker{}
	}
	return &eip3076.Marker{Key: &plainKey{n}}
}

// session is a store with marks, that is opened again and again, or, if it is volatile, is not.
type session struct {
	s      Subject
	t      *testing.T
	opener Opener
	how    Opening
	eip3076.Store
}

// session opens a place with the key n.
func (s Subject) session(t *testing.T, n byte) *session {
	t.Helper()
	how := marked()
	how.Marks = Marks(n)
	opener := s.Place(t)
	return &session{s: s, t: t, opener: opener, how: how, Store: with(t, opener, how)}
}

// again opens the store again, after between was called, and with another key.
func (s *session) again(n byte, between func()) {
	s.t.Helper()
	if !s.s.Volatile && !s.s.Shared {
		if err := s.Close(); err != nil {
			s.t.Fatal(err)
		}
	}
	between()
	if s.s.Volatile {
		*s.how.Marks = *Marks(n)
		return
	}
	if s.s.Shared {
		if err := s.Close(); err != nil {
			s.t.Fatal(err)
		}
	}
	s.how.Marks = Marks(n)
	s.Store = with(s.t, s.opener, s.how)
}

// refused expects that what this key asks for is refused because of a row, while another key is served.
func (s *session) refused(d messages.KeyDuty, reason string) {
	s.t.Helper()
	recorded, err := s.Record(context.Background(), []messages.KeyDuty{d, Block(Key(9), 1, 1), d})
	if err != nil {
		s.t.Fatalf("record: %v", err)
	}
	for _, verdict := range []error{recorded.Verdicts[0], recorded.Verdicts[2]} {
		var row eip3076.RowError
		if !errors.As(verdict, &row) || row.Reason != reason || !errors.Is(verdict, messages.ErrRowRefused) {
			s.t.Errorf("%s: %v, want the reason %q", describe(d), verdict, reason)
		}
	}
	if recorded.Verdicts[1] != nil {
		s.t.Errorf("another validator: %v", recorded.Verdicts[1])
	}
}

func nothing() {}

// marks opens stores with and without a key, and with another one.
func (s Subject) marks(t *testing.T) {
	for name, c := range map[string]struct {
		first, then byte
		reason      string
	}{
		"none":      {0, 0, ""},
		"the same":  {1, 1, ""},
		"another":   {1, 2, eip3076.ReasonMismatch},
		"lost":      {1, 0, eip3076.ReasonUnsupportedScheme},
		"never had": {0, 1, eip3076.ReasonUnsupportedScheme},
	} {
		t.Run(name, func(t *testing.T) {
			store := s.session(t, c.first)
			record(t, store, Block(Key(1), 5, 1), Vote(Key(1), 1, 2, 1))
			store.again(c.then, nothing)
			for _, d := range []messages.KeyDuty{Block(Key(1), 5, 1), Vote(Key(1), 1, 2, 1), Block(Key(1), 6, 1), Vote(Key(1), 2, 3, 1)} {
				if c.reason == "" {
					want(t, store, d, "")
				} else {
					store.refused(d, c.reason)
				}
			}
			s.offlineNeedsTheMarks(t, store, c.reason != "")
		})
	}
}

// offlineNeedsTheMarks expects that no operation uses, or marks as its own, what it cannot believe.
func (s Subject) offlineNeedsTheMarks(t *testing.T, store eip3076.Store, refused bool) {
	_, imports := store.Import(context.Background(), strings.NewReader(File(Key(1), `{"slot": "9"}`, "")))
	_, watermark := store.SetWatermark(context.Background(), eip3076.Watermark{Slot: 7}, Key(1))
	exports := store.Export(context.Background(), &strings.Builder{}, Key(1))
	step, err := store.PruneNext(context.Background(), messages.PublicKey{1}, eip3076.Retention{KeepEpochs: 1, SlotsPerEpoch: 1})
	if err != nil || step.Key != Key(1) {
		t.Errorf("pruned %v: %v", step.Key, err)
	}
	for name, err := range map[string]error{"import": imports, "watermark": watermark, "export": exports, "prune": step.Refused} {
		if errors.Is(err, messages.ErrRowRefused) != refused || (err != nil) != refused {
			t.Errorf("%s: %v, should be refused: %v", name, err, refused)
		}
	}
	report, err := store.Verify(context.Background())
	if err != nil || (len(report.Findings) != 0) != refused {
		t.Errorf("verify: %+v, %v", report, err)
	}
}
