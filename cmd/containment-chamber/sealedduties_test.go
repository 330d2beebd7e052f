package main_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/storetest/postgres"
)

const dutiesSealed = "containment_anti_slashing_master_key_sealed_total"

// TestSealedDuties seals a chamber in an emergency while protected duties are under way. Rows are authenticated under the
// master key: what has not reached the store by then is aborted and counted, although the keys that sign are plain files.
func TestSealedDuties(t *testing.T) {
	t.Parallel()
	var server postgres.Server
	t.Cleanup(server.Stop)
	c := custodians{T: t, dir: t.TempDir()}
	url, keys := server.Database(t), c.kek("alpha.key", "beta.key")
	c.write("a.yaml", fmt.Sprintf(`network: hoodi
signer_state: {backend: postgres, url: %q}
anti_slashing: {backend: postgres, url: %[1]q}
key_sources: {filesystem: {paths: [%q]}}
http: {request_timeout_seconds: 60}
audit: {file: a.jsonl}
`, url, devKeyFile(t)))
	p := watch(t, c.dir, "--config=a.yaml", "--server-listen-address=127.0.0.1", "--metrics-listen-address=127.0.0.1")
	token := p.openedByKMS(t, keys)
	vote := func(target uint64, head byte) reply {
		t.Helper()
		return p.sign(t, devKey(0), attestation(target-1, target, head))
	}
	for until := time.Now().Add(patience); vote(3000, 1).status != 200; time.Sleep(20 * time.Millisecond) { // it gets the key of rows
		if time.Now().After(until) {
			t.Fatal("it does not sign")
		}
	}
	before := p.sample(t, dutiesSealed)

	stalled := stallWrites(t, url, "chamber_slashing.attestations")
	ask := func(target uint64) chan reply {
		answer := make(chan reply, 1)
		go func() {
			r, err := p.send(http.MethodPost, p.api+"/api/v1/eth2/sign/"+devKey(0), attestation(target-1, target, 1))
			if err != nil {
				t.Error(err)
			}
			answer <- r
		}()
		return answer
	}
	under := ask(3001)
	stalled.awaits(1)
	if n := p.sample(t, `containment_anti_slashing_pg_pool{status="in_use"}`); n != 1 {
		t.Errorf("%v connections are in use", n)
	}
	waiting := ask(3002)
	sealed := make(chan reply, 1)
	go func() { sealed <- p.post(t, "/seal", token, map[string]any{"reason": "fire"}) }()
	for until := time.Now().Add(patience); !strings.Contains(p.get(t, p.api+"/api/v1/chamber/status").body, `"closing":true`); {
		if time.Now().After(until) {
			t.Fatal("it is not being sealed")
		}
	}
	stalled.end()
	(<-sealed).expect(t, 200, `"sealed"`)
	(<-under).expect(t, 200, "0x") // it was with the store
	(<-waiting).expect(t, 503, `"sealed"`)
	if after := p.sample(t, dutiesSealed); after != before+1 {
		t.Errorf("%v duties were counted", after-before)
	}
	p.sign(t, devKey(0), randao(3001)).expect(t, 200, "0x")
	vote(3003, 1).expect(t, 503, `"sealed"`)
	if after := p.sample(t, dutiesSealed); after != before+2 {
		t.Errorf("%v duties were counted", after-before)
	}
	p.post(t, "/unseal", "", map[string]any{"kms": true}).expect(t, 200, `"unsealed"`)
	for until := time.Now().Add(patience); vote(3003, 1).status != 200; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("it does not sign any more")
		}
	}
	vote(3001, 2).expect(t, 412, "double_vote")
	vote(3002, 2).expect(t, 200, "0x") // nothing was recorded of it
	p.refusesForgeries(t, url)
}

// refusesForgeries changes what a database has of the first key, table by table, and looks at how that is counted.
func (p *process) refusesForgeries(t *testing.T, url string) {
	t.Helper()
	p.sign(t, devKey(0), block(96064, 1)).expect(t, 200, "0x")
	for _, forgery := range []struct{ table, change, duty, counted string }{
		{"attestations", "signing_root = decode(repeat('00', 32), 'hex')", attestation(3002, 3003, 2), `hmac_mismatch_total{row_kind="attestation"}`},
		{"attestations", "scheme = 7", attestation(3002, 3003, 2), `malformed_row_total{reason="unsupported_scheme"}`},
		{"blocks", "signing_root = decode(repeat('00', 32), 'hex')", block(96064, 2), `hmac_mismatch_total{row_kind="block"}`},
		{"validators", "low_target = 0, revision = revision + 1", attestation(3003, 3004, 1), `hmac_mismatch_total{row_kind="watermark"}`},
	} {
		table := "chamber_slashing." + forgery.table
		execute(t, url, "CREATE TABLE genuine AS TABLE "+table+"; UPDATE "+table+" SET "+forgery.change)
		p.sign(t, devKey(0), forgery.duty).expect(t, 500, "slashing_row_refused")
		if n := p.sample(t, "containment_anti_slashing_"+forgery.counted); n != 1 {
			t.Errorf("%s is %v", forgery.counted, n)
		}
		execute(t, url, "DELETE FROM "+table+"; INSERT INTO "+table+" OVERRIDING SYSTEM VALUE TABLE genuine; DROP TABLE genuine")
	}
	p.sign(t, devKey(0), attestation(3003, 3004, 1)).expect(t, 200, "0x")
}
