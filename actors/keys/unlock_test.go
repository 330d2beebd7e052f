package keys_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/sealed/sealedtest"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// held is a key that waits before it is used for the last time, or that panics.
type held struct {
	messages.Key32
	use func()
}

func (h held) Use(f func(*[secmem.Size]byte)) {
	h.use()
	h.Key32.Use(f)
}

// lend has the seal hand out keys that call use before each use.
func (v *vault) lend(use func()) {
	v.state.lend = func(d messages.DerivedKey) messages.DerivedKey {
		d.Key = held{d.Key, use}
		return d
	}
}

// A drop in the middle of an opening is confirmed when nobody opens any more, and what was opened is wiped.
func TestDropDuringOpening(t *testing.T) {
	inVault(t, []int{1, 2, 3}, func(v *vault) {
		gate := make(chan struct{})
		v.lend(func() { <-gate })
		v.unseal()
		v.expect(messages.ErrSealed, 1)
		answered := make(chan error, 1)
		v.tell(func(s *seal, c *actors.Context) {
			s.open = false
			actors.Pipe(c, v.ref, messages.DropSecrets[messages.Keys]{}, actors.Piped[messages.SecretsDropped]{
				Then: func(_ *actors.Context, _ messages.SecretsDropped, err error) { answered <- err },
			})
		})
		if len(answered) > 0 {
			v.T.Error("confirmed while keys are being opened")
		}
		close(gate)
		v.Wait()
		if len(answered) != 1 || <-answered != nil {
			v.T.Error("not confirmed")
		}
		v.expect(messages.ErrSealed, 1, 2, 3)
		v.wiped()
		v.unseal()
		v.expect(nil, 1, 2, 3)
	})
}

// A row on which the program crashes costs that row.
func TestOpenerCrash(t *testing.T) {
	inVault(t, []int{1, 2, 3, 4}, func(v *vault) {
		var uses atomic.Int32
		v.lend(func() {
			if n := uses.Add(1); n == 2 || n == 3 { // a row in the middle, and one that is opened by itself
				panic("on this row")
			}
		})
		v.unseal()
		if s := v.status(); s.Loaded != 1+3 || len(s.Failures) != 1 || !strings.Contains(s.Failures[0].Err.Error(), "crashed on this row") {
			v.T.Errorf("%+v", s)
		}
		v.wiped()
	})
}

// What the seal cannot say now, it is asked again.
func TestSealIsAskedAgain(t *testing.T) {
	inVault(t, []int{1}, func(v *vault) {
		v.state.err = messages.ErrUnavailable
		v.unseal()
		v.expect(messages.ErrSealed, 1)
		v.Advance(time.Minute)
		v.tell(func(s *seal, _ *actors.Context) {
			if s.asked < 50 || s.asked > 80 {
				t.Errorf("asked %d times in a minute", s.asked)
			}
			s.err = nil
		})
		v.Advance(refresh)
		v.expect(nil, 1)
		// And one that says it is sealed is believed, whoever was told what before.
		v.tell(func(s *seal, _ *actors.Context) { s.open = false })
		v.add(sealedtest.Rows(2)...)
		v.Advance(refresh)
		v.expect(messages.ErrSealed, 1, 2)
	})
}
