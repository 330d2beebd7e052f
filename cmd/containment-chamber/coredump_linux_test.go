package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// role says what a child of these tests is to be: a process cannot take back what is tested here.
const role = "COREDUMP_TEST_ROLE"

func child(t *testing.T, as string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^TestDumpsChild$", "-test.v")
	c.Env = append(os.Environ(), role+"="+as)
	c.Dir = t.TempDir()
	return c
}

func TestDumpsChild(t *testing.T) {
	switch os.Getenv(role) {
	case "unit":
		if err := forbidDumps(); err != nil {
			t.Fatal(err)
		}
		if dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || dumpable != 0 {
			t.Errorf("dumpable is %d, %v", dumpable, err)
		}
		var limit unix.Rlimit
		if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil || limit != (unix.Rlimit{}) {
			t.Errorf("the limit of core dumps is %+v, %v", limit, err)
		}
	case "program":
		os.Args = []string{"containment-chamber", "server", "--dev", "--server-listen-port=0", "--metrics-listen-port=0"}
		main()
	default:
		t.Skip("runs in a process of its own: see TestDumpsAreForbidden")
	}
}

func TestDumpsAreForbidden(t *testing.T) {
	if out, err := child(t, "unit").CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestDumpsChild") {
		t.Errorf("%v\n%s", err, out)
	}
}

// The program itself does it, and can still be observed by whoever measures it.
func TestProgramForbidsDumps(t *testing.T) {
	program := child(t, "program")
	log, err := program.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = program.Process.Kill(), program.Wait() }()
	ready := false
	for lines := bufio.NewScanner(log); !ready && lines.Scan(); {
		ready = strings.Contains(lines.Text(), "ready to sign")
	}
	if !ready {
		t.Fatal("the program did not start")
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", program.Process.Pid))
	if err != nil || !regexp.MustCompile(`(?m)^Max core file size\s+0\s+0\s`).Match(limits) {
		t.Errorf("%v\n%s", err, limits)
	}
	stat, err := os.Open(fmt.Sprintf("/proc/%d/stat", program.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	defer stat.Close()
	text, err := io.ReadAll(stat)
	if info, _ := stat.Stat(); err != nil || len(text) == 0 || info.Mode().Perm() != 0o444 {
		t.Errorf("stat is not for everyone to read: %v, %v", info.Mode(), err)
	}
}
