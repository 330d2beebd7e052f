// Package postgres starts a real PostgreSQL for tests, one server for each test binary, with a database for each test.
//
//	var server postgres.Server
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		server.Stop()
//		os.Exit(code)
//	}
//
//	func TestStore(t *testing.T) { … server.Database(t) … }
//
// # Decisions
//
// The binaries are those of the machine: 'make test' installs them where it may.
//
// A server refuses to run as root, so root starts it as another user, in a directory that this user can reach. It dies
// with the test binary (PDEATHSIG), however that ends.
//
// fsync is off: tests crash servers, not machines.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/storetest"
)

const startDeadline = 30 * time.Second

// Server is a PostgreSQL server that starts when it is first used. It listens on a loopback port. The zero value is
// ready.
type Server struct {
	mu        sync.Mutex
	bin       string // the directory of its programs
	dir       string // its own
	port      int
	process   *process // nil while it is stopped
	databases int
}

// Database makes an empty database for this test, and returns its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	storetest.Needs(t, "PostgreSQL")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" {
		if err := s.create(); err != nil {
			s.remove()
			t.Fatalf("starting PostgreSQL: %v", err)
		}
	}
	s.databases++
	name := fmt.Sprintf("test%d", s.databases)
	if err := s.exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return s.url(name)
}

// Crash ends the server in the middle of what it does. Restart brings it back.
func (s *Server) Crash(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process.end(crash)
	s.process = nil
}

// Restart starts the server again after Crash, on the same port.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.start(); err != nil {
		t.Fatal(err)
	}
}

// Stop ends the server and removes what it kept. Call it at the end of TestMain.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove()
}

func (s *Server) remove() {
	if s.process != nil {
		s.process.end(stopFast)
		s.process = nil
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir) // a left-over in a temporary directory
		s.dir = ""
	}
}

// find looks for PostgreSQL's programs in PATH and where Debian hides them.
func find() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well-formed
	if len(found) == 0 {
		return "", errors.New("it is not installed: 'apt-get install postgresql', or run 'make test-core'")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func (s *Server) create() (err error) {
	if s.bin, err = find(); err != nil {
		return err
	}
	return s.begin("initdb", "-A", "trust", "-U", "postgres", "--no-sync", "--locale=C", "-E", "UTF8")
}

// begin has one of PostgreSQL's programs fill a new directory, and starts the server on it.
func (s *Server) begin(program string, args ...string) (err error) {
	if s.dir, err = os.MkdirTemp(shortDir(), "pg-"); err != nil {
		return err
	}
	if err := giveAway(s.dir); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startDeadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, program), append(args, "-D", s.data())...)
	cmd.Dir, cmd.SysProcAttr = s.dir, attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, out)
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	return s.start()
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// shortDir returns a directory that every user can reach, in memory if there is such a thing. The path of a socket has at
// most 107 bytes, which a test's own directory exceeds.
func shortDir() string {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		return "/dev/shm"
	}
	return "/tmp"
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// start starts the server, and returns when it answers.
func (s *Server) start() error {
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.data(), "-k", s.dir, "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=16MB", "-c", "logging_collector=off")
	cmd.Dir, cmd.SysProcAttr = s.dir, attributes()
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if s.process, err = launch(cmd); err != nil {
		return err
	}
	return s.awaitAnswer()
}

func (s *Server) awaitAnswer() error {
	deadline, tick := time.After(startDeadline), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for {
		err := s.exec("SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-s.process.ended:
			return fmt.Errorf("it ended: %s", s.log())
		case <-deadline:
			return fmt.Errorf("it does not answer: %w: %s", err, s.log())
		}
	}
}

func (s *Server) log() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "log")) // or nothing
	return strings.TrimSpace(string(text))
}

func (s *Server) url(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

func (s *Server) exec(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startDeadline)
	defer cancel()
	c, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, text)
	return errors.Join(err, c.Close(ctx))
}
