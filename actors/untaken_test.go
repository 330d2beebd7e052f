package actors_test

import (
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

type (
	ceremony = messages.PerformCeremony
	outcome  = messages.CeremonyOutcome
)

// untaken is an asker and the promise of an answer with a secret in it.
type untaken struct {
	*actorstest.Kit
	asker   ref
	promise actors.Promise[outcome]
	token   [1]byte
}

func (u *untaken) give() {
	u.token[0] = 1
	u.promise.Resolve(outcome{RootToken: messages.NewSecret(u.token[:])})
	u.Wait()
}

// giveBehind has the answer wait in the asker's mailbox, behind something else.
func (u *untaken) giveBehind(first func(*actors.Context)) {
	release := block(u.Kit, u.asker)
	actors.Tell(u.asker, order{first})
	u.give()
	release()
}

func (u *untaken) crash() { u.Crash("test/asker") }
func (u *untaken) stop()  { tell(u.Kit, u.asker, (*actors.Context).Stop) }

// withUntaken has a guard promise what it is asked for.
func withUntaken(t *testing.T, test func(*untaken, actors.Ref[messages.Guard])) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		u := &untaken{Kit: k, asker: actorstest.Spawn[slashing](k, spec("asker", answers))}
		test(u, actorstest.Spawn[messages.Guard](k, spec("guard", func(c *actors.Context, message any) {
			if q, ok := message.(ceremony); ok {
				u.promise = actors.Defer(c, q)
			}
		})))
	})
}

// An answer that nobody takes is wiped, wherever it is when that is found out; one that is taken is the taker's.
func TestPipedSecretsThatNobodyTakesAreWiped(t *testing.T) {
	for name, c := range map[string]struct {
		give  func(*untaken)
		wiped bool
	}{
		"taken":       {(*untaken).give, false},
		"too late":    {func(u *untaken) { u.Advance(time.Hour); u.give() }, true},
		"the second":  {func(u *untaken) { u.promise.Fail(messages.ErrSealed); u.give() }, true},
		"down":        {func(u *untaken) { u.crash(); u.give() }, true},
		"alive again": {func(u *untaken) { u.crash(); u.Advance(time.Minute); u.give() }, true},
		"gone":        {func(u *untaken) { u.stop(); u.give() }, true},
		"behind a crash": {func(u *untaken) {
			u.giveBehind(func(*actors.Context) { panic("x") })
			u.Advance(time.Minute)
		}, true},
		"behind the end": {func(u *untaken) { u.giveBehind((*actors.Context).Stop) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			withUntaken(t, func(u *untaken, guard actors.Ref[messages.Guard]) {
				tell(u.Kit, u.asker, func(c *actors.Context) {
					actors.Pipe(c, guard, ceremony{Ceremony: messages.UnsealByKMS{}}, actors.Piped[outcome]{
						Within: 30 * time.Minute, Then: func(*actors.Context, outcome, error) {},
					})
				})
				c.give(u)
				equal(t, "wiped", u.token[0] == 0, c.wiped)
			})
		})
	}
}

func TestAskedSecretsThatNobodyTakesAreWiped(t *testing.T) {
	for name, c := range map[string]struct {
		give  func(*untaken)
		wiped bool
	}{
		"taken":      {(*untaken).give, false},
		"too late":   {func(u *untaken) { u.Advance(time.Hour); u.give() }, true},
		"the second": {func(u *untaken) { u.promise.Fail(messages.ErrSealed); u.Wait(); u.give() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			withUntaken(t, func(u *untaken, guard actors.Ref[messages.Guard]) {
				go func() { _, _ = actorstest.Ask(u.Kit, guard, ceremony{Ceremony: messages.UnsealByKMS{}}) }()
				u.Wait()
				c.give(u)
				equal(t, "wiped", u.token[0] == 0, c.wiped)
			})
		})
	}
}
