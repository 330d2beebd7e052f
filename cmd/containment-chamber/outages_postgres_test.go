package main_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/storetest/postgres"
)

// certified is a server with TLS and passwords, and one database of a role that is nobody else's.
type certified struct {
	*testing.T
	postgres.Server
	owner  string // URL of the database, as its server's owner
	signer string // URL, as the signer has it
	key    *ecdsa.PrivateKey
}

const password = "correct-horse-battery"

func newCertified(t *testing.T) *certified {
	t.Helper()
	s := &certified{T: t}
	t.Cleanup(s.Stop)
	s.owner = s.Database(t)
	var err error
	if s.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		t.Fatal(err)
	}
	s.Write(t, "server.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	trusted := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(trusted, s.sign(authority), 0o600); err != nil {
		t.Fatal(err)
	}
	s.certify(time.Now().Add(time.Hour))
	s.Set(t, "ssl", "on")
	s.Write(t, "pg_hba.conf", []byte("host all postgres 127.0.0.1/32 trust\nhostssl all signer 127.0.0.1/32 scram-sha-256\n"))
	execute(t, s.owner, "CREATE ROLE signer LOGIN PASSWORD '"+password+"'; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I OWNER TO signer', current_database()); END $$")
	u, err := url.Parse(s.owner)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("signer", password)
	u.RawQuery = url.Values{"sslmode": {"verify-full"}, "sslrootcert": {trusted}, "target_session_attrs": {"read-write"}}.Encode()
	s.signer = u.String()
	s.until(true)
	return s
}

// certify gives the server a certificate.
func (s *certified) certify(end time.Time) {
	s.Helper()
	s.Write(s.T, "server.crt", s.sign(&x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: end, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}))
}

// authority is who signs the server's certificates.
var authority = &x509.Certificate{
	SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<35, 0),
	IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
}

// sign signs a certificate as the authority, with the one key that there is.
func (s *certified) sign(c *x509.Certificate) []byte {
	s.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, authority, s.key.Public(), s.key)
	if err != nil {
		s.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// until waits until the signer's role can connect and write, or cannot: a server reads its configuration when it gets to it.
func (s *certified) until(possible bool) {
	s.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		c, err := pgx.Connect(s.Context(), s.signer)
		if err == nil {
			_ = c.Close(s.Context())
		}
		if (err == nil) == possible {
			return
		}
		if time.Now().After(end) {
			s.Fatalf("the signer can connect: %v, %v", !possible, err)
		}
	}
}

// lockOut waits until nobody can connect as the signer, and ends whoever has.
func (s *certified) lockOut() {
	s.Helper()
	s.until(false)
	execute(s.T, s.owner, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'signer'")
}

// TestPostgresOutages: whatever is wrong with the database, the signer says what to do, and goes on when that is done.
func TestPostgresOutages(t *testing.T) {
	t.Parallel()
	s := newCertified(t)
	p := start(t, t.TempDir(), "--anti-slashing-backend=postgres", "--anti-slashing-url="+s.signer)
	run := func(text string) { t.Helper(); execute(t, s.owner, text) }
	rename := "ALTER TABLE chamber_slashing.attestations RENAME TO "
	for i, o := range []outage{
		{
			begin: func() { run("ALTER ROLE signer PASSWORD 'another'"); s.lockOut() },
			end:   func() { run("ALTER ROLE signer PASSWORD '" + password + "'") },
			says:  "the server refuses the user: check the URL",
		}, {
			begin: func() { s.certify(time.Now().Add(-time.Hour)); s.lockOut() },
			end:   func() { s.certify(time.Now().Add(time.Hour)) },
			says:  "the certificate of the server is not valid at this time: renew it",
		}, {
			begin: func() { s.Set(t, "default_transaction_read_only", "on"); s.lockOut() },
			end:   func() { s.Set(t, "default_transaction_read_only", "DEFAULT") },
			says:  "the server takes no writes",
		}, {
			begin: func() { run(rename + "away") },
			end:   func() { run("ALTER TABLE chamber_slashing.away RENAME TO attestations") },
			says:  "the schema chamber_slashing holds other tables than ours",
		},
	} {
		p.suffers(t, o, 3000+10*uint64(i), password)
	}
	for series, least := range map[string]float64{
		"containment_anti_slashing_errors_total":                                          4,
		`containment_slashing_rejections_total{operation="ATTESTATION"}`:                  4,
		`containment_anti_slashing_check_duration_seconds_count{operation="ATTESTATION"}`: 12,
		`containment_anti_slashing_pg_pool{status="idle"}`:                                1,
	} {
		if n := p.sample(t, series); n < least {
			t.Errorf("%s is %v, not %v or more", series, n, least)
		}
	}
	p.stop(t, syscall.SIGTERM, 0)
}

// TestFailover: while the way leads to a standby nothing is recorded; when it is promoted, it knows what the primary knew.
func TestFailover(t *testing.T) {
	t.Parallel()
	var primary postgres.Server
	t.Cleanup(primary.Stop)
	way := postgres.NewProxy(t, primary.Database(t))
	standby := primary.Standby(t)
	p := start(t, t.TempDir(), "--anti-slashing-backend=postgres", "--anti-slashing-url="+way.URL)
	p.suffers(t, outage{
		begin: func() {
			primary.AwaitStandby(t)
			way.LeadTo(standby)
			primary.Crash(t)
		},
		end:  func() { standby.Promote(t) },
		says: "the server takes no writes",
	}, 3000)
	p.stop(t, syscall.SIGTERM, 0)
}

// TestSlowWay: with latency everything is signed; behind a way that swallows everything, or breaks all the time, clients hear
// of it while they still listen.
func TestSlowWay(t *testing.T) {
	t.Parallel()
	server := &postgres.Server{}
	t.Cleanup(server.Stop)
	way := postgres.NewProxy(t, server.Database(t))
	p := start(t, t.TempDir(), "--anti-slashing-backend=postgres", "--anti-slashing-url="+way.URL)
	for i := range 4 {
		p.sign(t, devKey(i), attestation(2998, 2999, 1)).expect(t, 200, "0x") // the lowest
	}
	burst := func(what string, clients, each int, first uint64) (signed int) {
		t.Helper()
		signed, refused := p.burst(t, clients, each, first)
		worst := time.Duration(0) // but for one in a hundred
		if len(refused) > 0 {
			worst = refused[(len(refused)-1)*99/100]
		}
		t.Logf("%s: %d signed, %d refused, p99 %v", what, signed, len(refused), worst)
		if worst >= inTime {
			t.Errorf("%s: refusals take %v", what, worst)
		}
		return signed
	}

	way.Delay(25 * time.Millisecond) // in each direction
	if signed := burst("50 ms", 16, 20, 3000); signed != 320 {
		t.Errorf("with 50 ms of latency %d of 320 are signed", signed)
	}
	way.Delay(0)

	way.Silence(true)
	if signed := burst("silence", 100, 3, 4000); signed != 0 {
		t.Errorf("%d are signed without a database", signed)
	}
	p.logged(t, "slashing-protection store is down")
	down(t, p)
	way.Silence(false)
	p.recovers(t)

	over := make(chan struct{})
	go func() {
		defer close(over)
		burst("resets", 16, 20, 5000)
	}()
	for resets, cutting := time.NewTicker(20*time.Millisecond), true; cutting; {
		select {
		case <-resets.C:
			way.Cut()
		case <-over:
			cutting = false
		}
	}
	p.recovers(t)
	p.sign(t, devKey(0), attestation(5999, 6000, 1)).expect(t, 200, "0x")
	p.stop(t, syscall.SIGTERM, 0)
}
