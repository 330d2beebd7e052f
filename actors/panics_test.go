package actors_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

// The marker stands for a key: it is planted wherever data can be, and may not turn up anywhere.
const marker = "correct-horse-battery"

// carrier is a notice with a secret in it.
type carrier struct {
	secret string
	key    [32]byte
	fail   func(carrier)
}

func (carrier) Told(slashing) {}

type secretError struct{ secret string }

func (e secretError) Error() string { return e.secret }

//go:noinline
func panicsWithArguments(key [32]byte, secret string) { panic(fmt.Sprint(secret, key)) }

func TestPanicsTellNoSecret(t *testing.T) {
	for name, c := range map[string]struct {
		fail  func(carrier)
		cause string
	}{
		"string":    {func(c carrier) { panic(c.secret) }, "panic of type string"},
		"error":     {func(c carrier) { panic(errors.New(c.secret)) }, "panic of type *errors.errorString"},
		"wrapped":   {func(c carrier) { panic(fmt.Errorf("x: %w", secretError{c.secret})) }, "panic of type *fmt.wrapError"},
		"own error": {func(c carrier) { panic(secretError{c.secret}) }, "panic of type actors_test.secretError"},
		"struct":    {func(c carrier) { panic(c) }, "panic of type actors_test.carrier"},
		"arguments": {func(c carrier) { panicsWithArguments(c.key, c.secret) }, "panic of type string"},
		"nil":       {func(carrier) { panic(nil) }, "panic called with nil argument"},
		"run-time":  {func(c carrier) { _ = c.key[len(c.secret)+20] }, "runtime error: index out of range [41] with length 32"},
		"assertion": {func(c carrier) { _ = any(c.secret).(int) }, "interface conversion: interface {} is string, not int"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				seen, failed := crashRoot(t, carrier{secret: marker, key: [32]byte([]byte(marker + marker)), fail: c.fail})
				if strings.Contains(seen, marker) || strings.Contains(seen, "0x") {
					t.Errorf("leaked: %s", seen)
				}
				for _, want := range []string{c.cause, "actors_test.carrier", "panics_test.go:"} {
					if !strings.Contains(seen, want) {
						t.Errorf("no %q in %s", want, seen)
					}
				}
				equal(t, "cause of failure", failed, "an actor crashed more often than its supervisors tolerate: vault: "+c.cause)
			})
		})
	}
}

// crashRoot returns all that can be read of the crash of an actor: every event, every line of the log and the cause of
// the system's failure. It is in Debug mode, so the log hides nothing.
func crashRoot(t *testing.T, m carrier) (seen, failed string) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := actors.NewSystem(log)
	s.Observe(func(e messages.Event) {
		line := e.Line()
		log.LogAttrs(t.Context(), line.Level, line.Message, line.Attrs...)
	})
	to := actors.Start[slashing](s, spec("vault", func(_ *actors.Context, message any) {
		if c, ok := message.(carrier); ok {
			c.fail(c)
		}
	}))
	actors.Tell(to, m)
	synctest.Wait()
	failed = context.Cause(s.Failed()).Error()
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	actors.Tell(to, m) // a dead letter
	return out.String() + failed, failed
}

// The stack leads to the line that panicked.
func TestPanicsTellWhere(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		tell(k, to, func(*actors.Context) { panicsWithArguments([32]byte{}, "") })
		e := actorstest.Expect[messages.ActorPanicked](k)
		equal(t, "event", e, messages.ActorPanicked{
			Actor: "store", Name: "test/store", Message: "actors_test.order", Cause: "panic of type string", Stack: e.Stack,
		})
		first, _, _ := strings.Cut(e.Stack[strings.Index(e.Stack, "containment-chamber/actors_test."):], "\n")
		equal(t, "first call of ours", first, "containment-chamber/actors_test.panicsWithArguments")
	})
}
