package seal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/seal"
	"containment-chamber/actors/seal/quorum"
	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// headerSize is what stands before the text of a record: its format, and its tag.
const headerSize = 35

// damage changes the stored shares, and leaves the record's tag as it was. It is given what was stored before the last
// rotation, too.
func (m *memory) damage(t *testing.T, change func(now *record.Set, before record.Set)) {
	t.Helper()
	decode := func(body []byte) (r record.Record) {
		if err := json.Unmarshal(body[headerSize:], &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	var before record.Record
	for _, body := range m.history {
		if r := decode(body); r.Stage == record.Ready && r.Generation == 1 {
			before = r
		}
	}
	now := decode(m.body)
	change(now.Set, *before.Set)
	text, err := json.Marshal(now)
	if err != nil {
		t.Fatal(err)
	}
	m.version++
	m.body = append(bytes.Clone(m.body[:headerSize]), text...)
}

// wrong are the ways in which a stored share can be another than the one that was made.
var wrong = map[string]func(share, other, older []byte) []byte{
	"a bit flipped":         func(share, _, _ []byte) []byte { share[len(share)/2] ^= 4; return share },
	"cut off":               func(share, _, _ []byte) []byte { return share[:len(share)-1] },
	"gone":                  func(_, _, _ []byte) []byte { return nil },
	"another's":             func(_, other, _ []byte) []byte { return other },
	"an older generation's": func(_, _, older []byte) []byte { return older },
}

// rotated is a chamber whose quorum and key-encryption keys were replaced by the same ones: all shares are new.
func (w *world) rotated() {
	w.T.Helper()
	r := w.opened(w.plan(2, 2, 2, 2))
	r.must(messages.RotateQuorum{Plan: w.plan(2, 2, 2, 2)})
	r.register("alice", "bob")
}

// refusedByName fails unless an error is a refusal that clients are told by its name.
func refusedByName(t *testing.T, err error) {
	t.Helper()
	for _, name := range []error{messages.ErrKMSRefused, messages.ErrStateRefused, messages.ErrWrongCredential, messages.ErrMalformed} {
		if errors.Is(err, name) {
			return
		}
	}
	t.Errorf("refused with %v", err)
}

// TestDamagedWrappedShares: a share of the outer layer that is not what it was opens nothing, says so, and does no harm once
// it is put right.
func TestDamagedWrappedShares(t *testing.T) {
	for name, change := range wrong {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.rotated()
				sound, body, _ := w.store.Read(t.Context())
				w.store.damage(t, func(now *record.Set, before record.Set) {
					shares := now.KMS.Shares
					shares[0].Wrapped = change(shares[0].Wrapped, shares[1].Wrapped, before.KMS.Shares[0].Wrapped)
				})
				r := w.replica(w.config())
				w.Advance(3 * time.Second)
				_, err := r.do(messages.UnsealByKMS{})
				refusedByName(t, err)
				if status := r.status(); status.State.Signs() || status.State == messages.StateKMSUnsealed {
					t.Errorf("it is %s", status.State)
				}
				if len(actorstest.Events[messages.KMSOpenFailed](w.Kit)) == 0 && r.status().Err == nil {
					t.Error("nobody was told")
				}
				w.store.set(func(m *memory) { m.version, m.body = sound, body })
				other := w.replica(w.config())
				other.open("alice", "bob")
				other.is(messages.StateUnsealed)
			})
		})
	}
}

// TestDamagedOperatorsShares: likewise of the inner layer, where it is found out when the operator comes.
func TestDamagedOperatorsShares(t *testing.T) {
	for name, change := range wrong {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.rotated()
				sound, body, _ := w.store.Read(t.Context())
				w.store.damage(t, func(now *record.Set, before record.Set) {
					credential := func(s *record.Set, i int) *quorum.Credential { return &s.Quorum.Operators[i].Credential }
					alice := credential(now, 0)
					alice.Sealed = change(alice.Sealed, credential(now, 1).Sealed, credential(&before, 0).Sealed)
				})
				r := w.replica(w.config())
				w.Advance(3 * time.Second)
				_, err := r.do(share("alice"))
				refusedByName(t, err)
				if r.status().Err == nil {
					if e := actorstest.Expect[messages.ShareSubmitted](w.Kit); e.Operator != "alice" || e.Err == nil {
						t.Errorf("%+v", e)
					}
				}
				_, _ = r.do(share("bob"))
				if r.status().State.Signs() {
					t.Error("it signs")
				}
				w.store.set(func(m *memory) { m.version, m.body = sound, body })
				other := w.replica(w.config())
				other.open("alice", "bob")
				other.is(messages.StateUnsealed)
			})
		})
	}
}

// TestSealDuringUnseal: an emergency breaks off whatever is about to open the chamber, be it asked for or automatic, and the
// chamber stays sealed when the late answer comes.
func TestSealDuringUnseal(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opened(w.plan(2, 2, 0, 0))
		w.keys.wait[w.references[1]] = 10 * time.Second
		r := w.replica(w.config())
		w.Advance(time.Second)
		if work := r.status().Work; work != string(seal.Automatic) {
			t.Fatalf("under way: %q", work)
		}
		r.must(messages.SealChamber{Reason: "fire"})
		w.Advance(time.Minute)
		r.is(messages.StateSealed)

		late := r.start(messages.UnsealByKMS{})
		w.Advance(time.Second)
		if _, err := actorstest.Ask(w.Kit, r.ref, messages.AbandonCeremony{Fence: w.fence}); err != nil { // as the guard makes way
			t.Error(err)
		}
		r.refuses(messages.SealChamber{}, messages.ErrWrongState) // it is sealed, and stays so
		if err := <-late; !errors.Is(err, messages.ErrFenced) {
			t.Error(err)
		}
		w.Advance(time.Minute)
		r.is(messages.StateSealed)
	})
}

// TestUnsealDuringRotation: until the next quorum is complete, the one before opens the chamber, and the next one does not.
func TestUnsealDuringRotation(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(2, 2, 2, 2))
		r.must(messages.RotateQuorum{Plan: messages.KeyPlan{Operators: []string{"carol", "dave"}, Quorum: 2}})
		r.register("dave")
		r.refuses(share("alice"), messages.ErrWrongState)
		if e := actorstest.Expect[messages.ShareSubmitted](w.Kit); e.Operator != "alice" || !errors.Is(e.Err, messages.ErrWrongState) {
			t.Errorf("%+v", e)
		}
		other := w.replica(w.config())
		_, err := other.do(share("dave"))
		refusedByName(t, err)
		other.open("alice", "bob")
		other.is(messages.StateAwaitingRotation)
		other.register("carol")
		w.Advance(2 * time.Second)
		r.is(messages.StateUnsealed)
		late := w.replica(w.config())
		_, err = late.do(share("alice"))
		refusedByName(t, err)
		late.open("carol", "dave")
		late.is(messages.StateUnsealed)
	})
}
