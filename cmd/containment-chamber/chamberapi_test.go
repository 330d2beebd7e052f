package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/actors"
	"containment-chamber/actors/audit"
	"containment-chamber/actors/ceremony"
	"containment-chamber/actors/chamber"
	"containment-chamber/actors/control"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/seal"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/signing"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	api "containment-chamber/http"
	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

// operated is a chamber behind its HTTP API.
type operated struct {
	*testing.T
	handler  http.Handler
	registry *prometheus.Registry
	state    *record
	shown    chan string
	keys     []string
}

func operate(t *testing.T) *operated {
	t.Helper()
	dir := t.TempDir()
	o := &operated{T: t, registry: prometheus.NewRegistry(), state: &record{}, shown: make(chan string, 10)}
	for i := range 2 {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := kek.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		o.keys = append(o.keys, "file:"+path)
	}
	system := actors.NewSystem(slog.New(slog.DiscardHandler))
	system.Observe(telemetry.New(telemetry.Config{Registerer: o.registry}).Observe)
	tree := chamber.Start(system, chamber.Config{
		Audit:    audit.Config{File: filepath.Join(dir, "audit.jsonl"), Queue: audit.NewQueue()},
		Slashing: slashing.Config{Timeout: time.Second, Open: func(context.Context) (eip3076.Recorder, error) { return memory.New(messages.Root{1}), nil }},
		Keys:     keys.Config{Loaders: 1, Memory: 1 << 30, Scan: func() directory.Listing { return directory.Listing{} }},
		Signing:  signing.Config{Permits: signing.NewPermits(4), Workers: 1, GroupWindow: time.Millisecond, GroupSize: 4, RecordTimeout: time.Second},
		Sealing: &chamber.Sealing{
			Seal:       seal.Config{Store: o.state, Keys: kek.NewRing(kek.Config{}), ShareWindow: time.Minute, WorkTimeout: time.Minute},
			Control:    control.Config{Store: components{o.state}, Interval: 20 * time.Millisecond},
			Ceremony:   ceremony.Config{BreakAfter: time.Minute, Show: func(_, token string) { o.shown <- token }},
			StuckAfter: 30 * time.Second,
		},
	})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	if err := system.AwaitReady(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = system.Stop(ctx) })
	o.handler = api.New(api.Config{
		Decode: func([]byte) (messages.Duty, error) { return messages.Duty{}, nil }, BatchAllowed: func(messages.Operation) bool { return false },
		Sign: actors.Bind[messages.Sign](tree.Signing), SignBatch: actors.Bind[messages.SignBatch](tree.Signing),
		PublicKeys: func(ctx context.Context) (messages.KeyRing, error) {
			return actors.Ask(ctx, tree.Keys, messages.GetKeyRing{})
		},
		Reload: actors.Bind[messages.ReloadKeys](tree.Keys), ReloadStatus: actors.Bind[messages.GetReloadStatus](tree.Keys),
		Health: func(context.Context) api.Health { return api.Health{} }, Observe: system.Publish, ObserveError: func(int) {},
		Chamber: &api.Chamber{
			Perform: actors.Bind[messages.PerformCeremony](tree.Guard), Status: actors.Bind[messages.GetSealStatus](tree.Seal),
			Guard: actors.Bind[messages.GetGuardWatch](tree.Watchdog), Challenge: actors.Bind[messages.GetChallenge](tree.Seal),
			CheckToken: actors.Bind[messages.CheckManagementToken](tree.Seal),
			Keys:       func(context.Context) (map[string]int, error) { return nil, nil },
		},
	})
	return o
}

// ask sends a request from this machine, and returns the reply.
func (o *operated) ask(method, path, token, body string) (status int, reply map[string]any) {
	o.Helper()
	request := httptest.NewRequest(method, "/api/v1/chamber"+path, strings.NewReader(body))
	request.RemoteAddr = "127.0.0.1:1"
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	recorder := httptest.NewRecorder()
	o.handler.ServeHTTP(recorder, request)
	if err := json.Unmarshal(recorder.Body.Bytes(), &reply); err != nil {
		o.Fatalf("%s: %q", path, recorder.Body)
	}
	return recorder.Code, reply
}

