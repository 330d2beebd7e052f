package postgres

import (
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
	err := other.begin("pg_basebackup", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-U", "postgres", "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
	if err != nil {
		t.Fatalf("starting a standby: %v", err)
	}
	return other
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
