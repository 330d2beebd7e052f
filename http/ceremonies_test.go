package http_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"containment-chamber/messages"
)

const (
	planBody = `{"kms_keys":["file:a","file:b"],"kms_threshold":2,"operators":["alice","bob"],"quorum_threshold":1,"allow_single_operator":true}`
	planRead = "{[file:a file:b] 2 [alice bob] 1 true}"
	response = "0123456789abcdef0123456789abcdef01234567"
)

// TestCeremonies shows what is asked for, by whom and with what, for each request that is in order.
func TestCeremonies(t *testing.T) {
	tests := []struct {
		method, path, body, token string
		asked                     string
	}{
		{"POST", "/init", planBody, "Bearer cc-setup-x", "setup token | init | cc-setup-x " + planRead},
		{"POST", "/register", `{"operator":"alice","passphrase":"` + passphrase + `"}`, "bearer  cc_reg_x ", "alice | register | alice cc_reg_x " + passphrase},
		{"POST", "/register", `{"yubikey_response":"` + response + `","operator":"bob"}`, "Basic dTpjY19yZWdfeDp5", "bob | register | bob cc_reg_x:y  " + response},
		{"POST", "/unseal", `{"operator":"alice","passphrase":"ä\u00e4\ud83d\ude00 \"\\\/\b\f\n\r\t"}`, "", "alice | unseal share | alice ää😀 \"\\/\b\f\n\r"},
		{"POST", "/unseal", `{"operator":"bob","yubikey_response":"` + strings.ToUpper(response) + `"}`, "", "bob | unseal share | bob  " + response},
		{"POST", "/unseal", `{"kms":true}`, "", "address " + fromHere + " | unseal kms | "},
		{"POST", "/seal", `{"reason":"laptop stolen"}`, managing, managerName + " | seal | laptop stolen"},
		{"POST", "/seal", ``, managing, managerName + " | seal | "},
		{"POST", "/rotate/kms", `{"kms_keys":["file:a"],"kms_threshold":1}`, managing, managerName + " | rotate kms | {[file:a] 1 [] 0 false}"},
		{"POST", "/rotate/quorum", planBody, managing, managerName + " | rotate quorum | " + planRead},
		{"POST", "/rotate/mode", planBody, managing, managerName + " | rotate mode | " + planRead},
		{"DELETE", "/rotate", ``, managing, managerName + " | abort | "},
		{"POST", "/root-token", `{"operator":"alice","passphrase":"` + passphrase + `"}`, "", "alice | root token | alice " + passphrase},
		{"POST", "/root-token", `{"code":"cc-code-x"}`, "", "address " + fromHere + " | root token | cc-code-x"},
		{"POST", "/root-token", `{}`, "", "address " + fromHere + " | root token | "},
		{"POST", "/root-token", ``, "", "address " + fromHere + " | root token | "},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			s := newChamber()
			s.from = fromHere
			headers := []string{"Authorization", test.token}
			if test.token == "" {
				headers = nil
			}
			if reply := s.ask(test.method, test.path, test.body, headers...); reply.Code != 200 {
				t.Fatalf("%d %s", reply.Code, reply.Body)
			}
			if len(s.asked) != 1 || strings.TrimSpace(s.asked[0]) != strings.TrimSpace(test.asked) {
				t.Errorf("asked for %q, want %q", s.asked, test.asked)
			}
		})
	}
}

// TestCeremoniesByAnAddress: the one behind a proxy is who asks, and not the proxy.
func TestCeremoniesByAnAddress(t *testing.T) {
	for peer, want := range map[string]string{"192.0.2.7:5": "203.0.113.9", "192.0.2.8:5": "192.0.2.8:5", "192.0.2.9:5": "192.0.2.9:5"} {
		s := newChamber()
		s.from = peer
		s.config.TrustedProxies = parse(t, "192.0.2.7", "192.0.2.9")
		forwarded := "203.0.113.9"
		if want == "192.0.2.9:5" {
			forwarded = "nobody"
		}
		s.ask("POST", "/root-token", "{}", "X-Forwarded-For", forwarded)
		if asked := "address " + want + " | root token |"; len(s.asked) != 1 || strings.TrimSpace(s.asked[0]) != asked {
			t.Errorf("asked for %q, want %q", s.asked, asked)
		}
	}
}

