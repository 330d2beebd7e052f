package main_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"containment-chamber/actors/storetest/postgres"
)

// volume is a small file system of its own.
type volume struct {
	*testing.T
	path string
	stop chan struct{} // ends who fills it
	done chan struct{}
}

// newVolume mounts one, if the test may.
func newVolume(t *testing.T) *volume {
	t.Helper()
	path, err := os.MkdirTemp("/tmp", "volume-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(path) })
	if err := unix.Mount("none", path, "tmpfs", 0, "size=8m,mode=0777"); errors.Is(err, unix.EPERM) {
		t.Skip("only root may mount a small volume, which can be full")
	} else if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount(path, unix.MNT_DETACH) })
	return &volume{T: t, path: path}
}

func (v *volume) filler() string { return filepath.Join(v.path, "filler") }

// fill takes all room that there is, and all that becomes free, until free is called.
func (v *volume) fill() {
	v.Helper()
	file, err := os.Create(v.filler())
	if err != nil {
		v.Fatal(err)
	}
	v.stop, v.done = make(chan struct{}), make(chan struct{})
	filled := make(chan struct{})
	go func() {
		defer close(v.done)
		defer file.Close()
		for first := true; ; first = false {
			for page := make([]byte, 4096); err == nil; {
				_, err = file.Write(page)
			}
			if first {
				close(filled)
			}
			err = nil
			select {
			case <-v.stop:
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	<-filled
}

// hold stops taking more.
func (v *volume) hold() {
	close(v.stop)
	<-v.done
}

// free makes room.
func (v *volume) free() {
	v.Helper()
	if err := os.Remove(v.filler()); err != nil {
		v.Fatal(err)
	}
}

// remount makes the volume read-only, or not any more. It waits until nobody writes.
func (v *volume) remount(flags uintptr) {
	v.Helper()
	for until := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		err := unix.Mount("none", v.path, "tmpfs", unix.MS_REMOUNT|flags, "size=8m,mode=0777")
		if err == nil {
			return
		}
		if !errors.Is(err, unix.EBUSY) || time.Now().After(until) {
			v.Fatal(err)
		}
	}
}

// exhaust has the second key vote until that is refused, because files have room left where their system has none. It returns
// the refused target.
func (p *process) exhaust(t *testing.T, first uint64) (target uint64) {
	t.Helper()
	for target = first; target < first+900; target++ {
		if r := p.sign(t, devKey(1), attestation(target-1, target, 1)); r.status != 200 {
			r.expect(t, 503, "store_unavailable")
			return target
		}
	}
	t.Fatal("there is always room")
	return 0
}

// TestVolumeOutages: a volume that is full, and one that has become read-only.
func TestVolumeOutages(t *testing.T) {
	t.Parallel()
	v := newVolume(t)
	p := start(t, t.TempDir(), "--anti-slashing-path="+filepath.Join(v.path, "history.sqlite"))
	p.suffers(t, outage{
		begin: func() { v.fill(); p.exhaust(t, 1000) },
		end:   func() { v.hold(); v.free() },
		says:  "the volume is full: make room",
	}, 3000)
	p.suffers(t, outage{
		begin: func() { // it can become so only while nobody writes to it
			v.fill()
			p.exhaust(t, 2000)
			v.hold()
			v.remount(unix.MS_RDONLY)
		},
		end:  func() { v.remount(0); v.free() },
		says: "it can only be read: check how the volume is mounted",
	}, 3010)
	p.stop(t, syscall.SIGTERM, 0)
}

// TestFileLimit: the system refuses to let files grow, as a quota does.
func TestFileLimit(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	limit := func(bytes uint64) {
		t.Helper()
		if err := unix.Prlimit(p.command.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
			t.Fatal(err)
		}
	}
	p.suffers(t, outage{
		begin: func() { limit(0) },
		end:   func() { limit(unix.RLIM_INFINITY) },
		says:  "the volume failed: check the disk",
	}, 3000)
	p.stop(t, syscall.SIGTERM, 0)
}

// TestPostgresDiskFull: the database's tables are on a volume that becomes full.
func TestPostgresDiskFull(t *testing.T) {
	t.Parallel()
	v := newVolume(t)
	var server postgres.Server
	t.Cleanup(server.Stop) // before its volume goes
	url := server.Database(t)
	p := start(t, t.TempDir(), "--anti-slashing-backend=postgres", "--anti-slashing-url="+url)
	execute(t, url, "COPY (SELECT) TO PROGRAM 'mkdir "+v.path+"/tables'")
	execute(t, url, "CREATE TABLESPACE small LOCATION '"+v.path+"/tables'")
	execute(t, url, "ALTER TABLE chamber_slashing.attestations SET TABLESPACE small")
	p.sign(t, devKey(1), attestation(2998, 2999, 1)).expect(t, 200, "0x")
	v.fill()
	last := p.exhaust(t, 3000)
	p.logged(t, "the disk of the server is full: make room")
	const failures = "containment_anti_slashing_errors_total"
	for n := p.sample(t, failures); !t.Failed() && p.sample(t, failures) < n+2; time.Sleep(50 * time.Millisecond) {
		down(t, p) // to open the store anew does not make it whole
	}
	v.hold()
	v.free()
	p.recovers(t)
	p.sign(t, devKey(1), attestation(last-2, last-1, 2)).expect(t, 412, "double_vote")
	p.sign(t, devKey(1), attestation(last-1, last, 1)).expect(t, 200, "0x")
	p.stop(t, syscall.SIGTERM, 0)
}
