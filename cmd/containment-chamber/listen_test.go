package main_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// scrape returns the rows of the metrics that differ from zero, by name and labels.
func (p *process) scrape(t *testing.T) map[string]string {
	t.Helper()
	rows := map[string]string{}
	for line := range strings.Lines(p.get(t, p.metrics+"/metrics").body) {
		row, value, found := strings.Cut(strings.TrimSpace(line), "} ")
		if !found {
			row, value, _ = strings.Cut(strings.TrimSpace(line), " ")
		} else {
			row += "}"
		}
		if value != "0" && !strings.HasPrefix(row, "#") {
			rows[row] = value
		}
	}
	return rows
}

// TestMetricsOfTraffic compares the metrics with what was asked, and nothing else: a row that moves without a reason is as
// wrong as one that does not move.
func TestMetricsOfTraffic(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir(), "--http-max-concurrent-requests=1", "--signing-max-concurrent=2")
	wrongNetwork := strings.ReplaceAll(randao(1), hoodiRoot, rootOf(9))
	wrongRoot := strings.Replace(randao(1), `{`, `{"signingRoot":"`+rootOf(9)+`",`, 1)
	for _, ask := range []struct {
		key, body string
		status    int
	}{
		{devKey(0), attestation(1, 2, 1), 200}, {devKey(0), attestation(1, 2, 1), 200}, {devKey(0), attestation(1, 2, 2), 412},
		{devKey(0), block(9, 1), 200}, {devKey(0), block(9, 2), 412}, {devKey(1), randao(1), 200},
		{"0x" + strings.Repeat("ab", 48), randao(1), 404}, {devKey(0), wrongNetwork, 403}, {devKey(0), wrongRoot, 400}, {devKey(0), "{}", 400},
	} {
		p.sign(t, ask.key, ask.body).expect(t, ask.status, "")
	}
	batch := `{"identifiers":["` + devKey(0) + `","` + devKey(1) + `","` + devKey(2) + `"],"signing_request":` + randao(2) + `}`
	for path, status := range map[string]int{"/nowhere": 404, "/api/v1/eth2/sign": 405} {
		p.get(t, p.api+path).expect(t, status, "")
	}
	if r, err := p.send("POST", p.api+"/api/v1/eth2/sign", batch); err != nil || r.status != 400 || !strings.Contains(r.body, "more than 2, split the batch") {
		t.Errorf("a batch that there are never permits for: %v %v", r, err)
	}
	startSlow(t, p) // takes the one place
	p.sign(t, devKey(0), randao(1)).expect(t, 503, "overloaded")

	want := map[string]string{
		`containment_signing_requests_total{operation="ATTESTATION",status="signed"}`:            "2",
		`containment_signing_requests_total{operation="ATTESTATION",status="rejected_slashing"}`: "1",
		`containment_signing_requests_total{operation="BLOCK_V2",status="signed"}`:               "1",
		`containment_signing_requests_total{operation="BLOCK_V2",status="rejected_slashing"}`:    "1",
		`containment_signing_requests_total{operation="RANDAO_REVEAL",status="signed"}`:          "1",
		`containment_signing_requests_total{operation="RANDAO_REVEAL",status="unknown_key"}`:     "1",
		`containment_signing_requests_total{operation="RANDAO_REVEAL",status="wrong_network"}`:   "1",
		`containment_signing_requests_total{operation="RANDAO_REVEAL",status="root_mismatch"}`:   "1",
		`containment_signing_requests_total{operation="UNKNOWN",status="overloaded"}`:            "1",
		`containment_signing_requests_total{operation="UNKNOWN",status="invalid"}`:               "2",
		`containment_slashing_rejections_total{operation="ATTESTATION"}`:                         "1",
		`containment_slashing_rejections_total{operation="BLOCK_V2"}`:                            "1",
		`containment_http_errors_total{status="400"}`:                                            "3",
		`containment_http_errors_total{status="403"}`:                                            "1",
		`containment_http_errors_total{status="404"}`:                                            "2",
		`containment_http_errors_total{status="405"}`:                                            "1",
		`containment_http_errors_total{status="412"}`:                                            "2",
		`containment_http_errors_total{status="503"}`:                                            "1",
		`containment_queue_rejected_total{queue="http"}`:                                         "1",
		`containment_anti_slashing_check_duration_seconds_count{operation="ATTESTATION"}`:        "3",
		`containment_anti_slashing_check_duration_seconds_count{operation="BLOCK_V2"}`:           "2",
	}
	counters := []string{"signing_requests_total", "slashing_rejections_total", "http_errors_total", "queue_rejected_total", "check_duration_seconds_count",
		"panics_total", "restarts_total", "gave_up_total", "dead_letters_total", "anti_slashing_errors_total"}
	got := p.scrape(t)
	maps.DeleteFunc(got, func(row, _ string) bool {
		return !slices.ContainsFunc(counters, func(c string) bool { return strings.HasPrefix(row, "containment_") && strings.Contains(row, c) })
	})
	if !maps.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// TestMetricsOfState: what a dashboard shows of a signer at rest.
func TestMetricsOfState(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	got := p.scrape(t)
	for row, want := range map[string]string{
		`containment_healthy`:                        "1",
		`containment_keys_active{source="sqlite"}`:   "4",
		`containment_signer_state{state="unsealed"}`: "1",
		`containment_signing_concurrency_limit`:      "4096",
		`containment_signing_semaphore_available`:    "4096",
		`signing_signers_loaded_count`:               "4",
	} {
		if got[row] != want {
			t.Errorf("%s is %q, want %s", row, got[row], want)
		}
	}
	network := `containment_network_info{genesis_fork_version="0x10000910",genesis_validators_root="` + hoodiRoot + `",network="hoodi"}`
	if got[network] != "1" {
		t.Errorf("%s is not there", network)
	}
	p.get(t, p.metrics+"/nowhere").expect(t, 404, "")
}
