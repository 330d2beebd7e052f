package ceremony_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/ceremony"
	"containment-chamber/messages"
)

func TestEvidenceFirst(t *testing.T) {
	run(t, nil, func(h *harness) {
		if _, err := h.perform(messages.UnsealByKMS{}); err != nil {
			t.Fatal(err)
		}
		if len(h.audit.lines) != 2 || h.audit.lines[0].Message != "ceremony intended" || h.audit.lines[1].Message != "ceremony held" {
			t.Errorf("evidence: %v", h.audit.lines)
		}
		h.seal.refuse = messages.ErrWrongState
		if _, err := h.perform(messages.UnsealByKMS{}); !errors.Is(err, messages.ErrWrongState) {
			t.Error(err)
		}
		if last := h.audit.lines[len(h.audit.lines)-1]; last.Message != "ceremony failed" {
			t.Errorf("evidence: %v", last)
		}
		if e := actorstest.Expect[messages.CeremonyRefused](h.Kit); e.By != "alice" || !errors.Is(e.Err, messages.ErrWrongState) {
			t.Errorf("%+v", e)
		}
		if h.held() {
			t.Error("the guard is still held")
		}
	})
}

func TestWithoutEvidenceThereIsNoCeremony(t *testing.T) {
	for name, fault := range map[string]fakeAudit{"refuses": {broken: messages.ErrUnavailable}, "hangs": {hang: true}} {
		t.Run(name, func(t *testing.T) {
			run(t, nil, func(h *harness) {
				h.audit.broken, h.audit.hang = fault.broken, fault.hang
				share, wiped := secret("a passphrase")
				_, err := h.perform(messages.SubmitShare{Operator: "bob", Credential: messages.Credential{Passphrase: share}})
				if !errors.Is(err, messages.ErrAuditUnavailable) || len(h.seal.executed) > 0 || !wiped() {
					t.Errorf("%v; the seal was asked: %v; wiped: %t", err, h.seal.executed, wiped())
				}
				if _, err := h.perform(messages.SealChamber{Reason: "fire"}); err != nil || len(h.seal.executed) != 1 {
					t.Errorf("the chamber cannot be sealed: %v", err)
				}
				actorstest.Expect[messages.OutcomeUnrecorded](h.Kit)
				if h.held() {
					t.Error("the guard is still held")
				}
			})
		})
	}
}

func TestOneCeremonyAtATime(t *testing.T) {
	run(t, nil, func(h *harness) {
		h.seal.hang = true
		first := h.start(messages.UnsealByKMS{})
		if !h.held() {
			t.Fatal("the guard is free")
		}
		late, wiped := secret("a passphrase")
		_, err := h.perform(messages.SubmitShare{Operator: "bob", Credential: messages.Credential{Passphrase: late}})
		if !errors.Is(err, messages.ErrGuardBusy) || !strings.Contains(err.Error(), messages.CeremonyUnsealKMS) || !wiped() {
			t.Errorf("%v; wiped: %t", err, wiped())
		}
		if e := actorstest.Expect[messages.CeremonyRefused](h.Kit); e.Operator != "bob" || !errors.Is(e.Err, messages.ErrGuardBusy) {
			t.Errorf("%+v", e)
		}
		h.Advance(20 * time.Second)
		if got := h.hold.For(); got != 20*time.Second {
			t.Errorf("held for %v", got)
		}
		h.seal.answer()
		if err := <-first; err != nil {
			t.Error(err)
		}
		if h.held() || h.hold.For() != 0 {
			t.Error("the guard is still held")
		}
	})
}

// TestSealMakesWay: an emergency does not wait for a ceremony that may hang.
func TestSealMakesWay(t *testing.T) {
	run(t, nil, func(h *harness) {
		h.seal.hang = true
		first := h.start(messages.UnsealByKMS{})
		second := h.start(messages.SealChamber{Reason: "fire"})
		if err := <-first; !errors.Is(err, messages.ErrFenced) {
			t.Error(err)
		}
		if len(h.seal.abandoned) != 1 || len(h.seal.executed) != 2 || h.seal.executed[1].Fence <= h.seal.abandoned[0] {
			t.Errorf("abandoned %v, executed %v", h.seal.abandoned, h.seal.executed)
		}
		if _, err := h.perform(messages.SealChamber{}); !errors.Is(err, messages.ErrGuardBusy) {
			t.Errorf("a second seal: %v", err)
		}
		h.seal.answer()
		if err := <-second; err != nil {
			t.Error(err)
		}
	})
}

