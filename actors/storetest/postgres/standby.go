package postgres

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// Standby makes a second server, which follows this one and takes no writes, until the test ends. What is committed here
// is there a moment later: see AwaitStandby.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	other := &Server{bin: s.bin}
	t.Cleanup(other.Stop)
	if err := other.follow(s.port); err != nil {
		t.Fatalf("starting a standby: %v", err)
	}
	return other
}

func (s *Server) follow(primary int) (err error) {
	if s.dir, err = os.MkdirTemp(shortDir(), "pg-"); err != nil {
		return err
	}
	if err := giveAway(s.dir); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startDeadline)
	defer cancel()
	backup := exec.CommandContext(ctx, filepath.Join(s.bin, "pg_basebackup"), "-D", s.data(), "-h", "127.0.0.1", "-p", strconv.Itoa(primary),
		"-U", "postgres", "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
	backup.Dir, backup.SysProcAttr = s.dir, attributes()
	if out, err := backup.CombinedOutput(); err != nil {
		return fmt.Errorf("pg_basebackup: %w: %s", err, out)
	}
	if s.port, err = freePort(); err != nil {
		return err
	}
	return s.start()
}

// AwaitStandby waits until the standby has all that is committed here.
func (s *Server) AwaitStandby(t testing.TB) {
	t.Helper()
	s.do(t, `DO $$ BEGIN
		WHILE NOT EXISTS (SELECT FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn()) LOOP
			PERFORM pg_sleep(0.01);
			PERFORM pg_stat_clear_snapshot();
		END LOOP;
	END $$`)
}

// Promote makes a primary of a standby.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	s.do(t, "SELECT pg_promote()")
}
