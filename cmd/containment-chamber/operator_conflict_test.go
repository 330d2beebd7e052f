package main_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	program "containment-chamber/cmd/containment-chamber"
)

const (
	stuckNow = `{"detail":"brief","version":"v1","state":"unsealed","closing":false,"mode":"kms_quorum","kms":{"threshold":2,"open":true},` +
		`"quorum":{"operators":[],"threshold":2,"given":0},"guard":{"held":true,"ceremony":"rotate kms","held_seconds":70,"stuck":true,"finding":"held"}}`
	waiting = `{"detail":"brief","version":"v1","state":"kms_unsealed","closing":false,"mode":"quorum","kms":{"threshold":0,"open":true},` +
		`"quorum":{"operators":[],"threshold":3,"given":2},"guard":{"held":false,"stuck":false}}`
)

func conflict(code, chamber string) http.HandlerFunc {
	return says(409, `{"error":"`+code+`","message":"no","request_id":"r-7","chamber":`+chamber+`}`)
}

// TestConflictsAreTold: a refusal for how the chamber stands says how, and what to do, without another question.
func TestConflictsAreTold(t *testing.T) {
	server := httptest.NewServer(conflict("guard_busy", stuckNow))
	defer server.Close()
	seal := []string{"operator", "seal", "--auth-token", "env:TOKEN", "--signer-url", server.URL}
	told, stderr, code := program.Run(t.Context(), []string{"TOKEN=cc_token_x"}, seal...)
	if code != 1 || !strings.Contains(stderr, "no (request r-7)") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	for _, want := range []string{"state       unsealed", "opens with  2 key-encryption keys, then 2 operators", "ceremony    rotate kms", "STUCK", "containment-chamber operator status"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is missing in\n%s", want, told)
		}
	}
	told, _, code = program.Run(t.Context(), []string{"TOKEN=cc_token_x"}, append(seal, "--output", "json")...)
	var report struct {
		Signers []struct {
			Error struct{ Chamber json.RawMessage }
		}
	}
	if err := json.Unmarshal([]byte(told), &report); err != nil || code != 1 || !strings.Contains(string(report.Signers[0].Error.Chamber), `"unsealed"`) {
		t.Errorf("exit code %d, %v, %s", code, err, told)
	}
}

// TestGivenBeforeIsDone: whoever says it twice is told how far it is by the refusal itself, from afar too.
func TestGivenBeforeIsDone(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/chamber/unseal", conflict("given_already", waiting))
	server := httptest.NewServer(mux)
	defer server.Close()
	told, stderr, code := program.Run(t.Context(), []string{"WORDS=some words"}, "operator", "unseal", "--operator", "alice", "--passphrase", "env:WORDS", "--signer-url", server.URL)
	if code != 0 || !strings.Contains(told, "done before: the chamber is kms_unsealed, with 2 of 3 shares") {
		t.Errorf("exit code %d, %q, %q", code, told, stderr)
	}
}
