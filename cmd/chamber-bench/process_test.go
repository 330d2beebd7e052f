package main

import (
	"os"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	const text = "4711 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 123 45 0 0 20 0\n"
	if got, err := parseStat([]byte(text)); err != nil || got != 1680*time.Millisecond {
		t.Errorf("%v, %v, want 1.68s", got, err)
	}
	for _, bad := range []string{"", "1 (x) S 1", "1 (x) S 1 2 3 4 5 6 7 8 9 10 x 1", "1 (x) S 1 2 3 4 5 6 7 8 9 10 1 x"} {
		if _, err := parseStat([]byte(bad)); err == nil {
			t.Errorf("%q is understood", bad)
		}
	}
}

// TestOwnProcess looks at this process in both ways: they agree but for the resolution.
func TestOwnProcess(t *testing.T) {
	signUntil(time.Now().Add(50*time.Millisecond), 0)
	own, err := ownCPU()
	if err != nil {
		t.Fatal(err)
	}
	seen, err := cpuOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if difference := seen - own; difference < -40*time.Millisecond || difference > time.Second {
		t.Errorf("/proc says %v, getrusage %v", seen, own)
	}
	if resident, err := residentOf(os.Getpid()); err != nil || resident < 1<<20 {
		t.Errorf("resident memory is %d, %v", resident, err)
	}
	const nobody = 1 << 30
	if _, err := cpuOf(nobody); err == nil {
		t.Error("a process that does not exist has CPU time")
	}
	if _, err := residentOf(nobody); err == nil {
		t.Error("a process that does not exist has memory")
	}
}
