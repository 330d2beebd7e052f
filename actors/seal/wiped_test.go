package seal_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"containment-chamber/actors/seal"
	"containment-chamber/messages"
)

// typed is a passphrase in memory that the test can look at.
func typed() (messages.Credential, []byte) {
	words := []byte("five words that do not belong")
	return messages.Credential{Passphrase: messages.NewSecret(words)}, words
}

func wiped(b []byte) bool { return bytes.Equal(b, make([]byte, len(b))) }

// TestPassphrasesAreWipedAtACrash crashes the seal, and its job, at each moment at which one of them has a passphrase:
// whoever has it at the end wipes it.
func TestPassphrasesAreWipedAtACrash(t *testing.T) {
	for name, ask := range map[string]func(messages.Credential) messages.Ceremony{
		"share": func(c messages.Credential) messages.Ceremony {
			return messages.SubmitShare{Operator: "alice", Credential: c}
		},
		"consent": func(c messages.Credential) messages.Ceremony {
			return messages.GenerateRootToken{Operator: "alice", Credential: c}
		},
	} {
		kind := seal.Kind(ask(messages.Credential{}).Name())
		crashes := map[string]func(*replica, *trap){
			"in the queue": func(r *replica, _ *trap) {
				r.System.Hang("test/"+r.name, time.Minute)
				r.System.Crash("test/" + r.name)
			},
			"in the queue, twice": func(r *replica, _ *trap) {
				r.System.Hang("test/"+r.name, time.Minute)
				r.System.Crash("test/" + r.name)
				r.System.Crash("test/" + r.name)
			},
		}
		for _, step := range seal.Steps(kind) {
			crashes["the job, before "+step] = func(_ *replica, p *trap) { p.kind, p.step, p.do = kind, step, crash }
			crashes["the seal, before "+step] = func(r *replica, p *trap) {
				p.kind, p.step, p.do = kind, step, func() { r.System.Crash("test/" + r.name) }
			}
			crashes["the seal, before "+step+", and its job hangs"] = func(r *replica, p *trap) {
				p.kind, p.step, p.do = kind, step, func() {
					r.System.Crash("test/" + r.name)
					<-time.After(2 * time.Minute)
				}
			}
		}
		for when, fault := range crashes {
			t.Run(fmt.Sprintf("%s/%s", name, when), func(t *testing.T) {
				inWorld(t, func(w *world) {
					p := &trap{}
					w.opened(w.plan(2, 1, 2, 2))
					r := w.replica(w.config().Before(p.spring))
					if kind != messages.CeremonyShare {
						r.open("alice", "bob")
					}
					fault(r, p)
					credential, words := typed()
					done := r.start(ask(credential))
					w.Advance(3 * time.Minute)
					select {
					case err := <-done:
						if err == nil {
							t.Error("the fault has no effect")
						}
					default:
						t.Error("nobody is answered")
					}
					if !wiped(words) {
						t.Errorf("in memory: %q", words)
					}
				})
			})
		}
	}
}
