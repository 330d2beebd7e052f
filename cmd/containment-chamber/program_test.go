package main_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	program "containment-chamber/cmd/containment-chamber"
)

// TestMain makes the test binary the program when it is started under the program's name, so that -race watches it too.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){name: func() {
		if socket := os.Getenv(searchSocket); socket != "" {
			go searchMemory(socket)
		}
		program.Main()
	}})
}

const name = "containment-chamber"

// patience is how long anything that must happen may take on a busy machine.
const patience = 30 * time.Second

// process is the server, usually as a process of its own, with ports that the system chose.
type process struct {
	command      *exec.Cmd
	api, metrics string // URLs
	client       *http.Client
	lines        chan string // what it logs; closed when it has ended
	log          []string    // what was read of them
	printed      *bufio.Scanner
}

// launch starts "containment-chamber server ARGS" in dir and returns when it is ready to sign.
func launch(dir string, args ...string) (*process, error) {
	return launchWith(dir, nil, args...)
}

// launchWith is launch, with more variables in the environment.
func launchWith(dir string, env []string, args ...string) (*process, error) {
	p, err := beginWith(dir, env, args...)
	if err != nil {
		return nil, err
	}
	if err := p.awaitReady(); err != nil {
		return nil, errors.Join(err, p.command.Process.Kill())
	}
	return p, nil
}

// begin starts it, and does not wait.
func begin(dir string, args ...string) (*process, error) { return beginWith(dir, nil, args...) }

func beginWith(dir string, env []string, args ...string) (*process, error) {
	p := newProcess()
	p.command = exec.Command(name, append([]string{"server"}, args...)...)
	p.command.Dir = dir
	p.command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir(), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test"}, env...)
	stdout, failed := p.command.StdoutPipe()
	stderr, err := p.command.StderrPipe()
	if err := errors.Join(failed, err); err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	p.printed = bufio.NewScanner(stdout)
	go p.follow(stderr)
	return p, nil
}

func newProcess() *process {
	return &process{
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: patience},
		lines:  make(chan string, 1<<16), // of a test's whole load: nobody reads while it lasts
	}
}

// follow takes the log in.
func (p *process) follow(log io.Reader) {
	defer close(p.lines)
	for scanner := bufio.NewScanner(log); scanner.Scan(); {
		p.lines <- scanner.Text()
	}
}

// awaitReady learns the addresses.
func (p *process) awaitReady() error {
	ready, err := p.await(`"ready to sign"`)
	p.api, p.metrics = "http://"+attribute(ready, "address"), "http://"+attribute(ready, "metrics")
	return err
}

// start launches a server with the four keys, the network and the database of --dev; args beat them.
func start(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	return watch(t, dir, append([]string{"--dev"}, args...)...)
}

// watch launches a server, on ports that the system chooses. If it has not ended at the end of the test it is killed then.
func watch(t *testing.T, dir string, args ...string) *process {
	t.Helper()
	p, err := launch(dir, append([]string{"--server-listen-port=0", "--metrics-listen-port=0"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Log("the server's log:\n" + strings.Join(p.log, "\n"))
		}
	})
	return p
}

// await reads the log up to a line that holds text.
func (p *process) await(text string) (string, error) {
	expired := time.After(patience)
	for {
		select {
		case line, open := <-p.lines:
			if !open {
				return "", fmt.Errorf("the server ended before it logged %s:\n%s", text, strings.Join(p.log, "\n"))
			}
			p.log = append(p.log, line)
			if strings.Contains(line, text) {
				return line, nil
			}
		case <-expired:
			return "", fmt.Errorf("the server did not log %s:\n%s", text, strings.Join(p.log, "\n"))
		}
	}
}

// logged is await for tests.
func (p *process) logged(t *testing.T, text string) string {
	t.Helper()
	line, err := p.await(text)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// end reads the log to its end and returns the exit code, -1 when a signal ended the process. A data race is an error.
func (p *process) end() (int, error) {
	p.client.CloseIdleConnections()
	expired := time.After(patience)
	for {
		select {
		case line, open := <-p.lines:
			if open {
				p.log = append(p.log, line)
				continue
			}
			_ = p.command.Wait() // the state says it all
			if log := strings.Join(p.log, "\n"); strings.Contains(log, "DATA RACE") {
				return 0, errors.New("data race:\n" + log)
			}
			return p.command.ProcessState.ExitCode(), nil
		case <-expired:
			return 0, errors.New("the server does not end:\n" + strings.Join(p.log, "\n"))
		}
	}
}

// stop sends a signal and expects an exit code.
func (p *process) stop(t *testing.T, signal os.Signal, want int) {
	t.Helper()
	if err := p.command.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	if code, err := p.end(); err != nil || code != want {
		t.Fatalf("exit code %d, %v, want %d, after %v\n%s", code, err, want, signal, strings.Join(p.log, "\n"))
	}
}

// kill ends the process as a power failure would, unless it has ended.
func (p *process) kill() {
	if p.command.ProcessState == nil {
		_ = p.command.Process.Signal(syscall.SIGKILL)
		_, _ = p.end()
	}
}

// run runs a command of the program to its end.
func run(t *testing.T, dir string, args ...string) (stdout string, code int) {
	t.Helper()
	command := exec.Command(name, args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
	out, err := command.Output()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return string(out), command.ProcessState.ExitCode()
}

// devDatabase is the slashing-protection store of --dev.
var devDatabase = filepath.Join("dev-data", "slashing_protection.sqlite")

// attribute returns a text of a log line, which is JSON.
func attribute(line, key string) string {
	_, rest, _ := strings.Cut(line, `"`+key+`":"`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}
