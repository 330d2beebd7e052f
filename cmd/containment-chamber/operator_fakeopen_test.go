package main_test

import (
	"net/http"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"
)

func (f *fakeChamber) unseal(b *fakeRequest, _ *http.Request) (fakeReply, *fakeRefusal) {
	if b.KMS && f.state == "sealed" && len(f.operators) == 0 {
		f.state, f.reason = "unsealed", ""
		return fakeReply{"state": f.state, "shares": 0, "threshold": 0, "missing": []string{}}, nil
	}
	if f.state != "kms_unsealed" && f.state != "sealed" || b.KMS {
		return nil, f.wrong()
	}
	operator, refused := f.known(b)
	if refused != nil {
		return nil, refused
	}
	if operator.given {
		return nil, &fakeRefusal{409, "given_already", "given already: this operator's share"}
	}
	operator.given = true
	f.state = "kms_unsealed"
	given := len(names(f.operators, func(o *fakeOperator) bool { return o.given }))
	absent := names(f.operators, func(o *fakeOperator) bool { return !o.given })
	if given >= f.quorum {
		f.state, f.reason, given, absent = "unsealed", "", 0, []string{}
		for _, o := range f.operators {
			o.given = false
		}
	}
	return fakeReply{"state": f.state, "shares": given, "threshold": f.quorum, "missing": absent}, nil
}

// known is the operator whose credential came.
func (f *fakeChamber) known(b *fakeRequest) (*fakeOperator, *fakeRefusal) {
	i := slices.IndexFunc(f.operators, func(o *fakeOperator) bool { return o.name == b.Operator })
	if i < 0 {
		return nil, &fakeRefusal{400, "malformed_request", "malformed request: no such operator"}
	}
	if f.operators[i].credential != b.Passphrase+b.YubiKey {
		return nil, &fakeRefusal{403, "wrong_credential", "wrong credential; after five of them the operator is refused for five minutes"}
	}
	return f.operators[i], nil
}

func (f *fakeChamber) seal(b *fakeRequest, r *http.Request) (fakeReply, *fakeRefusal) {
	if refused := f.managed(r); refused != nil {
		return nil, refused
	}
	f.state, f.reason = "sealed", b.Reason
	return fakeReply{"state": f.state}, nil
}

func (f *fakeChamber) rootToken(b *fakeRequest, _ *http.Request) (fakeReply, *fakeRefusal) {
	switch {
	case !f.signs():
		return nil, f.wrong()
	case b.Operator == "" && b.Code == "":
		return fakeReply{"code_shown": true}, nil
	case b.Code == fakeCode && len(f.operators) == 0:
		return fakeReply{"token": fakeManager}, nil
	case b.Code != "":
		return nil, &fakeRefusal{401, "unauthorized", "unauthorized: not the one-time code"}
	}
	operator, refused := f.known(b)
	if refused != nil {
		return nil, refused
	}
	f.consents = append(f.consents, operator.name)
	if len(f.consents) < f.quorum {
		return fakeReply{"consents": f.consents, "threshold": f.quorum, "expires": "2026-11-22T03:34:05Z"}, nil
	}
	f.consents = nil
	return fakeReply{"token": fakeManager}, nil
}

// chamber is the command "chamber" of scripts.
func (l *lawyer) chamber(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: chamber NAME")
	}
	server := newFakeChamber(l)
	ts.Defer(server.Close)
	ts.Setenv(args[0], server.URL)
}

// ceremonyVariables are the secrets of scripts.
func ceremonyVariables(env *testscript.Env) {
	for name, value := range map[string]string{
		"SETUP": fakeSetup, "MANAGER": fakeManager, "CODE": fakeCode, "BOB": "cc-register-bob", "DORA": "cc-register-dora", "WRONG": "cc-wrong",
		"SHORT": "horse", "LONG": "correct horse battery", "NOBODY_LISTENS": "http://127.0.0.1:1",
	} {
		env.Setenv(name, value)
	}
}
