package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// startPatience is how long a server has to be ready to sign: 10,000 keys are read in seconds.
	startPatience = 60 * time.Second
	// stopPatience is above the server's own limit for shutting down, 25 s.
	stopPatience = 30 * time.Second
	// lookEvery is the pause between two looks at its log, or at its keys.
	lookEvery = 20 * time.Millisecond
)

// server is a containment-chamber that was started for the load, with a directory of its own.
type server struct {
	dir     string
	process *exec.Cmd
	ended   chan error
	// url and metrics are where it listens.
	url, metrics string
}

// launch is what is started.
type launch struct {
	binary, dir, network string
	keys                 int
	flags                []string
}

// start makes keys and an empty history in a new directory below l.dir, starts the server there, and waits until it
// listens.
func (l launch) start(ctx context.Context) (*server, error) {
	dir, err := os.MkdirTemp(l.dir, "chamber-bench-")
	if err != nil {
		return nil, fmt.Errorf("start a server: %w", err)
	}
	s := &server{dir: dir, ended: make(chan error, 1)}
	if err := s.run(ctx, l); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *server) run(ctx context.Context, l launch) error {
	keys := filepath.Join(s.dir, "keys.yaml")
	if err := writeKeyFile(keys, l.keys); err != nil {
		return err
	}
	log, err := os.Create(s.logFile())
	if err != nil {
		return fmt.Errorf("start a server: %w", err)
	}
	defer log.Close()
	s.process = exec.Command(l.binary, append([]string{
		"server", "--network", l.network, "--key-sources-filesystem-paths", keys,
		"--server-listen-address", "127.0.0.1", "--server-listen-port", "0",
		"--metrics-listen-address", "127.0.0.1", "--metrics-listen-port", "0",
		"--anti-slashing-path", filepath.Join(s.dir, "slashing.sqlite"), "--logging-format", "json",
	}, l.flags...)...)
	s.process.Stdout, s.process.Stderr = log, log
	s.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt of the terminal ends the bench, which ends it
	if err := s.process.Start(); err != nil {
		s.process = nil
		return fmt.Errorf("start a server: %w", err)
	}
	go func() { s.ended <- s.process.Wait() }()
	return s.awaitAddress(ctx)
}

func (s *server) logFile() string { return filepath.Join(s.dir, "server.log") }

// awaitAddress looks for the line with which the server says where it listens.
func (s *server) awaitAddress(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		api, metrics, found := addresses(bytes.NewReader(s.log()))
		if found {
			s.url, s.metrics = "http://"+api, "http://"+metrics+"/metrics"
			return nil
		}
		select {
		case <-s.ended:
			s.process = nil
			return fmt.Errorf("the server ended before it was ready: %s", bytes.TrimSpace(s.log()))
		case <-ctx.Done():
			return fmt.Errorf("the server has not logged, at level info, where it listens: %w", ctx.Err())
		case <-time.After(lookEvery):
		}
	}
}

// log returns what the server has logged so far; nothing, if that cannot be read.
func (s *server) log() []byte {
	text, _ := os.ReadFile(s.logFile())
	return text
}

// addresses finds where the signing API and the metrics listen in a log of JSON lines.
func addresses(log io.Reader) (api, metrics string, found bool) {
	for lines := bufio.NewScanner(log); lines.Scan(); {
		var line struct {
			Address string `json:"address"`
			Metrics string `json:"metrics"`
		}
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Address != "" && line.Metrics != "" {
			return line.Address, line.Metrics, true
		}
	}
	return "", "", false
}

// stop ends the server, by its process id and nothing else, and removes its directory.
func (s *server) stop() {
	if s.process != nil {
		_ = s.process.Process.Signal(syscall.SIGTERM) // one that has ended already is what is wanted
		select {
		case <-s.ended:
		case <-time.After(stopPatience):
			_ = s.process.Process.Kill()
			<-s.ended
		}
	}
	_ = os.RemoveAll(s.dir) // what is left over is a temporary directory
}
