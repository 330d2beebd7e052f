package actors_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

func TestRefuse(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", func(c *actors.Context, message any) {
			if _, ok := message.(getHealth); ok {
				actors.Refuse(c, messages.ErrSealed)
			}
		}))
		if _, err := actorstest.Ask(k, to, getHealth{}); !errors.Is(err, messages.ErrSealed) {
			t.Errorf("got %v", err)
		}
		equal(t, "panics", len(actorstest.Events[messages.ActorPanicked](k)), 0)
	})
}

func TestDeferredAnswer(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		var held []actors.Promise[health]
		to := actorstest.Spawn[slashing](k, keeping("store", &held))
		a := ask(k, to)
		k.Advance(time.Second)
		tell(k, to, func(*actors.Context) {
			held[0].Resolve(health{GenesisValidatorsRoot: messages.Root{1}})
			held[0].Fail(messages.ErrSealed) // the first answer has won
		})
		equal(t, "took", a.took, time.Second)
		if a.err != nil || a.health.GenesisValidatorsRoot != (messages.Root{1}) {
			t.Errorf("answered %v: %v after %v", a.done.Load(), a.err, a.took)
		}
	})
}

// What an actor does wrong with a request crashes it, and its caller never waits.
func TestMisansweredRequestsCrash(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*actors.Context, getHealth)
		want error // to the caller
	}{
		"no answer":        {func(*actors.Context, getHealth) {}, messages.ErrCrashed},
		"panic":            {func(*actors.Context, getHealth) { panic("x") }, messages.ErrCrashed},
		"another's answer": {func(c *actors.Context, _ getHealth) { actors.Answer(c, messages.Sign{}, messages.Signed{}) }, messages.ErrCrashed},
		"two answers": {func(c *actors.Context, q getHealth) {
			actors.Answer(c, q, health{})
			actors.Refuse(c, messages.ErrSealed)
		}, nil}, // the first was given
		"deferred twice": {func(c *actors.Context, q getHealth) {
			actors.Defer(c, q)
			actors.Defer(c, q)
		}, messages.ErrCrashed},
	} {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				to := actorstest.Spawn[slashing](k, spec("store", func(ctx *actors.Context, message any) {
					if q, ok := message.(getHealth); ok {
						c.do(ctx, q)
					}
				}))
				a := ask(k, to)
				if !errors.Is(a.err, c.want) || !a.done.Load() || a.took != 0 {
					t.Errorf("the caller got %v after %v", a.err, a.took)
				}
				equal(t, "message", actorstest.Expect[messages.ActorPanicked](k).Message, "messages.GetSlashingHealth")
			})
		})
	}
}

func TestAnswerToANoticeCrashes(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		tell(k, to, func(c *actors.Context) { actors.Answer(c, getHealth{}, health{}) })
		equal(t, "cause", actorstest.Expect[messages.ActorPanicked](k).Cause, "actors: no request to answer, or answered twice")
	})
}

// Whatever ends the life of those who hold promises, everybody who waits is answered in the same instant.
func TestPromisesAreAnsweredAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(*actorstest.Kit, ref)
		want error
	}{
		"crash":      {func(k *actorstest.Kit, _ ref) { k.Crash("test/store") }, messages.ErrCrashed},
		"bug":        {func(k *actorstest.Kit, to ref) { tell(k, to, func(*actors.Context) { panic("x") }) }, messages.ErrCrashed},
		"stop":       {func(k *actorstest.Kit, to ref) { tell(k, to, func(c *actors.Context) { c.Stop() }) }, messages.ErrUnavailable},
		"escalation": {escalate, messages.ErrCrashed},
	} {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				var held []actors.Promise[health]
				to := actorstest.Spawn[slashing](k, keeping("store", &held))
				all := []*asked{ask(k, to), ask(k, to), ask(k, to)}
				c.end(k, to)
				for _, a := range all {
					if !errors.Is(a.err, c.want) || !a.done.Load() || a.took != 0 {
						t.Errorf("got %v after %v", a.err, a.took)
					}
				}
			})
		})
	}
}

// escalate crashes a child that may not.
func escalate(k *actorstest.Kit, to ref) {
	tell(k, to, func(c *actors.Context) { actors.Spawn[slashing](c, spec("child", answers)) })
	k.Crash("test/store/child")
}

// A message that carries promises answers them wherever it is lost.
func TestPromisesInMessagesAreAnsweredAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		lose func(*actorstest.Kit, ref, parcel)
		want error
	}{
		"crash": {func(_ *actorstest.Kit, to ref, p parcel) { actors.Tell(to, p) }, messages.ErrCrashed},
		"while down": {func(k *actorstest.Kit, to ref, p parcel) {
			k.Crash("test/store")
			actors.Tell(to, p)
		}, messages.ErrUnavailable},
		"zero Ref":    {func(_ *actorstest.Kit, _ ref, p parcel) { actors.Tell(ref{}, p) }, messages.ErrUnavailable},
		"dead letter": {func(k *actorstest.Kit, _ ref, p parcel) { actors.Tell(actors.Lookup[slashing](k.System, "no"), p) }, messages.ErrUnavailable},
		"stop": {func(k *actorstest.Kit, to ref, p parcel) {
			release := block(k, to)
			actors.Tell(to, order{func(c *actors.Context) { c.Stop() }})
			actors.Tell(to, p)
			release()
		}, messages.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				var held []actors.Promise[health]
				a := ask(k, actorstest.Spawn[slashing](k, keeping("keeper", &held)))
				to := actorstest.Spawn[slashing](k, spec("store", func(_ *actors.Context, message any) {
					if _, ok := message.(parcel); ok {
						panic("x")
					}
				}))
				c.lose(k, to, parcel{held})
				k.Wait()
				if !errors.Is(a.err, c.want) || !a.done.Load() || a.took != 0 {
					t.Errorf("got %v after %v", a.err, a.took)
				}
			})
		})
	}
}

// clumsy is a message whose Abandon panics.
type clumsy struct{}

func (clumsy) Told(slashing) {}
func (clumsy) Abandon(error) { panic("x") }

func TestPanicInAbandonEndsTheIncarnationNonetheless(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		ended := 0
		to := actorstest.Spawn[slashing](k, spec("store", func(_ *actors.Context, message any) {
			switch message.(type) {
			case clumsy:
				panic("x")
			case actors.Ended:
				ended++
			}
		}))
		actors.Tell(to, clumsy{})
		k.Wait()
		equal(t, "Ended", ended, 1)
		equal(t, "panics", len(actorstest.Events[messages.ActorPanicked](k)), 2)
	})
}