// TestMalformedCeremonies: nothing is asked for, and the reply says what is wrong without repeating what was sent.
func TestMalformedCeremonies(t *testing.T) {
	tests := []struct{ path, body, says string }{
		{"/init", `{"kms_keys":"file:a"}`, "kms_keys: want a list"},
		{"/init", `{"kms_keys":["file:a\n"]}`, "kms_keys: want a text of at most 2048 bytes"},
		{"/init", `{"kms_threshold":1.5}`, "kms_threshold: want a whole number"},
		{"/init", `{"kms_threshold":"1"}`, "kms_threshold: want a whole number"},
		{"/init", `{"allow_single_operator":1}`, "allow_single_operator: want true or false"},
		{"/init", `{"operator":["alice"]}`, "allow_single_operator, kms_keys, kms_threshold, operators, quorum_threshold"},
		{"/init", `{"kms_threshold":1,"kms_threshold":2}`, "twice"},
		{"/register", `{"operator":"alice"}`, "either passphrase or yubikey_response"},
		{"/register", `{"passphrase":"hidden"}`, "want operator"},
		{"/register", `{"operator":"alice","passphrase":"hidden","yubikey_response":"` + response + `"}`, "either passphrase or yubikey_response"},
		{"/register", `{"operator":"alice","passphrase":["hidden"]}`, "passphrase: want a text"},
		{"/register", `{"operator":"alice","hidden":"x"}`, "a name in it is unknown"},
		{"/register", `{"operator":"` + strings.Repeat("a", 65) + `","passphrase":"hidden"}`, "operator: want a text of at most 64 bytes"},
		{"/unseal", `{"operator":"alice","yubikey_response":"hidden"}`, "yubikey_response: want 40 hexadecimal digits"},
		{"/unseal", `{"operator":"alice","yubikey_response":"0123"}`, "yubikey_response: want 40 hexadecimal digits"},
		{"/unseal", `{"operator":"alice","passphrase":"hidden"`, "not valid JSON"},
		{"/unseal", `{"operator":"alice","passphrase":{"hidden":1}}`, "flat object"},
		{"/unseal", "{\"operator\":\"alice\",\"passphrase\":\"hidden\xff\"}", "not valid UTF-8"},
		{"/unseal", `{"kms":true,"passphrase":"hidden"}`, "kms: "},
		{"/unseal", `{"operator":"alice","passphrase":null}`, "passphrase: want a text"},
		{"/unseal", `{"kms":false}`, "want operator"},
		{"/unseal", ``, "want operator"},
		{"/seal", `{"reason":"` + strings.Repeat("x", 501) + `"}`, "reason: want a text of at most 500 bytes"},
		{"/root-token", `{"operator":"alice"}`, "either passphrase"},
		{"/root-token", `{"operator":"alice","passphrase":"x","code":"hidden"}`, "code: "},
		{"/rotate/mode", `[]`, "flat object"},
	}
	for _, test := range tests {
		s := newChamber()
		message := expect(t, s.ask("POST", test.path, test.body, "Authorization", managing), 400, "malformed_request")
		if !strings.Contains(message, test.says) || strings.Contains(message, "hidden") {
			t.Errorf("%s %s: %s", test.path, test.body, message)
		}
		if s.asked != nil {
			t.Errorf("%s %s: asked for %q", test.path, test.body, s.asked)
		}
	}
}

// TestUnsealByKMSNeedsAnAddress: it has no credential, so that not everybody can undo an emergency seal.
func TestUnsealByKMSNeedsAnAddress(t *testing.T) {
	networks := func(s *signerWithChamber, texts ...string) {
		s.chamber.Allowed = parse(t, texts...)
	}
	for name, test := range map[string]struct {
		from    string
		list    []string
		headers []string
		allowed bool
	}{
		"this machine":          {"127.0.0.1:1", nil, nil, true},
		"this machine, IPv6":    {"[::1]:1", nil, nil, true},
		"another":               {"10.0.0.1:1", nil, nil, false},
		"another, named":        {"10.0.0.1:1", []string{"10.0.0.0/8"}, nil, true},
		"a proxy here":          {"127.0.0.1:1", nil, []string{"X-Forwarded-For", "127.0.0.1"}, false},
		"here, but not allowed": {"127.0.0.1:1", []string{"10.0.0.0/8"}, nil, false},
	} {
		s := newChamber()
		s.from = test.from
		networks(s, test.list...)
		reply := s.ask("POST", "/unseal", `{"kms":true}`, test.headers...)
		if test.allowed && reply.Code != 200 || !test.allowed && reply.Code != 403 || (len(s.asked) == 1) != test.allowed {
			t.Errorf("%s: %d %s", name, reply.Code, reply.Body)
		}
	}
}

