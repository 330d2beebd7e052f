package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// TestRefusals: each mistake gets its status, its stable code and a sentence, and leaves nothing behind.
func TestRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir)
	mainnet := strings.ReplaceAll(attestation(1, 2, 1), hoodiRoot, "0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95")
	key := "/api/v1/eth2/sign/" + devKey(0)
	for _, test := range []struct {
		method, path, body string
		status             int
		code, says         string
	}{
		{"POST", key, mainnet, 403, "wrong_network", "point the client at the signer of its own network"},
		{"POST", "/api/v1/eth2/sign/0x" + strings.Repeat("ab", 48), randao(1), 404, "unknown_key", "publicKeys lists what is"},
		{"POST", "/api/v1/eth2/sign/0x12", randao(1), 400, "malformed_request", "want 0x and 96 hex digits"},
		{"POST", key, "", 400, "malformed_request", ""},
		{"POST", key, `{"type":"ATTESTATION"`, 400, "malformed_request", ""},
		{"POST", key, `[]`, 400, "malformed_request", "body"},
		{"POST", key, `{"type":"NONSENSE"}`, 400, "malformed_request", "want one like ATTESTATION"},
		{"POST", key, `{"type":7}`, 400, "malformed_request", "type"},
		{"POST", key, `{"type":"ATTESTATION",` + hoodiFork + `}`, 400, "malformed_request", "attestation: missing"},
		{"POST", key, `{"type":"RANDAO_REVEAL","randao_reveal":{"epoch":"1"}}`, 400, "malformed_request", "fork_info"},
		{"POST", key, strings.Replace(randao(1), `"epoch":"1"`, `"epoch":"-1"`, 1), 400, "malformed_request", "epoch"},
		{"POST", key, strings.Replace(attestation(1, 2, 1), `"slot":"64"`, `"slot":"0x40"`, 1), 400, "malformed_request", "slot"},
		{"POST", key, strings.Replace(attestation(1, 2, 1), rootOf(1), "0x0", 1), 400, "malformed_request", "beacon_block_root"},
		{"POST", key, attestation(3, 2, 1), 412, "slashing_refused", "source_after_target"},
		{"POST", key, attestation(1, 1<<63, 1), 412, "slashing_refused", "number_out_of_range"},
		{"POST", key, strings.Repeat(" ", 20<<20), 413, "body_too_large", "the limit is 10485760 bytes"},
		{"GET", key, "", 405, "method_not_allowed", "Allow"},
		{"POST", "/upcheck", "", 405, "method_not_allowed", ""},
		{"GET", "/api/v1/eth2/publickeys", "", 404, "not_found", "check the path"},
		{"POST", "/", "{}", 404, "not_found", ""},
	} {
		r, err := p.send(test.method, p.api+test.path, test.body, "X-Request-Id: from-the-client")
		if err != nil {
			t.Errorf("%s %s %.100s: %v", test.method, test.path, test.body, err)
			continue
		}
		problem(t, r, test.status, test.code)
		if !strings.Contains(r.body, test.says) {
			t.Errorf("%s %s %.100s: %s does not say %q", test.method, test.path, test.body, r.body, test.says)
		}
	}
	p.stop(t, syscall.SIGTERM, 0)
	if out, code := run(t, dir, "slashing", "verify", "--network=hoodi", "--anti-slashing-path", devDatabase); code != 0 ||
		!strings.Contains(out, "0 blocks, 0 attestations") {
		t.Errorf("what was refused is on record: %s", out)
	}
}

// problem expects the form that every error has.
func problem(t *testing.T, r reply, status int, code string) {
	t.Helper()
	var body struct {
		Error, Message string
		RequestID      string `json:"request_id"`
	}
	if err := json.Unmarshal([]byte(r.body), &body); err != nil {
		t.Errorf("%d %s: %v", r.status, r.body, err)
	}
	if r.status != status || body.Error != code || body.Message == "" || body.RequestID != "from-the-client" ||
		r.header.Get("X-Request-Id") != "from-the-client" || !strings.HasPrefix(r.header.Get("Content-Type"), "application/json") {
		t.Errorf("%d %v %s, want %d %s", r.status, r.header, r.body, status, code)
	}
}

// TestRules names each rule of EIP-3076 to the client that breaks it.
func TestRules(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	for _, body := range []string{attestation(10, 20, 1), attestation(21, 22, 1), block(100, 1)} {
		p.sign(t, devKey(0), body).expect(t, 200, "0x")
	}
	for rule, body := range map[string]string{
		"double_vote": attestation(10, 20, 2), "surrounding_vote": attestation(9, 21, 1), "surrounded_vote": attestation(11, 19, 1),
		"double_proposal": block(100, 2),
	} {
		for _, accept := range []string{"Accept: text/plain", "Accept: application/json"} {
			p.sign(t, devKey(0), body, accept).expect(t, 412, rule)
		}
	}
	p.sign(t, devKey(1), attestation(10, 20, 2)).expect(t, 200, "0x") // another key has another history
}

// TestBatch signs one message by several keys; each has an outcome of its own.
func TestBatch(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	p.sign(t, devKey(2), attestation(1, 2, 7)).expect(t, 200, "0x")
	body := `{"identifiers":["` + devKey(0) + `","0x12","` + strings.ToUpper(devKey(1)[2:]) + `","` + devKey(2) + `","0x` + strings.Repeat("ab", 48) +
		`"],"signing_request":` + attestation(1, 2, 1) + `}`
	r, err := p.send(http.MethodPost, p.api+"/api/v1/eth2/sign", body)
	if err != nil {
		t.Fatal(err)
	}
	var items []struct {
		Identifier, Signature string
		Error                 struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(r.body), &items); err != nil || r.status != 200 || len(items) != 5 {
		t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	for i, want := range []struct{ identifier, code string }{
		{devKey(0), ""}, {"0x12", "malformed_request"}, {devKey(1), ""}, {devKey(2), "slashing_refused"}, {"0x" + strings.Repeat("ab", 48), "unknown_key"},
	} {
		if got := items[i]; got.Identifier != want.identifier || got.Error.Code != want.code || (got.Signature == "") == (want.code == "") {
			t.Errorf("item %d: %+v, want %+v", i, got, want)
		}
	}
	if single := p.sign(t, devKey(0), attestation(1, 2, 1)); single.body != items[0].Signature {
		t.Errorf("alone %s, in a batch %s", single.body, items[0].Signature)
	}
	refused, err := p.send(http.MethodPost, p.api+"/api/v1/eth2/sign", `{"identifiers":[],"signing_request":`+block(1, 1)+`}`)
	if err != nil {
		t.Fatal(err)
	}
	refused.expect(t, 400, "cannot be signed in a batch")
}

// TestChunkedBody: a body whose length is not told is limited as well.
func TestChunkedBody(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	url := p.api + "/api/v1/eth2/sign/" + devKey(0)
	for _, test := range []struct {
		body   io.Reader
		status int
	}{
		{io.MultiReader(strings.NewReader(randao(1))), 200},
		{io.MultiReader(strings.NewReader(strings.Repeat(" ", 20<<20))), 413},
	} {
		response, err := p.client.Post(url, "application/json", test.body)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != test.status {
			t.Errorf("%d, want %d", response.StatusCode, test.status)
		}
	}
}
