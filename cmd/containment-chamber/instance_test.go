package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/config"
)

// instance is the whole signer with clients' eyes, run within the test, so that the test can injure it.
type instance struct {
	*signer
	api, metrics string // URLs
	client       *http.Client
	keys         []string
	ended        chan error // how it ended
	stop         func()
}

// begin starts a signer of hoodi with some devnet keys. Flags beat its own; change may adjust what was built of them.
func begin(t *testing.T, keys int, flags map[string]string, change func(*signer)) *instance {
	t.Helper()
	dir := t.TempDir()
	i := &instance{ended: make(chan error, 1), client: &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: 512}, Timeout: 30 * time.Second,
	}}
	all := map[string]string{
		"network": "hoodi", "server-listen-address": "127.0.0.1", "server-listen-port": "0",
		"metrics-listen-address": "127.0.0.1", "metrics-listen-port": "0",
		"key-sources-filesystem-paths": i.writeKeys(t, dir, keys), "anti-slashing-path": filepath.Join(dir, "history.sqlite"),
	}
	maps.Copy(all, flags)
	cfg, err := config.Load(config.Options{Flags: all})
	if err != nil {
		t.Fatal(err)
	}
	if i.signer, err = newSigner(&job{process: process{stderr: io.Discard}}, cfg); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(i.signer)
	}
	ctx, cancel := context.WithCancel(context.Background())
	i.stop = cancel
	if err := i.start(ctx); err != nil {
		t.Fatal(errors.Join(err, i.signer.stop()))
	}
	i.api, i.metrics = "http://"+i.signer.api.Address(), "http://"+i.scrape.Address()
	go func() { i.ended <- errors.Join(i.wait(ctx, nil), i.signer.stop()) }()
	return i
}

func (i *instance) writeKeys(t *testing.T, dir string, n int) string {
	t.Helper()
	for index := range n {
		secret := interopSecret(uint64(index))
		key, err := bls.NewSecretKey(secret)
		if err != nil {
			t.Fatal(err)
		}
		i.keys = append(i.keys, key.PublicKey().String())
		text := fmt.Sprintf("type: file-raw\nkeyType: BLS\nprivateKey: \"0x%x\"\n", secret)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.yaml", index)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// end tells the signer to stop and expects it to do so in order.
func (i *instance) end(t *testing.T) {
	t.Helper()
	i.client.CloseIdleConnections()
	i.stop()
	if err := <-i.ended; err != nil {
		t.Error(err)
	}
}

// get returns the status and the body that a GET is answered with, and how long that took.
func (i *instance) get(url string) (int, string, time.Duration, error) {
	began := time.Now()
	response, err := i.client.Get(url)
	if err != nil {
		return 0, "", 0, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), time.Since(began), err
}

// sign asks for a signature, and returns the status.
func (i *instance) sign(key int, body string) (int, error) {
	response, err := i.client.Post(i.api+"/api/v1/eth2/sign/"+i.keys[key], "application/json", strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// ballot is a request for a vote with target epoch and the epoch before as source. Another head contradicts it.
func ballot(target uint64, head byte) string {
	const fork = `"fork_info":{"fork":{"previous_version":"0x50000910","current_version":"0x60000910","epoch":"2048"},` +
		`"genesis_validators_root":"0x212f13fc4df078b6cb7db228f1c8307566dcecf900867401a92023d7ba99cb5f"}`
	root := "0x" + strings.Repeat("01", 32)
	return fmt.Sprintf(`{"type":"ATTESTATION",%s,"attestation":{"slot":"%d","index":"0","beacon_block_root":"0x%s",`+
		`"source":{"epoch":"%d","root":"%s"},"target":{"epoch":"%d","root":"%s"}}}`,
		fork, target*32, strings.Repeat(fmt.Sprintf("%02x", head), 32), target-1, root, target, root)
}