// TestAbortWhileTheFirstRegister takes the setup token, which the guard checks, and no other way round the management token.
func TestAbortWhileTheFirstRegister(t *testing.T) {
	s := newChamber()
	s.status.State = messages.StateAwaitingRegistration
	expect(t, s.ask("DELETE", "/rotate", ""), 401, "unauthorized")
	if reply := s.ask("DELETE", "/rotate", "", "Authorization", "Bearer cc-setup-x"); reply.Code != 200 || !slices.Equal(s.asked, []string{"setup token | abort | cc-setup-x"}) {
		t.Errorf("%d %q", reply.Code, s.asked)
	}
	s = newChamber()
	s.status.State = messages.StateAwaitingRotation
	expect(t, s.ask("DELETE", "/rotate", "", "Authorization", "Bearer cc-setup-x"), 401, "unauthorized")
	s.chamber.Status = func(context.Context, messages.GetSealStatus) (messages.SealStatus, error) {
		return messages.SealStatus{}, messages.ErrUnavailable
	}
	expect(t, s.ask("DELETE", "/rotate", "", "Authorization", managing), 503, "unavailable")
	expect(t, s.ask("DELETE", "/rotate", `{"force":true}`, "Authorization", managing), 400, "malformed_request")
	if s.asked != nil {
		t.Errorf("%q", s.asked)
	}
}

// TestRefusedCeremonies shows what a refusal says of itself.
func TestRefusedCeremonies(t *testing.T) {
	for _, test := range []struct {
		err               error
		status            int
		code, says, after string
	}{
		{fmt.Errorf("%w: too_short: use at least 14 characters", messages.ErrPassphrase), 400, "passphrase_refused", "too_short: use at least 14 characters", ""},
		{fmt.Errorf("%w: operator alice", messages.ErrWrongCredential), 403, "wrong_credential", "alice", ""},
		{messages.LockedOut{Operator: "alice", For: 90 * time.Second}, 429, "locked_out", "1m30s", "90"},
		{fmt.Errorf("%w: rotate kms, by kq7", messages.ErrGuardBusy), 409, "guard_busy", "rotate kms", "2"},
		{fmt.Errorf("%w: the chamber is sealed", messages.ErrWrongState), 409, "wrong_state", "the chamber is sealed", ""},
		{fmt.Errorf("%w: disk full", messages.ErrAuditUnavailable), 503, "audit_unavailable", "audit.file", "5"},
		{errors.New("hidden"), 500, "internal", "report it", ""},
	} {
		s := newChamber()
		s.chamber.Perform = func(_ context.Context, m messages.PerformCeremony) (messages.CeremonyOutcome, error) {
			m.Ceremony.Wipe()
			return messages.CeremonyOutcome{}, test.err
		}
		reply := s.ask("POST", "/register", `{"operator":"alice","passphrase":"hidden"}`, "Authorization", "Bearer x")
		message := expect(t, reply, test.status, test.code)
		if !strings.Contains(message, test.says) || strings.Contains(message, "hidden") || reply.Header().Get("Retry-After") != test.after {
			t.Errorf("%v: %s %v", test.err, message, reply.Header())
		}
	}
}

func TestChallenge(t *testing.T) {
	s := newChamber()
	var asked messages.GetChallenge
	s.chamber.Challenge = func(_ context.Context, m messages.GetChallenge) (messages.Challenge, error) {
		asked = m
		if m.Operator == "mallory" {
			return messages.Challenge{}, fmt.Errorf("%w: operator", messages.ErrMalformed)
		}
		return messages.Challenge{Bytes: []byte{1, 0xff}}, nil
	}
	for path, want := range map[string]messages.GetChallenge{
		"/challenge/alice": {Operator: "alice"}, "/challenge/alice?registering=false": {Operator: "alice"}, "/challenge/bob?registering=true": {Operator: "bob", Registering: true},
	} {
		if reply := s.ask("GET", path, ""); reply.Code != 200 || reply.Body.String() != `{"challenge":"01ff"}` || asked != want {
			t.Errorf("%s: %d %s, asked %v", path, reply.Code, reply.Body, asked)
		}
	}
	expect(t, s.ask("GET", "/challenge/mallory", ""), 400, "malformed_request")
	expect(t, s.ask("GET", "/challenge/alice?registering=perhaps", ""), 400, "malformed_request")
}
