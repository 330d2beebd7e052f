package keys_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// A reload whose scan hangs is given up in the end, and removes nothing; the next one is not refused.
func TestReloadThatHangs(t *testing.T) {
	reloading(t, 2, func(p *place) {
		gate := make(chan struct{})
		p.beforeScan(func() { <-gate })
		p.remove("0.yaml")
		if _, err := actorstest.Ask(p.Kit, p.ref, messages.ReloadKeys{}); err != nil {
			p.T.Fatal(err)
		}
		p.Advance(29 * time.Minute)
		if s := p.status(); s.State != messages.ReloadRunning {
			p.T.Errorf("after 29 minutes %+v", s)
		}
		p.Advance(2 * time.Minute)
		if s := p.status(); s.State != messages.ReloadFailed || s.LastError == "" {
			p.T.Errorf("after 31 minutes %+v", s)
		}
		close(gate)
		p.Wait()
		p.expect(0, 1)
		p.beforeScan(func() {})
		if s := p.reload(); s.State != messages.ReloadCompleted {
			p.T.Errorf("the next reload %+v", s)
		}
		p.expect(1)
	})
}

// A file that hangs costs its own key and no other, whatever becomes of it.
func TestFileThatHangs(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, 10)
	actorstest.Run(t, func(k *actorstest.Kit) {
		var late *bls.SecretKey
		gate := make(chan struct{})
		ref := actorstest.Spawn[messages.Keys](k, keys.Spec(keys.Config{
			Scan: filesystem(dir), Loaders: 1, Memory: 1 << 20,
			Load: func(candidate directory.Candidate) (*bls.SecretKey, error) {
				key, err := candidate.Load()
				if strings.HasSuffix(candidate.Name, "good-3.yaml") {
					<-gate
					late = key
				}
				return key, err
			},
		}))
		k.Advance(31 * time.Minute)
		status, err := actorstest.Ask(k, ref, messages.GetKeyStatus{})
		if err != nil || status.Loading || status.Loaded != 9 || len(status.Failures) != 11 {
			t.Errorf("after 31 minutes %d keys and %d failures, loading: %t (%v)", status.Loaded, len(status.Failures), status.Loading, err)
		}
		close(gate)
		k.Wait()
		if after, _ := actorstest.Ask(k, ref, messages.GetKeyStatus{}); after.Loaded != 9 {
			t.Errorf("%d keys afterwards, want 9", after.Loaded)
		}
		if _, err := bls.Sign(bls.NewMessage(messages.Root{1}), late); !errors.Is(err, messages.ErrUnknownKey) {
			t.Errorf("the late key was not wiped: %v", err)
		}
		for _, path := range k.System.Tree() {
			if actors.Class(path) == "loader" {
				t.Errorf("%s outlives its file", path)
			}
		}
	})
}
