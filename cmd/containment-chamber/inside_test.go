package main_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/signing/eth2"
	"containment-chamber/actors/slashing/eip3076"
	program "containment-chamber/cmd/containment-chamber"
	"containment-chamber/messages"
)

// inside is the program in this process, with one key, an audit file, and room for one request at a time.
type inside struct {
	*testing.T
	*program.Inside
	dir   string
	key   messages.PublicKey
	store *gated
}

// Flags beat its own.
func startInside(t *testing.T, more ...map[string]string) *inside {
	t.Helper()
	in := &inside{T: t, dir: t.TempDir(), store: &gated{}}
	secret := program.InteropSecret(0)
	in.write("keys/one.yaml", fmt.Sprintf("type: file-raw\nkeyType: BLS\nprivateKey: \"0x%x\"\n", secret))
	in.write("keys/broken.yaml", "type: file-raw\nkeyType: BLS\nprivateKey: \"0x01\"\n")
	in.write("audit/keep", "")
	key, err := bls.NewSecretKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	in.key = key.PublicKey()
	flags := map[string]string{
		"server-listen-address": "127.0.0.1", "server-listen-port": "0", "metrics-listen-address": "127.0.0.1", "metrics-listen-port": "0",
		"network": "hoodi", "key-sources-filesystem-paths": in.path("keys"), "anti-slashing-path": in.path("history.sqlite"),
		"audit-file": in.path("audit/audit.jsonl"), "http-max-concurrent-requests": "1", "http-request-timeout-seconds": "60", "metrics-pprof": "true",
	}
	for _, m := range more {
		maps.Copy(flags, m)
	}
	in.Inside, err = program.StartInside(t.Context(), io.Discard, flags, in.store.around)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func (in *inside) path(name string) string { return filepath.Join(in.dir, name) }

func (in *inside) write(name, text string) {
	in.Helper()
	if err := os.MkdirAll(filepath.Dir(in.path(name)), 0o700); err != nil {
		in.Fatal(err)
	}
	if err := os.WriteFile(in.path(name), []byte(text), 0o600); err != nil {
		in.Fatal(err)
	}
}

// gated is a store that waits while it is closed.
type gated struct {
	eip3076.Recorder
	gate sync.Mutex
}

func (g *gated) around(store eip3076.Recorder) eip3076.Recorder {
	g.Recorder = store
	return g
}

func (g *gated) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	g.gate.Lock()
	defer g.gate.Unlock()
	return g.Recorder.Record(ctx, duties)
}

// someVote is the body of a request; salt makes another message of the same epochs.
func someVote(salt byte, target int) string {
	network, _ := eth2.Builtin("hoodi")
	version := network.Versions[network.Latest]
	return fmt.Sprintf(`{"type":"ATTESTATION","fork_info":{"fork":{"previous_version":%q,"current_version":%q,"epoch":"0"},"genesis_validators_root":%q},
		"attestation":{"slot":"64","index":"0","beacon_block_root":%q,"source":{"epoch":"1","root":%[4]q},"target":{"epoch":"%[5]d","root":%[4]q}}}`,
		version, version, network.GenesisValidatorsRoot, messages.Root{salt}, target)
}

// post asks for a signature and returns the status.
func (in *inside) post(path, body string) int {
	in.Helper()
	reply, err := http.Post(in.API()+path, "application/json", strings.NewReader(body))
	if err != nil {
		in.Error(err)
		return 0
	}
	defer reply.Body.Close()
	_, _ = io.Copy(io.Discard, reply.Body)
	return reply.StatusCode
}

func (in *inside) sign(body string) int {
	in.Helper()
	return in.post("/api/v1/eth2/sign/"+in.key.String(), body)
}

// exposition scrapes.
func (in *inside) exposition() string {
	in.Helper()
	reply, err := http.Get(in.Metrics() + "/metrics")
	if err != nil {
		in.Fatal(err)
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != 200 {
		in.Fatal(reply.Status, err)
	}
	return string(text)
}

// series scrapes: name{labels} → value.
func (in *inside) series() map[string]float64 {
	in.Helper()
	samples := map[string]float64{}
	for line := range strings.Lines(in.exposition()) {
		at := strings.LastIndexByte(line, ' ')
		if value, err := strconv.ParseFloat(strings.TrimSpace(line[at+1:]), 64); err == nil && line[0] != '#' {
			samples[line[:at]] = value
		}
	}
	return samples
}

// await waits until a series fulfils a condition.
func (in *inside) await(series, what string, holds func(now float64) bool) {
	in.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		now, exists := in.series()[series]
		if exists && holds(now) {
			return
		}
		if time.Now().After(deadline) {
			in.Errorf("%s is %v (exists: %t), want %s", series, now, exists, what)
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (in *inside) awaitValue(series string, want float64) {
	in.Helper()
	in.await(series, fmt.Sprint(want), func(now float64) bool { return now == want })
}

// provoke does something real, and awaits the series that it moves up.
func (in *inside) provoke(what func(), moved ...string) {
	in.Helper()
	before := in.series()
	what()
	for _, series := range moved {
		in.await(series, fmt.Sprintf("more than %v", before[series]), func(now float64) bool { return now > before[series] })
	}
}

// status fails the test unless a request was answered as it should.
func (in *inside) status(want, got int) {
	in.Helper()
	if got != want {
		in.Errorf("answered %d, want %d", got, want)
	}
}

func (in *inside) stop() {
	in.Helper()
	if err := in.Stop(); err != nil {
		in.Error(err)
	}
}

// awaitReadiness waits until the key actor answers again.
func (in *inside) awaitReadiness() {
	in.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		reply, err := http.Get(in.API() + "/api/v1/eth2/publicKeys")
		if err != nil {
			in.Fatal(err)
		}
		_ = reply.Body.Close()
		if reply.StatusCode == 200 {
			return
		}
		if time.Now().After(deadline) {
			in.Fatal("the keys do not come back")
		}
	}
}
