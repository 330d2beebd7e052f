package actors_test

import (
	"testing"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

func TestOnce(t *testing.T) {
	for name, c := range map[string]struct {
		do      func(*actors.Context)
		crashed bool
	}{
		"done":    {func(*actors.Context) {}, false},
		"crashed": {func(*actors.Context) { panic("x") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				done := 0
				var ended []actors.ChildEnded
				parent := actorstest.Spawn[slashing](k, spec("parent", func(_ *actors.Context, message any) {
					if m, ok := message.(actors.ChildEnded); ok {
						ended = append(ended, m)
					}
				}))
				tell(k, parent, func(ctx *actors.Context) {
					actors.Spawn[any](ctx, actors.Once("child-01", func(ctx *actors.Context) { done++; c.do(ctx) }))
				})
				equal(t, "done", done, 1)
				equal(t, "restarts", len(actorstest.Events[messages.ActorRestarted](k)), 0)
				if len(ended) != 1 || ended[0] != (actors.ChildEnded{Name: "child-01", Crashed: c.crashed}) {
					t.Errorf("the parent was told %v", ended)
				}
			})
		})
	}
}
