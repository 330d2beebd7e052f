package http_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"containment-chamber/messages"
)

func secretOf(text string) messages.Secret { return messages.NewSecret([]byte(text)) }

// operators makes a quorum of them, of whom the first two have done what is asked for.
func operators(done func(*messages.OperatorStatus)) messages.QuorumStatus {
	q := messages.QuorumStatus{Threshold: 2, Given: 2}
	for i, name := range []string{"alice", "bob", "carol"} {
		o := messages.OperatorStatus{Name: name}
		if i < 2 {
			done(&o)
		}
		q.Operators = append(q.Operators, o)
	}
	return q
}

func TestReplies(t *testing.T) {
	given := operators(func(o *messages.OperatorStatus) { o.Given = true })
	registered := operators(func(o *messages.OperatorStatus) { o.Registered = true })
	credential := `{"operator":"alice","passphrase":"x"}`
	for name, test := range map[string]struct {
		method, path, body string
		outcome            messages.CeremonyOutcome
		status             messages.SealStatus
		want               string
	}{
		"planned, nobody": {"POST", "/init", planBody, messages.CeremonyOutcome{}, messages.SealStatus{State: messages.StateUnsealed},
			`{"state":"unsealed","registration_tokens":{}}`},
		"planned": {"POST", "/rotate/quorum", planBody, messages.CeremonyOutcome{RegistrationTokens: []messages.RegistrationToken{
			{Operator: "alice", Token: secretOf("cc_reg_a")}, {Operator: `"bob"`, Token: secretOf("q\"\\\n")},
		}}, messages.SealStatus{State: messages.StateAwaitingRotation},
			`{"state":"awaiting_rotation","registration_tokens":{"alice":"cc_reg_a","\"bob\"":"q\u0022\u005c\u000a"}}`},
		"registered": {"POST", "/register", credential, messages.CeremonyOutcome{}, messages.SealStatus{State: messages.StateAwaitingRegistration, Quorum: registered},
			`{"state":"awaiting_registration","remaining":["carol"]}`},
		"registered with the next": {"POST", "/register", credential, messages.CeremonyOutcome{}, messages.SealStatus{State: messages.StateAwaitingRotation, Rotation: registered},
			`{"state":"awaiting_rotation","remaining":["carol"]}`},
		"registered last": {"POST", "/register", credential, messages.CeremonyOutcome{}, messages.SealStatus{State: messages.StateSealed},
			`{"state":"sealed","remaining":[]}`},
		"share": {"POST", "/unseal", credential, messages.CeremonyOutcome{}, messages.SealStatus{State: messages.StateKMSUnsealed, Quorum: given},
			`{"state":"kms_unsealed","shares":2,"threshold":2,"missing":["carol"]}`},
		"unsealed": {"POST", "/unseal", credential, messages.CeremonyOutcome{}, messages.SealStatus{State: messages.StateUnsealed, Quorum: messages.QuorumStatus{Operators: given.Operators, Threshold: 2}},
			`{"state":"unsealed","shares":0,"threshold":2,"missing":[]}`},
		"aborted": {"DELETE", "/rotate", "", messages.CeremonyOutcome{}, messages.SealStatus{State: messages.StateUnsealed}, `{"state":"unsealed"}`},
		"consent": {"POST", "/root-token", credential, messages.CeremonyOutcome{}, messages.SealStatus{
			State: messages.StateUnsealed, RootToken: messages.Progress{Operators: []string{"alice"}, Threshold: 2, Expires: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)},
		}, `{"consents":["alice"],"threshold":2,"expires":"2026-01-02T03:04:05Z"}`},
		"token": {"POST", "/root-token", credential, messages.CeremonyOutcome{RootToken: secretOf("cc_token_a_b")}, messages.SealStatus{State: messages.StateUnsealed},
			`{"token":"cc_token_a_b"}`},
		"code": {"POST", "/root-token", "{}", messages.CeremonyOutcome{CodeShown: true}, messages.SealStatus{State: messages.StateUnsealed}, `{"code_shown":true}`},
	} {
		s := newChamber()
		s.outcome, s.status = test.outcome, test.status
		state := s.status.State
		s.chamber.CheckToken = func(context.Context, messages.CheckManagementToken) (messages.Manager, error) {
			return messages.Manager{}, nil
		}
		reply := s.ask(test.method, test.path, test.body, "Authorization", "Bearer x")
		if reply.Code != 200 || reply.Body.String() != test.want || !json.Valid(reply.Body.Bytes()) {
			t.Errorf("%s (%s): %d %s, want %s", name, state, reply.Code, reply.Body, test.want)
		}
		for _, secret := range append([]messages.RegistrationToken{{Token: test.outcome.RootToken}}, test.outcome.RegistrationTokens...) {
			secret.Token.Use(func(b []byte) {
				for _, c := range b {
					if c != 0 {
						t.Errorf("%s: a token was not wiped", name)
					}
				}
			})
		}
	}
}

// TestReplyToAllOperators: the reply has room for every token, for what grows would leave a copy behind.
func TestReplyToAllOperators(t *testing.T) {
	s := newChamber()
	want := map[string]string{}
	for i := range 255 {
		name, token := fmt.Sprintf("operator-%03d", i), fmt.Sprintf("cc_reg_%0100d", i)
		s.outcome.RegistrationTokens = append(s.outcome.RegistrationTokens, messages.RegistrationToken{Operator: name, Token: secretOf(token)})
		want[name] = token
	}
	var got struct {
		Tokens map[string]string `json:"registration_tokens"`
	}
	reply := s.ask("POST", "/rotate/mode", planBody, "Authorization", managing)
	if err := json.Unmarshal(reply.Body.Bytes(), &got); err != nil || fmt.Sprint(got.Tokens) != fmt.Sprint(want) {
		t.Errorf("%d %v: %d tokens", reply.Code, err, len(got.Tokens))
	}
}
