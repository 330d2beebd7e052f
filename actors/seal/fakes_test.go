package seal_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/messages"
)

// reads stands in for control: it reads the store at an interval, and offers the seal what it has read.
type reads struct {
	store    *memory
	seal     actors.Ref[messages.Seal]
	interval time.Duration
	refused  error // the seal's last answer
	asked    int
}

// Receive implements actors.Actor.
func (r *reads) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		r.read(c)
		c.Every(r.interval, r.read)
	case messages.RefreshControl:
		r.asked++
		r.read(c)
		actors.Answer(c, m, messages.RefreshBegun{})
	}
}

func (r *reads) read(c *actors.Context) {
	s := messages.Snapshot{Component: messages.ComponentSeal, Began: time.Now()}
	var err error
	s.Version, s.Body, err = r.store.Read(context.Background())
	r.offer(c, s, err)
}

func (r *reads) offer(c *actors.Context, s messages.Snapshot, err error) {
	actors.Pipe(c, r.seal, messages.TakeSnapshot[messages.Seal]{Snapshot: s, Err: err}, actors.Piped[messages.SnapshotTaken]{
		Then: func(_ *actors.Context, _ messages.SnapshotTaken, err error) { r.refused = err },
	})
}

// memory is a store in memory, shared by replicas, that can be broken.
type memory struct {
	mu      sync.Mutex
	version uint64
	body    []byte
	history [][]byte
	down    error
	lose    bool // the next write happens, and its answer is lost
	before  func()
}

func (m *memory) Read(context.Context) (uint64, []byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.version, bytes.Clone(m.body), m.down
}

func (m *memory) Write(_ context.Context, version uint64, body []byte) error {
	if m.before != nil {
		m.before()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.down != nil:
		return m.down
	case version != m.version+1:
		return fmt.Errorf("%w: version %d is there", messages.ErrConflict, m.version)
	}
	m.version, m.body = version, bytes.Clone(body)
	m.history = append(m.history, m.body)
	if m.lose {
		m.lose = false
		return fmt.Errorf("%w: the answer was lost", messages.ErrStateUnavailable)
	}
	return nil
}

// set breaks or mends the store.
func (m *memory) set(f func(*memory)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(m)
}

// keyring opens file: references, and can be broken by reference.
type keyring struct {
	mu     sync.Mutex
	ring   *kek.Ring
	broken map[string]error
	wait   map[string]time.Duration
	deaf   bool // to contexts
	lies   string
	calls  int
}

func (r *keyring) Open(ctx context.Context, reference kek.Reference) (kek.Key, error) {
	r.mu.Lock()
	r.calls++
	broken, wait := r.broken[reference.String()], r.wait[reference.String()]
	if r.deaf {
		ctx = context.WithoutCancel(ctx)
	}
	r.mu.Unlock()
	if wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, fmt.Errorf("%s: %w: %w", reference, kek.ErrUnavailable, context.Cause(ctx))
		}
	}
	if broken != nil {
		return nil, fmt.Errorf("%s: %w", reference, broken)
	}
	key, err := r.ring.Open(ctx, reference)
	if reference.String() == r.lies {
		return liar{key}, err
	}
	return key, err
}

// liar is a key that gives something for a share that is not it, and opens.
type liar struct{ kek.Key }

func (l liar) Wrap(ctx context.Context, plaintext []byte, binding kek.Binding) ([]byte, error) {
	other := bytes.Clone(plaintext)
	other[0] ^= 1
	return l.Key.Wrap(ctx, other, binding)
}

func (r *keyring) breakKeys(err error, references ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range references {
		r.broken[name] = err
	}
}

// answerAtOnce makes keys answer again that were slow.
func (r *keyring) answerAtOnce() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.wait)
}