// want sends a request, and fails unless the reply has the status, and value as text under name.
func (o *operated) want(status int, name, value string) func(method, path, token, body string) map[string]any {
	return func(method, path, token, body string) map[string]any {
		o.Helper()
		got, reply := o.ask(method, path, token, body)
		if got != status || fmt.Sprint(reply[name]) != value {
			o.Fatalf("%s %s: %d %v, want %d and %s %s", method, path, got, reply, status, name, value)
		}
		return reply
	}
}

// counted is the value of a counter or a gauge with these labels.
func (o *operated) counted(name string, labels ...string) (value float64) {
	o.Helper()
	families, err := o.registry.Gather()
	if err != nil {
		o.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			var got []string
			for _, label := range metric.GetLabel() {
				got = append(got, label.GetValue())
			}
			if family.GetName() == name && slices.Equal(got, labels) {
				value = metric.GetCounter().GetValue() + metric.GetGauge().GetValue() // it is one of the two
			}
		}
	}
	return value
}

// TestOperatorsOverHTTP plays what the operators of a chamber do, on the real actors.
func TestOperatorsOverHTTP(t *testing.T) {
	o := operate(t)
	setup := <-o.shown
	plan, _ := json.Marshal(map[string]any{"kms_keys": o.keys, "kms_threshold": 2, "operators": []string{"alice", "bob"}, "quorum_threshold": 2})
	o.want(401, "error", "unauthorized")("POST", "/init", "cc-setup-x", string(plan))
	planned := o.want(200, "state", "awaiting_registration")("POST", "/init", setup, string(plan))
	tokens := planned["registration_tokens"].(map[string]any)
	const response, wrong = "0123456789abcdef0123456789abcdef01234567", "ffffffffffffffffffffffffffffffffffffffff"
	alice := func(response string) string {
		return fmt.Sprintf(`{"operator":"alice","yubikey_response":%q}`, response)
	}
	bob := func(phrase string) string { return fmt.Sprintf(`{"operator":"bob","passphrase":%q}`, phrase) }
	phrase := bob("nine odd yellow kettles whistle")

	for phrase, reason := range map[string]string{"short": "too_short", "aaaaaaaaaaaaaaaaaaaa": "too_weak"} {
		reply := o.want(400, "error", "passphrase_refused")("POST", "/register", tokens["bob"].(string), bob(phrase))
		counted := o.counted("containment_passphrase_validation_rejections_total", "register", reason)
		if !strings.Contains(reply["message"].(string), reason) || counted != 1 {
			t.Errorf("%s: %v, counted %v", reason, reply, counted)
		}
	}
	o.want(200, "remaining", "[alice]")("POST", "/register", tokens["bob"].(string), phrase)
	if _, reply := o.ask("GET", "/challenge/alice?registering=true", "", ""); len(fmt.Sprint(reply["challenge"])) < 32 {
		t.Error(reply)
	}
	o.want(200, "remaining", "[]")("POST", "/register", tokens["alice"].(string), alice(response))
	o.await("kms_unsealed")
	o.want(503, "error", "sealed")("POST", "/seal", "cc_token_x_y", "{}")
	o.want(403, "error", "wrong_credential")("POST", "/unseal", "", alice(wrong))
	o.want(200, "missing", "[bob]")("POST", "/unseal", "", alice(response))
	o.want(409, "error", "given_already")("POST", "/unseal", "", alice(response))
	o.want(200, "state", "unsealed")("POST", "/unseal", "", phrase)

	o.want(200, "consents", "[bob]")("POST", "/root-token", "", phrase)
	_, reply := o.ask("POST", "/root-token", "", alice(response))
	token, _ := reply["token"].(string)
	o.want(200, "detail", "full")("GET", "/status", token, "")
	o.want(401, "error", "unauthorized")("POST", "/seal", token+"x", "{}")
	o.want(409, "error", "wrong_state")("DELETE", "/rotate", token, "")
	o.want(200, "state", "sealed")("POST", "/seal", token, `{"reason":"drill"}`)
}

// await waits for what the chamber does by itself.
func (o *operated) await(state string) {
	o.Helper()
	for range 1000 {
		if _, reply := o.ask("GET", "/status", "", ""); reply["state"] == state {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	o.Fatalf("it does not become %s", state)
}