// answer ends all that hangs.
func (f *fakeSeal) answer() {
	for fence, p := range f.wait {
		p.Resolve(messages.CeremonyOutcome{})
		delete(f.wait, fence)
	}
}

func TestBreakOff(t *testing.T) {
	run(t, nil, func(h *harness) {
		h.seal.hang = true
		first := h.start(messages.UnsealByKMS{})
		h.Advance(3 * time.Minute)
		if err := <-first; !errors.Is(err, messages.ErrFenced) {
			t.Error(err)
		}
		fence := h.seal.executed[0].Fence
		if h.held() || len(h.seal.abandoned) != 1 || h.seal.abandoned[0] != fence {
			t.Errorf("held: %t, abandoned: %v, fence %d", h.held(), h.seal.abandoned, fence)
		}
		if e := actorstest.Expect[messages.GuardReleased](h.Kit); e.Cause != messages.ReleasedBroken || e.HeldFor != 3*time.Minute {
			t.Errorf("%+v", e)
		}
		h.seal.answer() // the session is gone
		h.seal.hang = false
		if _, err := h.perform(messages.UnsealByKMS{}); err != nil || h.seal.executed[1].Fence <= fence {
			t.Errorf("%v, fence %d after %d", err, h.seal.executed[1].Fence, fence)
		}
	})
}

// TestCrashAtEachStep crashes the session, and then the guard, before each step of a ceremony: whoever asked is told, the
// guard is free again, and asking once more comes to an end.
func TestCrashAtEachStep(t *testing.T) {
	for _, at := range ceremony.Steps() {
		t.Run("session before "+at, func(t *testing.T) {
			crashing := true
			run(t, func(step string) {
				if crashing && step == at {
					panic("test: a session crashes")
				}
			}, func(h *harness) {
				share, wiped := secret("a passphrase")
				_, err := h.perform(messages.SubmitShare{Operator: "bob", Credential: messages.Credential{Passphrase: share}})
				if !errors.Is(err, messages.ErrCrashed) || h.held() || !wiped() || len(h.seal.abandoned) != 1 {
					t.Errorf("%v; held: %t; wiped: %t; abandoned: %v", err, h.held(), wiped(), h.seal.abandoned)
				}
				if e := actorstest.Expect[messages.GuardReleased](h.Kit); e.Cause != messages.ReleasedCrashed {
					t.Errorf("%+v", e)
				}
				crashing = false
				if _, err := h.perform(messages.UnsealByKMS{}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestGuardCrashes(t *testing.T) {
	run(t, nil, func(h *harness) {
		h.seal.hang = true
		first := h.start(messages.UnsealByKMS{})
		h.Crash("test/ceremony")
		if err := <-first; !errors.Is(err, messages.ErrCrashed) {
			t.Error(err)
		}
		h.Advance(time.Second)
		fence := h.seal.executed[0].Fence
		if h.held() || len(h.seal.abandoned) != 1 || h.seal.abandoned[0] != fence {
			t.Errorf("held: %t, abandoned: %v", h.held(), h.seal.abandoned)
		}
		h.seal.hang = false
		if _, err := h.perform(messages.UnsealByKMS{}); err != nil || h.seal.executed[1].Fence <= fence {
			t.Error(err, h.seal.executed)
		}
		if len(h.shown["setup token"]) != 1 {
			t.Errorf("the setup token was shown %d times", len(h.shown["setup token"]))
		}
	})
}

func TestLockout(t *testing.T) {
	run(t, nil, func(h *harness) {
		h.seal.refuse = messages.ErrWrongCredential
		try := func(operator string) error {
			_, err := h.perform(messages.SubmitShare{Operator: operator})
			return err
		}
		for range 5 {
			if err := try("bob"); !errors.Is(err, messages.ErrWrongCredential) {
				t.Error(err)
			}
		}
		var locked messages.LockedOut
		if err := try("bob"); !errors.As(err, &locked) || locked.For != 5*time.Minute || len(h.seal.executed) != 5 {
			t.Errorf("%v; the seal was asked %d times", err, len(h.seal.executed))
		}
		if e := actorstest.Expect[messages.OperatorLockedOut](h.Kit); e.Operator != "bob" {
			t.Errorf("%+v", e)
		}
		h.Crash("test/ceremony") // opens nothing
		h.Advance(time.Second)
		if err := try("bob"); !errors.Is(err, messages.ErrLockedOut) {
			t.Error(err)
		}
		if err := try("carol"); !errors.Is(err, messages.ErrWrongCredential) {
			t.Error(err)
		}
		h.Advance(5 * time.Minute)
		h.seal.refuse = nil
		if err := try("bob"); err != nil {
			t.Error(err)
		}
	})
}
