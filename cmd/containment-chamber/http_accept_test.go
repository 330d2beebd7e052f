package main_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestAccept: text unless JSON is asked for, as clients count on.
func TestAccept(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	v := ownVectors(t)[0]
	asText, asJSON := v.signature, `{"signature":"`+v.signature+`"}`
	for _, test := range []struct{ accept, contentType, body string }{
		{"", "text/plain; charset=utf-8", asText},
		{"Accept: text/plain\r\n", "text/plain; charset=utf-8", asText},
		{"Accept: application/json\r\n", "application/json; charset=utf-8", asJSON},
		{"Accept: */*\r\n", "application/json; charset=utf-8", asJSON},
		{"Accept: application/json, text/plain;q=0.5\r\n", "application/json; charset=utf-8", asJSON},
		{"Accept: text/html\r\nAccept: application/json\r\n", "application/json; charset=utf-8", asJSON},
	} {
		r := p.raw(t, "POST /api/v1/eth2/sign/"+v.key+" HTTP/1.1\r\n"+test.accept, v.with("", ""))
		if r.status != 200 || r.header.Get("Content-Type") != test.contentType || r.body != test.body {
			t.Errorf("%q: %d %v %s", test.accept, r.status, r.header, r.body)
		}
	}
	for _, test := range []struct{ request, contentType, body string }{
		{"GET /upcheck HTTP/1.1\r\n", "text/plain; charset=utf-8", "OK"},
		{"GET /upcheck HTTP/1.1\r\nAccept: application/json\r\n", "application/json; charset=utf-8", `{"status":"OK"}`},
		{"GET /upcheck HTTP/1.0\r\n", "text/plain; charset=utf-8", "OK"},
		{"GET /healthcheck HTTP/1.1\r\n", "application/json; charset=utf-8", ""},
		{"GET /api/v1/eth2/publicKeys HTTP/1.1\r\nAccept: \r\n", "application/json; charset=utf-8", ""},
		{"GET //api/v1/eth2/publicKeys HTTP/1.1\r\n", "application/json; charset=utf-8", ""},
	} {
		r := p.raw(t, test.request, "")
		if r.status != 200 || r.header.Get("Content-Type") != test.contentType || test.body != "" && r.body != test.body {
			t.Errorf("%q: %d %v %s", test.request, r.status, r.header, r.body)
		}
	}
}

// raw sends a request that no library has added headers to.
func (p *process) raw(t *testing.T, head, body string) reply {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(p.api, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := fmt.Fprintf(c, "%sHost: signer\r\nContent-Length: %d\r\n\r\n%s", head, len(body), body); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response.StatusCode, response.Header, string(text)}
}

// habit is how one client writes a request that it has a vector for.
type habit struct {
	client, vector string
	headers        []string
	// body is the client's spelling of the vector's request.
	body func(vector) string
	json bool
}

func habits() []habit {
	contentType := "Content-Type: application/json"
	claimed := func(v vector) string { return v.with("signingRoot", v.root) }
	return []habit{
		{"Teku", "ATTESTATION", []string{contentType + "; charset=utf-8"}, func(v vector) string {
			return `{"signingRoot":"` + v.root + `",` + v.with("", "")[1:]
		}, false},
		{"Teku", "AGGREGATE_AND_PROOF_V2", []string{contentType}, flat, false},
		{"Prysm", "AGGREGATE_AND_PROOF_V2", []string{contentType, "User-Agent: Go-http-client/1.1"}, claimed, false},
		{"Lighthouse", "AGGREGATE_AND_PROOF_V2", []string{"Accept: application/json", contentType}, flat, true},
		{"Lighthouse", "BLOCK_V2", []string{"Accept: application/json", contentType}, claimed, true},
		{"Lodestar 1.5", "SYNC_COMMITTEE_MESSAGE", []string{"Accept: */*", contentType}, claimed, true},
		{"Lodestar", "SYNC_COMMITTEE_SELECTION_PROOF", []string{"Accept: application/json", contentType}, claimed, true},
		{"Nimbus", "VALIDATOR_REGISTRATION", []string{"Accept: application/json", contentType}, func(v vector) string {
			return `{` + hoodiFork + `,` + v.with("", "")[1:]
		}, true},
		{"Nimbus", "BLOCK_V2", []string{"Accept: application/json", contentType}, func(v vector) string {
			return strings.Replace(v.with("", ""), `"version"`, `"proofs":[{"index":"3","proof":["`+rootOf(1)+`"]}],"version"`, 1)
		}, true},
		{"Vero", "RANDAO_REVEAL", []string{"Accept: text/plain", contentType}, func(v vector) string { return v.with("", "") }, false},
		{"numbers as numbers", "ATTESTATION", nil, func(v vector) string {
			return strings.NewReplacer(`"65600"`, "65600", `"2049"`, "2049", `"2050"`, "2050").Replace(v.with("", ""))
		}, false},
		{"capitals", "AGGREGATION_SLOT", nil, func(v vector) string {
			return v.with("signingRoot", "0x"+strings.ToUpper(v.root[2:]))
		}, false},
	}
}

// flat is an aggregate as it was before there were versions: with committee bits all the same.
func flat(v vector) string {
	var wrapped struct{ Data json.RawMessage }
	_ = json.Unmarshal(v.request["aggregate_and_proof"], &wrapped) // of what was JSON
	v.request["type"], v.request["aggregate_and_proof"] = json.RawMessage(`"AGGREGATE_AND_PROOF"`), wrapped.Data
	return v.with("signingRoot", v.root)
}

// TestClients sends what each client sends, and expects what it can read.
func TestClients(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	for _, h := range habits() {
		for _, v := range ownVectors(t) {
			if v.name != h.vector {
				continue
			}
			want := v.signature
			if h.json {
				want = `{"signature":"` + v.signature + `"}`
			}
			if r := p.sign(t, v.key, h.body(v), h.headers...); r.status != 200 || r.body != want {
				t.Errorf("%s, %s: %d %s, want %s", h.client, h.vector, r.status, r.body, want)
			}
		}
	}
	// Vero reads both fields of the health, Prysm nothing but full keys from the list.
	health := p.get(t, p.api+"/healthcheck")
	health.expect(t, 200, `"status":"UP"`)
	health.expect(t, 200, `"outcome":"UP"`)
	list := p.get(t, p.api+"/api/v1/eth2/publicKeys")
	var keys []string
	if err := json.Unmarshal([]byte(list.body), &keys); err != nil || len(keys) != 4 {
		t.Fatalf("%v, %s", err, list.body)
	}
	for _, key := range keys {
		if len(key) != 98 || !strings.HasPrefix(key, "0x") || strings.ToLower(key) != key {
			t.Errorf("key %s", key)
		}
	}
	v := ownVectors(t)[0]
	for _, key := range []string{strings.TrimPrefix(v.key, "0x"), "0x" + strings.ToUpper(v.key[2:])} {
		p.sign(t, key, v.with("", "")).expect(t, 200, v.signature)
	}
}
