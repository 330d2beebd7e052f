package actors_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

// piped notes every call of a pipe.
type piped struct {
	err error
	at  time.Duration
}

// pipe has asker ask to, and returns where the answers will stand.
func pipe(k *actorstest.Kit, asker, to ref, within time.Duration) *[]piped {
	var got []piped
	start := time.Now()
	tell(k, asker, func(c *actors.Context) {
		actors.Pipe(c, to, getHealth{}, actors.Piped[health]{Within: within, Then: func(_ *actors.Context, _ health, err error) {
			got = append(got, piped{err, time.Since(start)})
		}})
	})
	return &got
}

func TestPipe(t *testing.T) {
	for name, c := range map[string]struct {
		to   script
		want error
		at   time.Duration
	}{
		"answer": {answers, nil, 0},
		"error": {func(c *actors.Context, message any) {
			if _, ok := message.(getHealth); ok {
				actors.Refuse(c, messages.ErrSealed)
			}
		}, messages.ErrSealed, 0},
		"crash": {crashes, messages.ErrCrashed, 0},
		"late answer": {func(c *actors.Context, message any) {
			if q, ok := message.(getHealth); ok {
				p := actors.Defer(c, q)
				c.After(2*time.Second, func(*actors.Context) {
					if !p.Gone() {
						panic("the asker has given up")
					}
					p.Resolve(health{})
				})
			}
		}, messages.ErrExpired, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				asker := actorstest.Spawn[slashing](k, spec("asker", answers))
				got := pipe(k, asker, actorstest.Spawn[slashing](k, spec("to", c.to)), time.Second)
				k.Advance(time.Minute)
				if len(*got) != 1 || !errors.Is((*got)[0].err, c.want) || (*got)[0].at != c.at {
					t.Errorf("got %v, want %v at %v", *got, c.want, c.at)
				}
			})
		})
	}
}

func TestPipeToNobodyIsUnavailable(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		asker := actorstest.Spawn[slashing](k, spec("asker", answers))
		got := pipe(k, asker, ref{}, time.Second)
		k.Advance(time.Minute)
		if len(*got) != 1 || !errors.Is((*got)[0].err, messages.ErrUnavailable) {
			t.Errorf("got %v", *got)
		}
	})
}

// An actor may ask itself, since it does not wait.
func TestPipeToSelf(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		asker := actorstest.Spawn[slashing](k, spec("asker", answers))
		got := pipe(k, asker, asker, time.Second)
		if len(*got) != 1 || (*got)[0].err != nil {
			t.Errorf("got %v", *got)
		}
	})
}

// An answer that comes in the instant in which patience ends is the answer, or comes too late. Never both.
func TestPipeAtTheLastMoment(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		asker := actorstest.Spawn[slashing](k, spec("asker", answers))
		to := actorstest.Spawn[slashing](k, spec("to", func(c *actors.Context, message any) {
			if q, ok := message.(getHealth); ok {
				p := actors.Defer(c, q)
				c.After(time.Second, func(*actors.Context) { p.Resolve(health{}) })
			}
		}))
		for range 200 {
			got := pipe(k, asker, to, time.Second)
			k.Advance(2 * time.Second)
			equal(t, "answers", len(*got), 1)
		}
	})
}

func TestAnAnswerIsDroppedWhenTheAskerHasCrashed(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		var held []actors.Promise[health]
		asker := actorstest.Spawn[slashing](k, spec("asker", answers))
		to := actorstest.Spawn[slashing](k, keeping("to", &held))
		got := pipe(k, asker, to, time.Hour)
		k.Crash("test/asker")
		k.Advance(time.Minute) // it lives again
		held[0].Resolve(health{})
		k.Advance(2 * time.Hour)
		equal(t, "answers", len(*got), 0)
	})
}

// Without a limit an answer is waited for however late it is.
func TestPipeWithoutLimit(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		asker, to := actorstest.Spawn[slashing](k, spec("asker", answers)), actorstest.Spawn[slashing](k, spec("to", answers))
		k.System.Hang("test/to", time.Hour)
		got := pipe(k, asker, to, 0)
		k.Advance(time.Hour)
		equal(t, "answers", len(*got), 1)
		equal(t, "answer", (*got)[0], piped{nil, time.Hour})
	})
}
