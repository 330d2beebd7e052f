package seal_test

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"

	"containment-chamber/messages"
)

// argon2id is how much memory one hash of a passphrase takes, in bytes.
const argon2id = 64 << 20

// hashes counts the passphrases that f hashes, by the memory that it takes.
func hashes(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / argon2id
}

// TestNobodyIsAnOperator: whoever guesses names learns nothing. The refusal of a name that is no operator's says the same
// as that of a wrong passphrase, for the same work, and so does that of an operator who has a YubiKey instead.
func TestNobodyIsAnOperator(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.replica(w.config())
		r.must(messages.InitializeChamber{Plan: w.plan(2, 1, 2, 2)})
		good := []byte("five words that do not belong")
		r.must(messages.RegisterOperator{Operator: "alice", Token: r.token("alice"), Credential: messages.Credential{Passphrase: messages.NewSecret(bytes.Clone(good))}})
		r.register("bob")
		ask := func(of func(string, messages.Credential) messages.Ceremony, name string) (text string, calls int, count uint64) {
			t.Helper()
			calls = w.keys.calls
			count = hashes(func() {
				_, err := r.do(of(name, messages.Credential{Passphrase: messages.NewSecret([]byte("not these words at all"))}))
				if !errors.Is(err, messages.ErrWrongCredential) {
					t.Fatalf("%s: %v", name, err)
				}
				text = strings.ReplaceAll(err.Error(), name, "NAME")
			})
			return text, w.keys.calls - calls, count
		}
		check := func(of func(string, messages.Credential) messages.Ceremony) {
			t.Helper()
			text, calls, count := ask(of, "alice")
			if count != 1 {
				t.Errorf("a wrong passphrase is hashed %d times", count)
			}
			for _, name := range []string{"bob", "mallory"} {
				if got, gotCalls, gotCount := ask(of, name); got != text || gotCalls != calls || gotCount != count {
					t.Errorf("%s: %q, %d calls, %d hashes; want %q, %d, %d", name, got, gotCalls, gotCount, text, calls, count)
				}
			}
		}
		submit := func(name string, c messages.Credential) messages.Ceremony {
			return messages.SubmitShare{Operator: name, Credential: c}
		}
		check(submit)
		r.must(submit("alice", messages.Credential{Passphrase: messages.NewSecret(good)}))
		check(submit) // nor who has given a share
		r.open("bob")
		check(func(name string, c messages.Credential) messages.Ceremony {
			return messages.GenerateRootToken{Operator: name, Credential: c}
		})
		r.is(messages.StateUnsealed)
	})
}
