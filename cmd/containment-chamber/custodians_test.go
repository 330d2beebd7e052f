package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// kek makes key-encryption keys in files, and returns their references.
func (c custodians) kek(files ...string) (references []string) {
	c.Helper()
	for _, file := range files {
		references = append(references, strings.TrimSpace(c.operator("keys", "kek", file)))
	}
	return references
}

// registers has operators register, whose tokens are in files.
func (c custodians) registers(operators ...string) {
	c.Helper()
	for _, who := range operators {
		c.asks("register", "--operator", who, "--registration-token", "file:"+who+".token", "--passphrase", "env:"+strings.ToUpper(who))
	}
}

// makeManager makes a management token, with the consent of alice and carol, and leaves it in a file.
func (c custodians) makeManager() {
	c.Helper()
	c.asks("generate-root-token", "--operator", "alice", "--passphrase", "env:ALICE")
	c.write("management.token", c.asks("generate-root-token", "--operator", "carol", "--passphrase", "env:CAROL"))
}

// importKey seals the devnet's first key.
func (c custodians) importKey(config, first, second string) {
	c.Helper()
	c.write("keystore.json", devnetKeystore)
	c.write("password.txt", "a password\n")
	c.operator("keys", "import", "--config", config, "--keystore", "keystore.json", "--password-file", "password.txt",
		"--operator", first+","+second, "--passphrase", first+"=env:"+strings.ToUpper(first), "--passphrase", second+"=env:"+strings.ToUpper(second))
}

// evidence is one record of an audit stream.
type evidence struct {
	Event  string
	Fields map[string]any
}

// stream reads an audit stream.
func (c custodians) stream(file string) (records []evidence) {
	c.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, file))
	if err != nil {
		c.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var r evidence
		if json.Unmarshal(line, &r) == nil { // the last one may not be finished
			records = append(records, r)
		}
	}
	return records
}

// records waits until an audit stream has a record of an event with these fields. One that is nil may have any value but
// none.
func (c custodians) records(file, event string, fields map[string]any) {
	c.Helper()
	for until := time.Now().Add(patience); c.count(file, event, fields) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			c.Errorf("%s has no record %q with %v", file, event, fields)
			return
		}
	}
}

// count counts such records.
func (c custodians) count(file, event string, fields map[string]any) (n int) {
	c.Helper()
	for _, r := range c.stream(file) {
		if r.Event == event && r.has(fields) {
			n++
		}
	}
	return n
}

func (r evidence) has(fields map[string]any) bool {
	for name, want := range fields {
		if value, found := r.Fields[name]; !found || value == "" || want != nil && value != want {
			return false
		}
	}
	return true
}

// shown reads a token that the log shows, by its prefix.
func (p *process) shown(t *testing.T, prefix string) string {
	t.Helper()
	pattern := regexp.MustCompile(prefix + "[a-z2-7]+")
	if token := pattern.FindString(strings.Join(p.log, "\n")); token != "" {
		return token
	}
	return pattern.FindString(p.logged(t, prefix))
}

// standing is what a signer says of its chamber.
type standing struct {
	State         string
	RecordVersion uint64 `json:"record_version"`
	Generation    uint64
	Trouble       string
	Guard         struct {
		Held     bool
		Ceremony string
	}
	Emergency *struct{ Reason string }
}

func (p *process) standing(t *testing.T) (s standing) {
	t.Helper()
	if r := p.get(t, p.api+"/api/v1/chamber/status"); r.status != 200 || json.Unmarshal([]byte(r.body), &s) != nil {
		t.Fatalf("%d %s", r.status, r.body)
	}
	return s
}

// becomes waits for a state.
func (p *process) becomes(t *testing.T, state string) {
	t.Helper()
	for until := time.Now().Add(patience); p.standing(t).State != state; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("it does not become %s: %+v", state, p.standing(t))
		}
	}
}

const looksAtState = `containment_control_plane_refresh_total{component="seal",status="success"}`

// follows waits until a signer has seen what another has written. By the second time that it looks it must have: the first
// may have begun before. So intervals are counted, and the machine may take its time.
func (p *process) follows(t *testing.T, other *process) {
	t.Helper()
	version, began := other.standing(t).RecordVersion, p.sample(t, looksAtState)
	for until := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		looks := p.sample(t, looksAtState) - began // before the status is asked for
		s := p.standing(t)
		if s.RecordVersion >= version {
			return
		}
		if looks >= 2 || time.Now().After(until) {
			t.Fatalf("after %v looks it knows version %d, and %d is written", looks, s.RecordVersion, version)
		}
	}
}

// sample scrapes a value, which is 0 while there is none.
func (p *process) sample(t *testing.T, series string) float64 {
	t.Helper()
	text, found := p.scrape(t)[series]
	value, err := strconv.ParseFloat(text, 64)
	if found && err != nil {
		t.Fatal(err)
	}
	return value
}

// stall keeps a table from being written to. Whoever only reads it is let through.
type stall struct {
	*testing.T
	url  string
	lock *pgx.Conn
}

func stallWrites(t *testing.T, url, table string) *stall {
	t.Helper()
	s := &stall{T: t, url: url, lock: connect(t, url)}
	if _, err := s.lock.Exec(t.Context(), "BEGIN; LOCK TABLE "+table+" IN SHARE MODE", pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
	return s
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // the server is stopped in any case
	return conn
}

// awaits waits until so many want to write.
func (s *stall) awaits(writers int) {
	s.Helper()
	conn := connect(s.T, s.url)
	for until := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		var waiting int
		if err := conn.QueryRow(s.Context(), "SELECT count(*) FROM pg_locks WHERE NOT granted").Scan(&waiting); err != nil {
			s.Fatal(err)
		}
		if waiting == writers {
			return
		}
		if time.Now().After(until) {
			s.Fatalf("%d want to write, not %d", waiting, writers)
		}
	}
}

// end lets everybody write.
func (s *stall) end() {
	s.Helper()
	if err := s.lock.Close(s.Context()); err != nil {
		s.Fatal(err)
	}
}
