package main_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"containment-chamber/actors/keys/keystore"
	"containment-chamber/actors/slashing/eip3076/noop"
	program "containment-chamber/cmd/containment-chamber"
	"containment-chamber/messages"
)

// TestStopUnderLoad: whatever the signer has taken in when it is told to stop, it answers.
func TestStopUnderLoad(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	const clients, enough = 16, 100
	var answered atomic.Int64
	replies := make(chan map[string]int, clients)
	reached := make(chan struct{})
	for c := range clients {
		go func() {
			statuses := map[string]int{} // by request
			for i := 0; ; i++ {
				id := fmt.Sprintf("request-%d-%d", c, i)
				body := attestation(uint64(i), uint64(i+1), byte(c/4))
				r, err := p.send("POST", p.api+"/api/v1/eth2/sign/"+devKey(c%4), body, "X-Request-Id: "+id)
				if err != nil { // the signer has gone; it must not have taken the request in
					replies <- statuses
					return
				}
				statuses[id] = r.status
				if answered.Add(1) == enough {
					close(reached)
				}
			}
		}()
	}
	<-reached
	p.stop(t, syscall.SIGTERM, 0)
	all := map[string]int{}
	for range clients {
		maps.Copy(all, <-replies)
	}
	counts := map[int]int{}
	for id, status := range all {
		counts[status]++
		if status != 200 && status != 412 && status != 503 {
			t.Errorf("%s was answered %d", id, status)
		}
	}
	if counts[200] == 0 || counts[412] == 0 {
		t.Errorf("this was no load: %v", counts)
	}
	for _, line := range p.log {
		if id := attribute(line, "request_id"); id != "" && all[id] == 0 {
			t.Errorf("taken in, and not answered: %s", line)
		}
	}
}

// TestStopWhileStarting: whoever stops a signer that still decrypts its keys has not made it fail.
func TestStopWhileStarting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text, err := keystore.Encrypt(make([]byte, 32), []byte("a password"), keystore.Config{KDF: keystore.PBKDF2, Cost: 1024})
	if err != nil {
		t.Fatal(err)
	}
	slow := strings.Replace(string(text), `"c": 1024`, `"c": 2000000`, 1) // seconds, for the wrong key
	for file, content := range map[string]string{"slow.json": slow, "slow.txt": "a password"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := begin(dir, "--dev", "--server-listen-port=0", "--metrics-listen-port=0", "--key-sources-filesystem-paths=slow.json")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	p.logged(t, "slashing-protection store is up")
	p.stop(t, syscall.SIGTERM, 0)
	if log := strings.Join(p.log, "\n"); strings.Contains(log, "ready to sign") || strings.Contains(log, "not ready in time") {
		t.Error(log)
	}
}

// slow is a request whose body does not come to an end.
type slow struct {
	net.Conn
	rest string
}

// startSlow sends half of a sign request, and returns when the signer has taken it in: only then it asks for the body.
func startSlow(t *testing.T, p *process) slow {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(p.api, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	body := attestation(1, 2, 1)
	head := "POST /api/v1/eth2/sign/" + devKey(0) + " HTTP/1.1\r\nHost: signer\r\nExpect: 100-continue\r\n"
	if _, err := fmt.Fprintf(c, "%sContent-Length: %d\r\n\r\n", head, len(body)); err != nil {
		t.Fatal(err)
	}
	var answer [25]byte
	if _, err := c.Read(answer[:]); err != nil || !strings.HasPrefix(string(answer[:]), "HTTP/1.1 100 ") {
		t.Fatalf("%q, %v", answer, err)
	}
	if _, err := c.Write([]byte(body[:40])); err != nil {
		t.Fatal(err)
	}
	return slow{c, body[40:]}
}

// TestDrain: while the last request is waited for, the signer is alive, out of service, and takes nothing in.
func TestDrain(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	last := startSlow(t, p)
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.logged(t, "stopping: what was accepted is still signed")
	for p.get(t, p.api+"/healthcheck").status != 503 { // it has just begun
	}
	p.get(t, p.api+"/upcheck").expect(t, 200, "OK")
	p.get(t, p.api+"/healthcheck").expect(t, 503, "shutting down")
	refused := p.sign(t, devKey(1), randao(1))
	refused.expect(t, 503, "draining")
	if refused.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if _, err := last.Write([]byte(last.rest)); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(last), nil)
	if err != nil || response.StatusCode != 200 {
		t.Errorf("the last request: %v, %v", response, err)
	}
	if code, err := p.end(); code != 0 || err != nil {
		t.Errorf("exit code %d, %v", code, err)
	}
}

// TestSecondSignal: whoever does not want to wait for the drain sends another signal.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	startSlow(t, p)
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.logged(t, "stopping: what was accepted is still signed")
	again := time.NewTicker(10 * time.Millisecond) // the first may still be on its way through the runtime
	defer again.Stop()
	for ended := false; !ended; {
		select {
		case _, open := <-p.lines:
			ended = !open
		case <-again.C:
			_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended
		}
	}
	if code, err := p.end(); code != -1 || err != nil {
		t.Errorf("exit code %d, %v, want the signal's", code, err)
	}
}

// TestShutdownTimeout: a client that does not come to an end does not keep the process, which says what it gave up.
func TestShutdownTimeout(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir(), "--http-shutdown-timeout-seconds=1", "--http-request-timeout-seconds=1")
	startSlow(t, p)
	p.stop(t, syscall.SIGTERM, 1)
	if log := strings.Join(p.log, "\n"); !strings.Contains(log, "not everything ended in order: drain: 1 sign requests unanswered") {
		t.Error(log)
	}
}

// held is a slashing-protection store that takes a duty and never comes back.
type held struct {
	noop.Store
	taken   chan struct{}
	release chan struct{}
}

func (h held) Record(_ context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	if len(duties) > 0 {
		close(h.taken)
		<-h.release
	}
	return messages.Recorded{Verdicts: make([]error, len(duties))}, nil
}

// TestHeldUpStore: a store that hangs does not keep the process either; the exit names who did not stop.
func TestHeldUpStore(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	store := held{taken: make(chan struct{}), release: make(chan struct{})}
	defer close(store.release)
	log, stderr := io.Pipe()
	p := newProcess()
	go p.follow(log)
	code := make(chan int, 1)
	go func() {
		code <- program.ServeOn(ctx, store, stderr, map[string]string{
			"server-listen-address": "127.0.0.1", "server-listen-port": "0", "metrics-listen-address": "127.0.0.1", "metrics-listen-port": "0",
			"network": "hoodi", "key-sources-filesystem-paths": devKeyFile(t), "http-shutdown-timeout-seconds": "1", "http-request-timeout-seconds": "1",
		})
		_ = stderr.Close()
	}()
	if err := p.awaitReady(); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = p.send("POST", p.api+"/api/v1/eth2/sign/"+devKey(0), attestation(1, 2, 1)) }() // never answered in time
	<-store.taken
	stop()
	said := p.logged(t, "did not stop: ")
	if got := <-code; got != 1 || !strings.Contains(said, "chamber/slashing") {
		t.Errorf("exit code %d: %s", got, said)
	}
}
