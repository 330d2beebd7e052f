package actors_test

import (
	"strings"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

// life is a spec whose actor notes its lifecycle messages, and does extra at each message.
func life(log *[]string, extra script) actors.Spec {
	return spec("store", func(c *actors.Context, message any) {
		switch m := message.(type) {
		case actors.Started:
			*log = append(*log, "started")
		case actors.Ended:
			*log = append(*log, map[bool]string{false: "ended", true: "crashed"}[m.Crashed])
		}
		extra(c, message)
	})
}

func nothing(*actors.Context, any) {}

// Ended comes exactly once in an incarnation, whatever ends it.
func TestEndedExactlyOnce(t *testing.T) {
	for name, c := range map[string]struct {
		extra script
		act   func(*actorstest.Kit, ref)
		want  string
	}{
		"stop":     {nothing, func(k *actorstest.Kit, to ref) { tell(k, to, (*actors.Context).Stop) }, "started ended"},
		"shutdown": {nothing, func(k *actorstest.Kit, _ ref) { _ = k.System.Stop(k.T.Context()) }, "started ended"},
		"crash":    {nothing, func(k *actorstest.Kit, _ ref) { k.Crash("test/store") }, "started crashed started"},
		"crash and shutdown": {nothing, func(k *actorstest.Kit, _ ref) {
			k.Crash("test/store")
			_ = k.System.Stop(k.T.Context())
		}, "started crashed"},
		"stop and crash": {nothing, func(k *actorstest.Kit, to ref) {
			tell(k, to, func(c *actors.Context) {
				c.Stop()
				panic("x")
			})
		}, "started crashed"},
		"escalation":     {nothing, escalate, "started crashed started"},
		"crash in Ended": {panicsIn[actors.Ended], func(k *actorstest.Kit, _ ref) { k.Crash("test/store") }, "started crashed started"},
		"stop, and crash in Ended": {
			panicsIn[actors.Ended], func(k *actorstest.Kit, to ref) { tell(k, to, (*actors.Context).Stop) }, "started ended",
		},
		"crash in Started": {
			panicsIn[actors.Started], func(*actorstest.Kit, ref) {}, strings.TrimSpace(strings.Repeat("started crashed ", 5)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				var log []string
				to := actorstest.Spawn[slashing](k, life(&log, c.extra))
				c.act(k, to)
				k.Advance(time.Minute)
				equal(t, "life", strings.Join(log, " "), c.want)
			})
		})
	}
}

func panicsIn[M any](_ *actors.Context, message any) {
	if _, ok := message.(M); ok {
		panic("x")
	}
}

// An actor that panics while it ends is reported, and ends nonetheless.
func TestPanicInEndedIsReported(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", panicsIn[actors.Ended]))
		tell(k, to, (*actors.Context).Stop)
		equal(t, "message", actorstest.Expect[messages.ActorPanicked](k).Message, "Ended")
		equal(t, "tree", strings.Join(k.System.Tree(), " "), "test")
	})
}

// New may panic: that is a crash, of an incarnation that there never was.
func TestPanicInNew(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		tries := 0
		s := spec("store", answers)
		made := s.New
		s.New = func() actors.Actor {
			if tries++; tries < 3 {
				panic("cannot be made")
			}
			return made()
		}
		to := actorstest.Spawn[slashing](k, s)
		equal(t, "message", actorstest.Expect[messages.ActorPanicked](k).Message, "Started")
		equal(t, "panics", len(actorstest.Events[messages.ActorPanicked](k)), 1)
		k.Advance(time.Minute)
		if _, err := actorstest.Ask(k, to, getHealth{}); err != nil {
			t.Error(err)
		}
	})
}

func TestAnIncarnationStartsAfresh(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := spec("store", nil)
		s.New = func() actors.Actor {
			asked := byte(0)
			return script(func(c *actors.Context, message any) {
				if q, ok := message.(getHealth); ok {
					asked++
					actors.Answer(c, q, health{GenesisValidatorsRoot: messages.Root{asked}})
				}
			})
		}
		to := actorstest.Spawn[slashing](k, s)
		for range 2 {
			for want := range byte(3) {
				got, err := actorstest.Ask(k, to, getHealth{})
				if err != nil || got.GenesisValidatorsRoot[0] != want+1 {
					t.Errorf("got %v, %v", got, err)
				}
			}
			k.Crash("test/store")
			k.Advance(time.Minute)
		}
	})
}
