package control_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/control"
	"containment-chamber/messages"
)

// store is a signer state that can be away, stall and lie.
type store struct {
	mu      sync.Mutex
	holds   []messages.Snapshot
	err     error
	wait    time.Duration // before it answers
	deaf    bool          // it waits for longer than it is allowed to
	crash   bool
	reads   []time.Time
	running int
	overlap bool // there were two reads under way
}

func (s *store) set(f func(*store)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

// Read implements control.Store.
func (s *store) Read(ctx context.Context) ([]messages.Snapshot, error) {
	s.mu.Lock()
	s.reads = append(s.reads, time.Now())
	s.running++
	s.overlap = s.overlap || s.running > 1
	wait, deaf, crash := s.wait, s.deaf, s.crash
	s.mu.Unlock()
	defer s.set(func(s *store) { s.running-- })
	if crash {
		panic("test: a read crashes")
	}
	if deaf {
		ctx = context.Background()
	}
	if wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, messages.ErrStateUnavailable
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.holds, s.err
}

// consumed names the protocol of a consumer.
type consumed struct{}

// consumer is somebody who uses a component.
type consumer struct {
	refuses, hangs atomic.Bool
	offered        []messages.TakeSnapshot[consumed]
}

// Receive implements actors.Actor.
func (u *consumer) Receive(c *actors.Context, message any) {
	m, ok := message.(messages.TakeSnapshot[consumed])
	if !ok {
		return
	}
	u.offered = append(u.offered, m)
	switch {
	case u.hangs.Load():
		actors.Defer(c, m) // and never answers
	case u.refuses.Load():
		actors.Refuse(c, messages.ErrStateRefused)
	default:
		actors.Answer(c, m, messages.SnapshotTaken{})
	}
}

const interval = time.Second

// scene is control with a consumer of the seal record.
type scene struct {
	*actorstest.Kit
	store    *store
	consumer *consumer
	ref      actors.Ref[messages.Control]
}

func snapshot(component string, version uint64, body string) messages.Snapshot {
	return messages.Snapshot{Component: component, Version: version, Body: []byte(body)}
}

// run plays a scene, which begins when all was read once if the store lets it.
func run(t *testing.T, before func(*store, *control.Config), play func(*scene)) {
	t.Helper()
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := &scene{Kit: k, consumer: &consumer{}, store: &store{holds: []messages.Snapshot{
			snapshot("policies", 2, "policies 2"), snapshot("seal", 7, "seal 7"), // and no tokens yet
		}}}
		user := actorstest.Spawn[consumed](k, actors.Spec{Name: "consumer", Mailbox: 8, New: func() actors.Actor { return s.consumer }})
		cfg := control.Config{Store: s.store, Interval: interval, Consumers: []control.Consumer{control.ConsumerOf("seal", user)}}
		before(s.store, &cfg)
		s.ref = actorstest.Spawn[messages.Control](k, control.Spec(cfg))
		play(s)
		if s.store.overlap {
			t.Error("two reads were under way")
		}
	})
}

func asIs(*store, *control.Config) {}

func (s *scene) component(name string) messages.Component {
	s.T.Helper()
	component, err := actorstest.Ask(s.Kit, s.ref, messages.GetComponent{Name: name})
	if err != nil {
		s.T.Fatal(err)
	}
	return component
}

// reads counts them.
func (s *scene) reads() (n int) {
	s.Wait()
	s.store.set(func(store *store) { n = len(store.reads) })
	return n
}

// events are those of one component.
func (s *scene) events(component string) (all []messages.ControlRefreshed) {
	for _, e := range actorstest.Events[messages.ControlRefreshed](s.Kit) {
		if e.Component == component {
			all = append(all, e)
		}
	}
	return all
}

// last is the latest event of a component.
func (s *scene) last(component string) messages.ControlRefreshed {
	s.T.Helper()
	all := s.events(component)
	if len(all) == 0 {
		s.T.Fatalf("no event of %s", component)
	}
	return all[len(all)-1]
}
