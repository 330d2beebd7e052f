package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/keys/bls"
)

// liveSigner is a signer that runs in this process.
type liveSigner struct {
	*testing.T
	keys   string // its directory of keys
	log    chan map[string]any
	api    string // URL
	scrape string // likewise
}

// startSigner runs a signer with the devnet keys 0 and 1, until the test ends.
func startSigner(t *testing.T, args ...string) *liveSigner {
	t.Helper()
	dir := t.TempDir()
	s := &liveSigner{T: t, keys: filepath.Join(dir, "keys"), log: make(chan map[string]any, 1000)}
	for i := range uint64(2) {
		s.put(i)
	}
	args = append([]string{
		"server", "--network=hoodi", "--server-listen-address=127.0.0.1", "--server-listen-port=0", "--metrics-listen-address=127.0.0.1",
		"--metrics-listen-port=0", "--key-sources-filesystem-paths=" + s.keys, "--anti-slashing-path=" + filepath.Join(dir, "s.sqlite"),
	}, args...)
	reader, writer := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, process{args: args, stdin: strings.NewReader(""), stdout: io.Discard, stderr: writer})
		writer.Close()
	}()
	go s.readLog(reader)
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != exitDone {
			t.Errorf("the signer ended with %d", code)
		}
	})
	ready := s.logged("ready to sign")
	s.api, s.scrape = fmt.Sprintf("http://%v", ready["address"]), fmt.Sprintf("http://%v", ready["metrics"])
	return s
}

func (s *liveSigner) readLog(r io.Reader) {
	defer close(s.log)
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var line map[string]any
		if json.Unmarshal(lines.Bytes(), &line) == nil {
			s.log <- line
		}
	}
}

// logged waits for a line of the log.
func (s *liveSigner) logged(message string) map[string]any {
	s.Helper()
	patience := time.After(20 * time.Second)
	for {
		select {
		case line, open := <-s.log:
			if !open {
				s.Fatalf("the signer ended before it logged %q", message)
			}
			if line["message"] == message {
				return line
			}
		case <-patience:
			s.Fatalf("%q is not logged", message)
		}
	}
}

func (s *liveSigner) file(i uint64) string { return filepath.Join(s.keys, fmt.Sprintf("%d.yaml", i)) }

func (s *liveSigner) put(i uint64) {
	s.Helper()
	text := fmt.Sprintf("type: file-raw\nprivateKey: \"0x%x\"\n", interopSecret(i))
	if err := os.MkdirAll(s.keys, 0o700); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(s.file(i), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// call returns the status and the body of a reply.
func (s *liveSigner) call(method, url, body string) (int, string) {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), method, url, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(request)
	if err != nil {
		s.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil {
		s.Fatal(err)
	}
	return reply.StatusCode, string(text)
}

func publicKey(t *testing.T, i uint64) string {
	t.Helper()
	key, err := bls.NewSecretKey(interopSecret(i))
	if err != nil {
		t.Fatal(err)
	}
	return key.PublicKey().String()
}

// expectKeys compares the list of public keys with the devnet keys of these numbers.
func (s *liveSigner) expectKeys(numbers ...uint64) {
	s.Helper()
	var got []string
	if _, body := s.call("GET", s.api+"/api/v1/eth2/publicKeys", ""); json.Unmarshal([]byte(body), &got) != nil || len(got) != len(numbers) {
		s.Errorf("%d keys are listed, want %d", len(got), len(numbers))
	}
	for _, n := range numbers {
		if !strings.Contains(strings.Join(got, " "), publicKey(s.T, n)) {
			s.Errorf("key %d is not listed", n)
		}
	}
}
