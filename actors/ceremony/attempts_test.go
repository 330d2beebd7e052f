package ceremony_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"containment-chamber/actors/ceremony"
)

func TestAttempts(t *testing.T) {
	var a ceremony.Attempts
	now := time.Unix(1_700_000_000, 0)
	wrong := func(operator string, want bool) {
		t.Helper()
		if got := a.Wrong(operator, now); got != want {
			t.Errorf("%v: a wrong credential of %s locks it out: %t", now, operator, got)
		}
	}
	refused := func(operator string, want time.Duration) {
		t.Helper()
		if got := a.Refused(operator, now); got != want {
			t.Errorf("%v: %s is refused for %v, want %v", now, operator, got, want)
		}
	}
	for range 4 {
		wrong("alice", false)
		now = now.Add(time.Minute)
	}
	refused("alice", 0)
	wrong("bob", false)
	wrong("alice", true) // the fifth within four minutes
	refused("alice", 5*time.Minute)
	refused("bob", 0)
	now = now.Add(5*time.Minute - time.Second)
	refused("alice", time.Second)
	now = now.Add(time.Second)
	refused("alice", 0)
	for range 10 { // slowly
		wrong("alice", false)
		now = now.Add(75 * time.Second)
	}
	a.Right("alice")
	for range 4 {
		wrong("alice", false)
	}
	a.Right("alice")
	wrong("alice", false)
}

// TestAttemptsModel compares with a list of all that ever happened.
func TestAttemptsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a ceremony.Attempts
		now := time.Unix(1_700_000_000, 0)
		var wrong []time.Time
		var until time.Time
		t.Repeat(map[string]func(*rapid.T){
			"time": func(t *rapid.T) {
				now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "seconds")) * time.Second)
			},
			"others": func(*rapid.T) { a.Wrong("bob", now) },
			"right": func(*rapid.T) {
				if now.Before(until) {
					return // it is refused before anybody looks
				}
				a.Right("alice")
				wrong = nil
			},
			"wrong": func(t *rapid.T) {
				if now.Before(until) {
					return
				}
				wrong = append(wrong, now)
				locked := len(wrong) >= 5 && now.Sub(wrong[len(wrong)-5]) < 5*time.Minute
				if a.Wrong("alice", now) != locked {
					t.Fatalf("locked out: want %t", locked)
				}
				if locked {
					wrong, until = nil, now.Add(5*time.Minute)
				}
			},
			"": func(t *rapid.T) {
				if got, want := a.Refused("alice", now), max(0, until.Sub(now)); got != want {
					t.Fatalf("refused for %v, want %v", got, want)
				}
			},
		})
	})
}
