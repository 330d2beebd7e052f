package keys_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys/keystore"
	"containment-chamber/messages"
)

func TestReload(t *testing.T) {
	const broken = "type: file-raw\n"
	tests := map[string]struct {
		change  func(*place)
		want    []int
		failed  int
		added   int
		removed int
	}{
		"nothing":     {func(*place) {}, []int{0, 1, 2}, 0, 0, 0},
		"added":       {func(p *place) { p.put(p.T, "3.yaml", document(3)) }, []int{0, 1, 2, 3}, 0, 1, 0},
		"removed":     {func(p *place) { p.remove("1.yaml") }, []int{0, 2}, 0, 0, 1},
		"all removed": {func(p *place) { p.remove("0.yaml"); p.remove("1.yaml"); p.remove("2.yaml") }, nil, 0, 0, 3},
		"renamed": {func(p *place) {
			if err := os.Rename(filepath.Join(p.dir, "0.yaml"), filepath.Join(p.dir, "zero.yaml")); err != nil {
				p.T.Fatal(err)
			}
		}, []int{0, 1, 2}, 0, 0, 0},
		"another key in the file":     {func(p *place) { p.put(p.T, "0.yaml", document(7)) }, []int{1, 2, 7}, 0, 1, 1},
		"broken file":                 {func(p *place) { p.put(p.T, "0.yaml", broken) }, []int{0, 1, 2}, 1, 0, 0},
		"broken document in the file": {func(p *place) { p.put(p.T, "0.yaml", document(7)+"---\n"+broken) }, []int{0, 1, 2, 7}, 1, 1, 0},
		"another key that is none":    {func(p *place) { p.put(p.T, "0.yaml", secretDocument(make([]byte, 32))) }, []int{0, 1, 2}, 1, 0, 0},
		"documents shifted":           {func(p *place) { p.remove("0.yaml"); p.put(p.T, "1.yaml", document(0)+"---\n"+document(1)) }, []int{0, 1, 2}, 0, 0, 0},
		"directory missing":           {func(p *place) { p.remove("") }, []int{0, 1, 2}, 1, 0, 0},
		"removed beside a broken one": {func(p *place) { p.remove("1.yaml"); p.put(p.T, "0.yaml", broken) }, []int{0, 2}, 1, 0, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			reloading(t, 3, func(p *place) {
				before := p.ring()
				if s := p.status(); s != (messages.ReloadStatus{State: messages.ReloadIdle}) {
					p.T.Errorf("at first %+v", s)
				}
				test.change(p)
				want := messages.ReloadStatus{State: messages.ReloadCompleted}
				if test.failed > 0 {
					want = messages.ReloadStatus{State: messages.ReloadWithErrors, LastError: fmt.Sprintf("Reload completed with %d signer loading error(s)", test.failed)}
				}
				got := p.reload()
				if got.Ended.IsZero() {
					p.T.Error("the end has no time")
				}
				if got.Ended = (time.Time{}); got != want {
					p.T.Errorf("%+v, want %+v", got, want)
				}
				p.expect(test.want...)
				done := actorstest.Expect[messages.KeysLoaded](p.Kit)
				if !done.Reload || done.Added != test.added || done.Removed != test.removed || done.Failures != test.failed || done.Loaded != len(test.want) {
					p.T.Errorf("published %+v", done)
				}
				for _, public := range p.ring().PublicKeys() {
					now, _ := p.ring().Key(public)
					if was, ok := before.Key(public); ok && was != now {
						p.T.Error("a key that was loaded was loaded again")
					}
				}
			})
		})
	}
}

// A key whose keystore moved, and cannot be decrypted where it is now, is kept: the file claims it.
func TestReloadKeepsWhatIsClaimed(t *testing.T) {
	reloading(t, 1, func(p *place) {
		text, err := keystore.Encrypt(seed(1), []byte("password"), keystore.Config{Cost: 2, PublicKey: numbered(t, 1).PublicKey()})
		if err != nil {
			p.T.Fatal(err)
		}
		p.put(p.T, "old.json", string(text))
		p.put(p.T, "old.txt", "password")
		p.reload()
		p.expect(0, 1)
		p.remove("old.json")
		p.put(p.T, "new.json", string(text)+" ") // another fingerprint
		p.put(p.T, "new.txt", "wrong")
		for range 2 {
			if s := p.reload(); s.State != messages.ReloadWithErrors {
				p.T.Errorf("%+v", s)
			}
			p.expect(0, 1)
		}
		p.remove("new.json")
		p.reload()
		p.expect(0)
	})
}

