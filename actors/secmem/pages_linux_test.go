package secmem_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"containment-chamber/actors/secmem"
)

// mapping is one entry of /proc/self/smaps (proc_pid_smaps(5)).
type mapping struct {
	low, high   uintptr
	permissions string
	flags       []string
}

func mappings(t *testing.T) (all []mapping) {
	t.Helper()
	file, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skip("no /proc to look into: ", err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var m mapping
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x %s", &m.low, &m.high, &m.permissions); n == 3 {
			all = append(all, m)
		} else if flags, ok := strings.CutPrefix(lines.Text(), "VmFlags:"); ok {
			all[len(all)-1].flags = strings.Fields(flags)
		}
	}
	return all
}

// The kernel itself says how the pages are protected.
func TestPagesAreProtected(t *testing.T) {
	var a secmem.Arena
	s := newSecret(t, &a)
	if err := a.Weakness(); err != nil {
		t.Skip("this machine refuses it: ", err)
	}
	var address uintptr
	if _, err := fmt.Sscanf(fmt.Sprintf("%p", at(s)), "0x%x", &address); err != nil {
		t.Fatal(err)
	}
	all := mappings(t)
	for i, m := range all {
		if address < m.low || address >= m.high {
			continue
		}
		for _, flag := range []string{"lo", "dd", "wf"} { // locked, not dumped, wiped on fork
			if !strings.Contains(strings.Join(m.flags, " "), flag) {
				t.Errorf("flag %s is missing: %v", flag, m.flags)
			}
		}
		for _, guard := range []mapping{all[i-1], all[i+1]} {
			if guard.permissions != "---p" || guard.high != m.low && guard.low != m.high {
				t.Errorf("%x-%x %s is no guard page", guard.low, guard.high, guard.permissions)
			}
		}
		return
	}
	t.Fatal("the secret is not in the list of mappings")
}

const lowLimit = "SECMEM_TEST_LOW_LIMIT"

// A process that may not lock memory works, and says what it lacks.
func TestLowLimit(t *testing.T) {
	if os.Getenv(lowLimit) != "" {
		t.Skip("this is the child")
	}
	child := exec.Command(os.Args[0], "-test.run=^TestLowLimitChild$", "-test.v")
	child.Env = append(os.Environ(), lowLimit+"=1")
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestLowLimitChild") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestLowLimitChild(t *testing.T) {
	if os.Getenv(lowLimit) == "" {
		t.Skip("runs in a process of its own: see TestLowLimit")
	}
	runtime.LockOSThread() // capabilities belong to the thread
	if err := errors.Join(dropCapabilities(), unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unix.Rlimit{})); err != nil {
		t.Fatal(err)
	}
	var a secmem.Arena
	if a.Weakness() != nil {
		t.Error("weak before there is a secret")
	}
	s := newSecret(t, &a)
	s.Use(func(b *[secmem.Size]byte) { b[0] = 1 })
	first := a.Weakness()
	if !errors.Is(first, unix.EPERM) && !errors.Is(first, unix.ENOMEM) || !strings.Contains(first.Error(), "ulimit -l") {
		t.Errorf("got %v", first)
	}
	kept := []*secmem.Secret{s}
	for range 3000 {
		kept = append(kept, newSecret(t, &a))
	}
	if a.Weakness() != first {
		t.Error("a second slab is reported anew")
	}
	runtime.KeepAlive(kept)
}

// dropCapabilities lets limits bind the superuser too.
func dropCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return unix.Capset(&header, &none[0])
}
