package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/telemetry/collectortest"
)

const tracedPassphrase = "nine odd yellow kettles whistle"

// ceremony asks for a ceremony in the caller's trace, and returns the reply.
func (s *traced) ceremony(path, token, body string, status int) (reply struct {
	Tokens map[string]string `json:"registration_tokens"`
}) {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), http.MethodPost, "http://"+s.api.Address()+"/api/v1/chamber"+path, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	request.Header.Set("traceparent", "00-"+callersTrace+"-"+callersSpan+"-01")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	if err := json.Unmarshal(text, &reply); err != nil || answer.StatusCode != status {
		s.Fatalf("%s: %d %s (%v), want %d", path, answer.StatusCode, text, err, status)
	}
	return reply
}

// paths are the spans of a trace by their way from the root, as "request / ceremony / …", each with what it was about.
func paths(spans []collectortest.Span, in func(collectortest.Span) bool) (all []string) {
	byID := map[string]collectortest.Span{}
	for _, span := range spans {
		byID[span.ID] = span
	}
	for _, span := range spans {
		if !in(span) {
			continue
		}
		var path string
		for found := true; found; span, found = byID[span.Parent] {
			path = strings.TrimSuffix(span.Name+" / "+path, " / ")
		}
		if !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	return all
}

// TestTraceOfACeremony follows ceremonies from the socket to key-encryption keys, Argon2id and the signer state, and
// finds no secret on the way. Refreshes of the signer state are traced beside them.
func TestTraceOfACeremony(t *testing.T) {
	dir := t.TempDir()
	if err := kek.WriteFile(filepath.Join(dir, "kek")); err != nil {
		t.Fatal(err)
	}
	s := startTraced(t, map[string]string{
		"signer-state-backend": "sqlite", "signer-state-path": filepath.Join(dir, "state.sqlite"), "audit-file": filepath.Join(dir, "audit.jsonl"),
	})
	var setup string
	for range 3000 {
		if setup = regexp.MustCompile("cc-setup-[a-z2-7]+").FindString(s.log.String()); setup != "" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	plan := fmt.Sprintf(`{"kms_keys":["file:%s"],"kms_threshold":1,"operators":["alice"],"quorum_threshold":1,"allow_single_operator":true}`, filepath.Join(dir, "kek"))
	token := s.ceremony("/init", setup, plan, 200).Tokens["alice"]
	proof := fmt.Sprintf(`{"operator":"alice","passphrase":%q}`, tracedPassphrase)
	s.ceremony("/register", token, proof, 200)
	s.ceremony("/unseal", "", strings.Replace(proof, "kettles", "cattle", 1), 403)
	s.ceremony("/unseal", "", proof, 200)
	_, spans := s.end()

	mine := paths(spans, func(span collectortest.Span) bool { return span.Trace == callersTrace })
	for _, want := range []string{
		"POST /api/v1/chamber/init / ceremony / evidence",
		"POST /api/v1/chamber/init / ceremony / act / seal job / check / kms call",
		"POST /api/v1/chamber/init / ceremony / act / seal job / write / state write",
		"POST /api/v1/chamber/register / ceremony / act / seal job / register / argon2id",
		"POST /api/v1/chamber/unseal / ceremony / act / seal job / share / argon2id",
		"POST /api/v1/chamber/unseal / ceremony / act / seal job / lift / state write",
	} {
		if !slices.Contains(mine, want) {
			t.Errorf("no span %s among\n%s", want, strings.Join(mine, "\n"))
		}
	}
	others := paths(spans, func(span collectortest.Span) bool { return span.Trace != callersTrace })
	slices.Sort(others)
	if want := []string{"refresh", "refresh / state read", "refresh / take"}; !slices.Equal(others, want) {
		t.Errorf("other spans %q, want %q", others, want)
	}
	for _, span := range spans {
		text := fmt.Sprintf("%+v", span)
		for _, secret := range []string{setup, token, "kettles", "cattle"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q in %s", secret, text)
			}
		}
	}
	failed := slices.IndexFunc(spans, func(span collectortest.Span) bool { return span.Name == "argon2id" && span.Error != "" })
	if failed < 0 || !strings.Contains(spans[failed].Error, "wrong credential") {
		t.Error("the wrong passphrase is no error of its span")
	}
}