// A clean reload clears the last error, and a key that was kept for its broken file goes with the file.
func TestReloadRecovers(t *testing.T) {
	reloading(t, 2, func(p *place) {
		p.put(p.T, "0.yaml", "type: file-raw\n")
		first := p.reload()
		p.expect(0, 1)
		p.Advance(time.Minute)
		p.remove("0.yaml")
		second := p.reload()
		p.expect(1)
		if second.State != messages.ReloadCompleted || second.LastError != "" || !second.Ended.After(first.Ended) {
			p.T.Errorf("%+v after %+v", second, first)
		}
		if changed := actorstest.Expect[messages.KeysChanged](p.Kit); changed.Removed != 1 || changed.Total != 1 {
			p.T.Errorf("published %+v", changed)
		}
	})
}

// One reload at a time.
func TestReloadRunning(t *testing.T) {
	reloading(t, 1, func(p *place) {
		gate := make(chan struct{})
		p.beforeScan(func() { <-gate })
		for range 2 {
			_, err := actorstest.Ask(p.Kit, p.ref, messages.ReloadKeys{})
			if running := p.status().State; running != messages.ReloadRunning {
				p.T.Errorf("%s: %v", running, err)
			}
		}
		if _, err := actorstest.Ask(p.Kit, p.ref, messages.ReloadKeys{}); !errors.Is(err, messages.ErrReloading) {
			p.T.Errorf("a second reload: %v", err)
		}
		if status, _ := actorstest.Ask(p.Kit, p.ref, messages.GetKeyStatus{}); !status.Loading || status.Loaded != 1 || status.Found != 1 {
			p.T.Errorf("%+v", status)
		}
		p.expect(0)
		close(gate)
		p.Wait()
		if s := p.reload(); s.State != messages.ReloadCompleted {
			p.T.Errorf("afterwards %+v", s)
		}
	})
}

// A crash in the middle of a reload removes nothing; the next reload does.
func TestCrashDuringReload(t *testing.T) {
	reloading(t, 3, func(p *place) {
		gate := make(chan struct{})
		p.beforeScan(func() { <-gate })
		p.remove("0.yaml")
		p.put(p.T, "3.yaml", document(3))
		if _, err := actorstest.Ask(p.Kit, p.ref, messages.ReloadKeys{}); err != nil {
			p.T.Fatal(err)
		}
		p.Crash("test/keys")
		close(gate)
		p.Advance(time.Minute)
		p.expect(0, 1, 2, 3)
		if s := p.status(); s.State != messages.ReloadFailed || s.LastError == "" || s.Ended.IsZero() {
			p.T.Errorf("after the crash %+v", s)
		}
		if s := p.reload(); s.State != messages.ReloadCompleted || s.LastError != "" {
			p.T.Errorf("the next reload %+v", s)
		}
		p.expect(1, 2, 3)
	})
}

// A crash of the scan ends the reload, and nothing else.
func TestScanCrashDuringReload(t *testing.T) {
	reloading(t, 2, func(p *place) {
		p.beforeScan(func() { panic("in a reload") })
		p.remove("0.yaml")
		for range 2 {
			if s := p.reload(); s.State != messages.ReloadFailed {
				p.T.Errorf("%+v", s)
			}
		}
		p.expect(0, 1)
		if restarts := actorstest.Events[messages.ActorRestarted](p.Kit); len(restarts) > 0 {
			p.T.Errorf("restarted: %+v", restarts)
		}
		p.beforeScan(func() {})
		p.reload()
		p.expect(1)
	})
}

// Progress is announced when loading begins, and not with every file.
func TestProgress(t *testing.T) {
	reloading(t, 100, func(p *place) {
		p.beforeScan(func() { time.Sleep(time.Second) })
		p.put(p.T, "new.yaml", document(100))
		p.reload()
		told := actorstest.Events[messages.KeysLoading](p.Kit)
		if len(told) < 3 || len(told) > 5 { // twice at most for each loading: begun, listed
			p.T.Fatalf("announced %d times", len(told))
		}
		if first := told[0]; first.Found != 0 || first.Done != 0 {
			p.T.Errorf("at first %+v", first)
		}
		if last := told[len(told)-1]; last.Found != 1 || last.Took != 0 {
			p.T.Errorf("at last %+v", last)
		}
	})
}
