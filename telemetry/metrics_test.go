package telemetry_test

import (
	"bytes"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

var update = flag.Bool("update", false, "write the golden files anew")

// started is when the program of these tests began; it has run for a minute.
var started = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// contract is the list of metrics beside the checkout; not everybody has it.
var contract = filepath.Join("..", "..", "shared", "spec", "metrics.tsv")

func newConfig(reg prometheus.Registerer) telemetry.Config {
	return telemetry.Config{
		Registerer:     reg,
		Build:          telemetry.Build{Version: "1.2.3", Commit: "abc", Timestamp: "2026-11-01T00:00:00Z"},
		Network:        telemetry.Network{Name: "hoodi", GenesisValidatorsRoot: "0x21", GenesisForkVersion: "0x10000910"},
		SigningPermits: 32,
		Started:        started,
		Now:            func() time.Time { return started.Add(time.Minute) },
		Actors:         []string{"keys", "worker"},
		Queues:         []string{"worker"},
		Sources:        []string{"filesystem"},
		AuditEvents:    []string{"signing request"},
	}
}

func newMetrics() (*telemetry.Metrics, *prometheus.Registry) {
	reg := prometheus.NewRegistry()
	return telemetry.New(newConfig(reg)), reg
}

// series gathers all samples, as the exposition writes them: name{labels} → value.
func series(t *testing.T, gatherer prometheus.Gatherer) map[string]string {
	t.Helper()
	samples := make(map[string]string)
	for line := range strings.Lines(exposition(t, gatherer)) {
		if at := strings.LastIndexByte(line, ' '); at > 0 && line[0] != '#' {
			samples[line[:at]] = strings.TrimSpace(line[at:])
		}
	}
	return samples
}

func exposition(t *testing.T, gatherer prometheus.Gatherer) string {
	t.Helper()
	var log bytes.Buffer
	reply := httptest.NewRecorder()
	telemetry.Handler(gatherer, newLogger(t, &log, "")).ServeHTTP(reply, httptest.NewRequest("GET", "/metrics", nil))
	if reply.Code != 200 || log.Len() > 0 {
		t.Fatalf("scrape: status %d, log %s", reply.Code, &log)
	}
	return reply.Body.String()
}

// TestGolden shows every series of a program that has just started. Memory and files are left out: they exist on Linux
// only, and are never twice the same.
func TestGolden(t *testing.T) {
	_, reg := newMetrics()
	got := regexp.MustCompile(`(?m)^.*containment_process_.*\n`).ReplaceAllString(exposition(t, reg), "")
	golden := filepath.Join("testdata", "metrics.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run with -update if this is meant (-want +got):\n%s", diff)
	}
}

// TestContract compares every metric of ours with the contract: its type and its labels.
func TestContract(t *testing.T) {
	text, err := os.ReadFile(contract)
	if os.IsNotExist(err) {
		t.Skip("the metric contract is not beside this checkout; the golden file stands in for it")
	}
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string][]string)
	for line := range strings.Lines(string(text)) {
		row := strings.Split(strings.TrimSpace(line), "\t")
		rows[row[0]] = row
	}
	delete(rows, "name") // the head
	m, reg := newMetrics()
	for _, event := range oneOfEach() {
		m.Observe(event)
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	registered := make(map[string]bool)
	for _, family := range families {
		name := family.GetName()
		if !strings.HasPrefix(name, "containment_") {
			continue
		}
		registered[name] = true
		row, known := rows[name]
		if !known {
			t.Errorf("%s is not in the contract", name)
			continue
		}
		if kind := strings.ToLower(family.GetType().String()); kind != row[1] {
			t.Errorf("%s is a %s, the contract says %s", name, kind, row[1])
		}
		var labels []string
		for _, label := range family.GetMetric()[0].GetLabel() {
			labels = append(labels, label.GetName())
		}
		want := strings.FieldsFunc(row[2], func(r rune) bool { return r == ',' })
		slices.Sort(want)
		if !slices.Equal(labels, want) {
			t.Errorf("%s has labels %v, the contract says %v", name, labels, want)
		}
	}
	for name := range rows {
		if registered[name] == slices.ContainsFunc(later(), func(start string) bool { return strings.HasPrefix(name, start) }) {
			t.Errorf("%s: registered is %t; it is either registered, or listed in later", name, registered[name])
		}
	}
}

// later lists the metrics of features that are still to come, by their names or what the names begin with.
func later() []string {
	return []string{
		"containment_auth_rejections_total", "containment_chamber_tee_unseal_total", "containment_dynamodb_",
		"containment_enclave_", "containment_key_deletions_total", "containment_key_import",
		"containment_key_requests_total", "containment_keygen_",
		"containment_tls_",
	}
}

func TestLint(t *testing.T) {
	// The names are Web3Signer's; without them its dashboard shows neither keys nor the store.
	excepted := map[string]bool{"signing_signers_loaded_count": true, "eth2_slashingprotection_database_duration": true}
	_, reg := newMetrics()
	problems, err := testutil.GatherAndLint(reg)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range problems {
		if !excepted[problem.Metric] {
			t.Errorf("%s: %s", problem.Metric, problem.Text)
		}
	}
}

func TestPermitsAreAsConfigured(t *testing.T) {
	_, reg := newMetrics()
	got := series(t, reg)
	for _, name := range []string{"containment_signing_concurrency_limit", "containment_signing_semaphore_available"} {
		if got[name] != "32" {
			t.Errorf("%s is %s, want 32", name, got[name])
		}
	}
}

// TestSmallestConfig needs a Registerer and nothing else.
func TestSmallestConfig(t *testing.T) {
	reg := prometheus.NewRegistry()
	telemetry.New(telemetry.Config{Registerer: reg})
	if got := series(t, reg)["containment_healthy"]; got != "0" {
		t.Errorf("nobody says healthy, yet the gauge is %q", got)
	}
}

func TestEveryOperationStartsAtZero(t *testing.T) {
	_, reg := newMetrics()
	got := series(t, reg)
	for _, operation := range append(messages.Operations(), messages.UnknownOperation) {
		for _, status := range messages.SigningStatuses() {
			name := `containment_signing_requests_total{operation="` + string(operation) + `",status="` + string(status) + `"}`
			if got[name] != "0" {
				t.Errorf("%s is %q, want 0", name, got[name])
			}
		}
	}
}
