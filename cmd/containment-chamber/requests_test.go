package main_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	program "containment-chamber/cmd/containment-chamber"
)

// devKey returns the public key of one of the keys of --dev, which are known to everybody.
func devKey(i int) string {
	return [...]string{
		"0xa99a76ed7796f7be22d5b7e85deeb7c5677e88e511e0b337618f8c4eb61349b4bf2d153f649f7b53359fe8b94a38e44c",
		"0xb89bebc699769726a318c8e9971bd3171297c61aea4a6578a7a4f94b547dcba5bac16a89108b6b6a1fe3695d1a874a0b",
		"0xa3a32b0f8b4ddb83f1a0a853d81dd725dfe577d4f4c3db8ece52ce2b026eca84815c1a7e8e92a4de3d755733bf7e4a9b",
		"0x88c141df77cd9d8d7a71a75c826c41a9c9f03c6ee1b180f3e7852f6a280099ded351b58d66e653af8e42816a4d8f532e",
	}[i]
}

// devKeyFile writes a descriptor of the first of the keys of --dev.
func devKeyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.yaml")
	writeDevKey(t, path, 0)
	return path
}

// writeDevKey writes a descriptor of one of them.
func writeDevKey(t *testing.T, path string, i int) {
	t.Helper()
	text := fmt.Sprintf("type: file-raw\nprivateKey: \"0x%x\"\n", program.InteropSecret(uint64(i)))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const (
	hoodiRoot = "0x212f13fc4df078b6cb7db228f1c8307566dcecf900867401a92023d7ba99cb5f"
	hoodiFork = `"fork_info":{"fork":{"previous_version":"0x50000910","current_version":"0x60000910","epoch":"2048"},"genesis_validators_root":"` + hoodiRoot + `"}`
)

// rootOf is a root of one byte, written 32 times.
func rootOf(b byte) string { return "0x" + strings.Repeat(fmt.Sprintf("%02x", b), 32) }

// attestation is a request for a vote on hoodi. Votes for other heads contradict each other.
func attestation(source, target uint64, head byte) string {
	return fmt.Sprintf(`{"type":"ATTESTATION",%s,"attestation":{"slot":"%d","index":"0","beacon_block_root":"%s","source":{"epoch":"%d","root":"%s"},"target":{"epoch":"%d","root":"%s"}}}`,
		hoodiFork, target*32, rootOf(head), source, rootOf(1), target, rootOf(2))
}

// block is a request for a proposal on hoodi. Blocks with other states contradict each other.
func block(slot uint64, state byte) string {
	return fmt.Sprintf(`{"type":"BLOCK_V2",%s,"beacon_block":{"version":"ELECTRA","block_header":{"slot":"%d","proposer_index":"7","parent_root":"%s","state_root":"%s","body_root":"%s"}}}`,
		hoodiFork, slot, rootOf(1), rootOf(state), rootOf(2))
}

// randao is a request that slashing protection does not concern.
func randao(epoch uint64) string {
	return fmt.Sprintf(`{"type":"RANDAO_REVEAL",%s,"randao_reveal":{"epoch":"%d"}}`, hoodiFork, epoch)
}

// reply is an HTTP response that was read.
type reply struct {
	status int
	header http.Header
	body   string
}

// send asks the server. Headers are written as "Name: value".
func (p *process) send(method, url, body string, headers ...string) (reply, error) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	for _, h := range headers {
		key, value, _ := strings.Cut(h, ": ")
		request.Header.Set(key, value)
	}
	response, err := p.client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(text)}, err
}

func (p *process) get(t *testing.T, url string, headers ...string) reply {
	t.Helper()
	r, err := p.send(http.MethodGet, url, "", headers...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sign asks for a signature by a key.
func (p *process) sign(t *testing.T, key, body string, headers ...string) reply {
	t.Helper()
	r, err := p.send(http.MethodPost, p.api+"/api/v1/eth2/sign/"+key, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// expect compares a reply's status, and looks for a text in its body.
func (r reply) expect(t *testing.T, status int, text string) {
	t.Helper()
	if r.status != status || !strings.Contains(r.body, text) {
		t.Errorf("%d %s, want %d and %q", r.status, r.body, status, text)
	}
}
