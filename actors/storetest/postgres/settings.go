package postgres

import (
	"encoding/base64"
	"fmt"
	"testing"
)

// Set changes a setting of the whole server while it runs; value is an SQL expression, and DEFAULT takes the change back.
func (s *Server) Set(t testing.TB, name, value string) {
	t.Helper()
	s.do(t, fmt.Sprintf("ALTER SYSTEM SET %s = %s", name, value), "SELECT pg_reload_conf()")
}

// Write puts a file into the server's data directory, readable by the server alone, and has it read its configuration
// anew: pg_hba.conf, say, or a certificate.
func (s *Server) Write(t testing.TB, file string, content []byte) {
	t.Helper()
	s.do(t, fmt.Sprintf("COPY (SELECT '%s') TO PROGRAM 'base64 -d >%s && chmod 600 %[2]s'", base64.StdEncoding.EncodeToString(content), file),
		"SELECT pg_reload_conf()")
}

// do runs statements as the server's owner.
func (s *Server) do(t testing.TB, statements ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range statements {
		if err := s.exec(text); err != nil {
			t.Fatal(err)
		}
	}
}
