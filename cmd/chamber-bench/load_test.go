package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// slow is a server that takes its time, and answers with a new signature, or fails as it is told.
type slow struct {
	takes  time.Duration
	serial *atomic.Uint64
	fail   func(serial uint64) error
}

func (s slow) ask(order) (answer, error) {
	time.Sleep(s.takes)
	n := s.serial.Add(1)
	if s.fail != nil {
		if err := s.fail(n); err != nil {
			return answer{}, err
		}
	}
	return answer{200, fmt.Appendf(nil, `{"signature":"0x%016x%s"}`, n, strings.Repeat("0", 176))}, nil
}

// slowLoad is a load of five seconds, the first of them a warm-up, on so many connections to one slow server.
func slowLoad(connections int, interval time.Duration, server slow) load {
	start := time.Now()
	server.serial = new(atomic.Uint64)
	l := load{
		plan:        plan{10, 10, func() composer { return func(n uint64) order { return order{first: int(n % 10), count: 1} } }},
		window:      window{start.Add(time.Second), start.Add(5 * time.Second)},
		sampleEvery: 10,
	}
	l.pace = pace{next: new(atomic.Uint64), start: start, interval: interval, end: l.window.to}
	for range connections {
		l.askers = append(l.askers, server)
	}
	return l
}

// near allows for the width of a bucket.
func near(got, want time.Duration) bool {
	return got >= want && got <= want+want/64+time.Nanosecond
}

func TestClosedLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		total := slowLoad(2, 0, slow{takes: 10 * time.Millisecond}).run(t.Context())
		if total.signatures != 800 { // 2 connections, 100 a second, 4 seconds
			t.Errorf("%d signatures, want 800", total.signatures)
		}
		if got := total.latency.quantile(0.99); !near(got, 10*time.Millisecond) {
			t.Errorf("p99 is %v, want 10ms", got)
		}
		if len(total.samples) != 100 { // one in ten of five seconds
			t.Errorf("%d samples, want 100", len(total.samples))
		}
	})
}

func TestOpenLoopKeepsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		total := slowLoad(4, 20*time.Millisecond, slow{takes: 30 * time.Millisecond}).run(t.Context())
		if total.issued != 200 || total.latency.total != 200 {
			t.Errorf("%d orders and %d latencies in 4 s at 50 a second, want 200", total.issued, total.latency.total)
		}
		if got := total.latency.longest; got != 30*time.Millisecond {
			t.Errorf("the longest latency is %v, want 30ms", got)
		}
		if len(total.errors) != 0 {
			t.Errorf("errors: %v", total.errors)
		}
	})
}

// TestNoCoordinatedOmission overloads one connection twice: what waits for it waits longer and longer, and shows.
func TestNoCoordinatedOmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		total := slowLoad(1, 25*time.Millisecond, slow{takes: 50 * time.Millisecond}).run(t.Context())
		// Order n is due at 25n ms and answered at 50(n+1): the last of the window, 199, waits for 5.025 s.
		if got, want := total.latency.longest, 5025*time.Millisecond; got != want {
			t.Errorf("the longest latency is %v, want %v", got, want)
		}
		if total.issued != 160 || total.requests != 80 {
			t.Errorf("%d due and %d delivered in the window, want 160 and 80", total.issued, total.requests)
		}
	})
}

// TestNeverSentIsAnError overloads it so much that the grace ends before the orders do.
func TestNeverSentIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		total := slowLoad(1, 10*time.Millisecond, slow{takes: 100 * time.Millisecond}).run(t.Context())
		never := total.errors[kind{0, "never_sent"}]
		if never == 0 || total.issued+never != 400 {
			t.Errorf("%d sent and %d never sent of 400", total.issued, never)
		}
	})
}

func TestTransportErrorsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		total := slowLoad(1, 0, slow{takes: 10 * time.Millisecond, fail: func(n uint64) error {
			switch {
			case n%10 == 0:
				return io.EOF
			case n%10 == 1:
				return errors.New("no such thing")
			}
			return nil
		}}).run(t.Context())
		if total.signatures != 320 || total.errors[kind{0, "closed"}] != 40 || total.errors[kind{0, "malformed_reply"}] != 40 {
			t.Errorf("%d signatures, errors %v, want 320, and 40 of each kind", total.signatures, total.errors)
		}
	})
}

func TestLoadEndsWhenCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		start := time.Now()
		slowLoad(3, 400*time.Millisecond, slow{takes: time.Millisecond}).run(ctx)
		if took := time.Since(start); took > 1600*time.Millisecond {
			t.Errorf("it took %v to end", took)
		}
	})
}

// TestLimitEndsALoad runs exactly one round.
func TestLimitEndsALoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := slowLoad(4, 0, slow{takes: 10 * time.Millisecond})
		l.pace = pace{next: new(atomic.Uint64), start: time.Now(), limit: 10}
		start := time.Now()
		total := l.run(t.Context())
		if total.received != 10 || total.last.Sub(start) != 30*time.Millisecond {
			t.Errorf("%d signatures in %v, want 10 in 30ms", total.received, total.last.Sub(start))
		}
	})
}
