package keys_test

import (
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// A loader that crashes, and a crash of its owner, leave no secret behind that nobody will use.
func TestSecretsOnTheirWayAreWiped(t *testing.T) {
	for name, c := range map[string]struct {
		scan, load func(crash func()) // called in the child, at its first work
	}{
		"the owner crashes during the scan": {func(crash func()) { crash() }, func(func()) {}},
		"the owner crashes during the load": {func(func()) {}, func(crash func()) { crash() }},
		"the loader crashes":                {func(func()) {}, func(func()) { panic("a bad file") }},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, 1)
			actorstest.Run(t, func(k *actorstest.Kit) {
				crash := func() {
					k.System.Crash("test/keys")
					time.Sleep(time.Millisecond) // virtual; it has crashed by then
				}
				var found []directory.Candidate
				var loaded []*bls.SecretKey
				loads := 0
				actorstest.Spawn[messages.Keys](k, keys.Spec(keys.Config{
					Loaders: 1,
					Scan: func() directory.Listing {
						l := directory.Scan([]string{dir}, directory.Options{})
						found = append(found, l.Candidates...)
						if len(found) == 1 {
							c.scan(crash)
						}
						return l
					},
					Load: func(candidate directory.Candidate) (*bls.SecretKey, error) {
						if loads++; loads == 1 {
							c.load(crash)
						}
						key, err := candidate.Load()
						loaded = append(loaded, key)
						return key, err
					},
				}))
				k.Advance(time.Minute)
				for i, candidate := range found {
					if _, err := candidate.Load(); err == nil {
						t.Errorf("candidate %d is not wiped", i)
					}
				}
				for i, key := range loaded {
					_, err := bls.Sign(bls.NewMessage(messages.Root{1}), key)
					if last := i == len(loaded)-1; last != (err == nil) {
						t.Errorf("key %d of %d signs: %v", i+1, len(loaded), err)
					}
				}
			})
		})
	}
}

// Who stops does not wait for files that nobody has begun to read.
func TestStopsInTheMiddleOfLoading(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, 30)
	actorstest.Run(t, func(k *actorstest.Kit) {
		actorstest.Spawn[messages.Keys](k, keys.Spec(keys.Config{
			Scan: filesystem(dir), Loaders: 5, Memory: 1 << 20,
			Load: func(candidate directory.Candidate) (*bls.SecretKey, error) {
				time.Sleep(10 * time.Second) // virtual
				return candidate.Load()
			},
		}))
		begin := time.Now()
		if err := k.System.Stop(k.T.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took > 11*time.Second {
			t.Errorf("it took %v, the time of several files", took)
		}
	})
}
