package signing

import (
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// keyPatience is how long the keys actor may take to hand out the ring; then it is asked again. It waits for its
// files first.
const keyPatience = 30 * time.Second

// progress is how far the keys actor is with its files, as far as it is known here. The zero progress is the end.
type progress struct {
	underWay   bool
	done, from int
}

func concernsKeys(e messages.Event) bool {
	switch e.(type) {
	case messages.KeysChanged, messages.KeysLoading, messages.KeysLoaded, messages.SealedKeysListed:
		return true
	}
	return false
}

// followKeys keeps the ring and the progress up to date. The ring is fetched before the progress ends, so that no key
// is unknown in between.
func (f *front) followKeys(c *actors.Context, e messages.Event) {
	if m, ok := e.(messages.KeysLoading); ok {
		f.loading = progress{true, m.Done, m.Found}
		return
	}
	f.fetchKeys(c)
}

// fetchKeys replaces the ring by the keys actor's. Until the answer comes, the last ring goes on serving.
func (f *front) fetchKeys(c *actors.Context) {
	actors.Pipe(c, f.cfg.Keys, messages.GetKeyRing{}, actors.Piped[messages.KeyRing]{Within: keyPatience, Then: f.takeKeys})
	actors.Pipe(c, f.cfg.Keys, messages.GetKeyStatus{}, actors.Piped[messages.KeyStatus]{Within: keyPatience, Then: f.takeStatus})
}

func (f *front) takeKeys(c *actors.Context, ring messages.KeyRing, err error) {
	if err != nil {
		c.After(time.Second, f.fetchKeys)
		return
	}
	f.ring = ring.(*bls.Ring)
	c.Ready()
}

func (f *front) showRing(c *actors.Context, m messages.GetSigningRing) {
	if f.ring == nil {
		actors.Refuse(c, messages.ErrUnavailable)
		return
	}
	actors.Answer[messages.Signing, messages.KeyRing](c, m, f.ring)
}

func (f *front) takeStatus(_ *actors.Context, s messages.KeyStatus, err error) {
	if err == nil { // otherwise the ring failed to come as well, and both are fetched again
		f.loading = progress{s.Loading, s.Loaded, s.Found}
	}
}

// missing is the refusal of a key that is not in the ring: it may be yet to come.
func (p progress) missing(key messages.PublicKey) error {
	if p.underWay {
		return fmt.Errorf("%w: %s is not loaded, and keys are still being loaded (%d of %d); ask again", messages.ErrUnavailable, key, p.done, p.from)
	}
	return fmt.Errorf("%w: %s is not loaded; GET /api/v1/eth2/publicKeys lists what is", messages.ErrUnknownKey, key)
}
