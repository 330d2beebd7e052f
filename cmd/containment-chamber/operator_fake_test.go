package main_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// fakeChamber answers as the API of a chamber does, and knows nothing of cryptography: operators are their words.
type fakeChamber struct {
	mu        sync.Mutex
	state     string
	operators []*fakeOperator // who opens it
	next      []*fakeOperator // who is to
	threshold int             // of those who register last
	quorum    int             // of those who open it
	consents  []string
	reason    string
}

type fakeOperator struct {
	name, credential string
	given            bool
}

const (
	fakeSetup   = "cc-setup-fake"
	fakeManager = "cc_token_fake"
	fakeCode    = "cc-code-fake"
)

// fakeRequest is every body there is.
type fakeRequest struct {
	KMSKeys      []string `json:"kms_keys"`
	KMSThreshold int      `json:"kms_threshold"`
	Operators    []string `json:"operators"`
	Quorum       int      `json:"quorum_threshold"`
	Single       bool     `json:"allow_single_operator"`
	Operator     string   `json:"operator"`
	Passphrase   string   `json:"passphrase"`
	YubiKey      string   `json:"yubikey_response"`
	Code         string   `json:"code"`
	Reason       string   `json:"reason"`
	KMS          bool     `json:"kms"`
}

type fakeReply map[string]any

// fakeRefusal is a status and a code.
type fakeRefusal struct {
	status  int
	code    string
	message string
}

func newFakeChamber(l *lawyer) *httptest.Server {
	f := &fakeChamber{state: "uninitialized"}
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(*fakeRequest, *http.Request) (fakeReply, *fakeRefusal){
		"GET /status": f.status, "POST /init": f.init, "POST /register": f.register, "GET /challenge/{operator}": f.challenge,
		"POST /unseal": f.unseal, "POST /seal": f.seal, "POST /rotate/{what}": f.rotate, "DELETE /rotate": f.abort, "POST /root-token": f.rootToken,
	} {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+chamberPath+path, func(w http.ResponseWriter, r *http.Request) {
			f.mu.Lock()
			defer f.mu.Unlock()
			var body fakeRequest
			if r.Method == "POST" {
				d := json.NewDecoder(r.Body)
				d.DisallowUnknownFields()
				if err := d.Decode(&body); err != nil {
					http.Error(w, err.Error(), 400)
					return
				}
			}
			out, refused := answer(&body, r)
			if refused != nil {
				w.WriteHeader(refused.status)
				out = fakeReply{"error": refused.code, "message": refused.message, "request_id": "r-1"}
			}
			_ = json.NewEncoder(w).Encode(out)
		})
	}
	return httptest.NewServer(l.between(mux))
}

func (f *fakeChamber) signs() bool { return f.state == "unsealed" || f.state == "awaiting_rotation" }

func authorized(r *http.Request, token string) *fakeRefusal {
	if r.Header.Get("Authorization") != "Bearer "+token {
		return &fakeRefusal{401, "unauthorized", "unauthorized: not the token"}
	}
	return nil
}

func (f *fakeChamber) managed(r *http.Request) *fakeRefusal {
	if !f.signs() {
		return &fakeRefusal{503, "sealed", "sealed: the chamber is " + f.state}
	}
	return authorized(r, fakeManager)
}

func (f *fakeChamber) wrong() *fakeRefusal {
	return &fakeRefusal{409, "wrong_state", "wrong state: the chamber is " + f.state}
}

func (f *fakeChamber) status(_ *fakeRequest, r *http.Request) (fakeReply, *fakeRefusal) {
	detail := "local"
	if r.Header.Get("Authorization") != "" {
		if refused := f.managed(r); refused != nil {
			return nil, refused
		}
		detail = "full"
	}
	out := fakeReply{
		"detail": detail, "version": "v0.0.0-fake", "state": f.state, "since": "2026-11-22T03:04:05Z", "closing": false, "mode": "quorum",
		"kms": fakeReply{"threshold": 0, "open": true}, "quorum": quorumReply(f.operators, f.quorum), "guard": fakeReply{"held": false, "stuck": false},
	}
	if f.next != nil {
		out["rotation"] = quorumReply(f.next, f.threshold)
	}
	if f.reason != "" {
		out["emergency"] = fakeReply{"by": "token 1", "reason": f.reason, "at": "2026-11-22T03:04:05Z", "unrecorded": false}
	}
	return out, nil
}

func quorumReply(operators []*fakeOperator, threshold int) fakeReply {
	all, given := []fakeReply{}, 0
	for _, o := range operators {
		all = append(all, fakeReply{"name": o.name, "registered": o.credential != "", "given": o.given})
		if o.given {
			given++
		}
	}
	return fakeReply{"operators": all, "threshold": threshold, "given": given}
}

func names(operators []*fakeOperator, fit func(*fakeOperator) bool) []string {
	found := []string{}
	for _, o := range operators {
		if fit(o) {
			found = append(found, o.name)
		}
	}
	return found
}

func (f *fakeChamber) init(b *fakeRequest, r *http.Request) (fakeReply, *fakeRefusal) {
	if refused := authorized(r, fakeSetup); refused != nil {
		return nil, refused
	}
	if f.state != "uninitialized" {
		return nil, f.wrong()
	}
	return f.plan(b, "awaiting_registration", "unsealed"), nil
}

func (f *fakeChamber) plan(b *fakeRequest, people, machines string) fakeReply {
	tokens := fakeReply{}
	f.next, f.threshold, f.state = nil, b.Quorum, machines
	for _, name := range b.Operators {
		f.next = append(f.next, &fakeOperator{name: name})
		tokens[name], f.state = "cc-register-"+name, people
	}
	if people == "awaiting_registration" {
		f.operators, f.quorum = f.next, b.Quorum
	}
	return fakeReply{"state": f.state, "registration_tokens": tokens}
}

func (f *fakeChamber) rotate(b *fakeRequest, r *http.Request) (fakeReply, *fakeRefusal) {
	if refused := f.managed(r); refused != nil {
		return nil, refused
	}
	if r.PathValue("what") == "kms" && len(b.Operators) > 0 {
		return nil, &fakeRefusal{400, "malformed_request", "malformed request: operators"}
	}
	return f.plan(b, "awaiting_rotation", "unsealed"), nil
}

func (f *fakeChamber) abort(_ *fakeRequest, r *http.Request) (fakeReply, *fakeRefusal) {
	token, after := fakeManager, "unsealed"
	if f.state == "awaiting_registration" {
		token, after = fakeSetup, "uninitialized"
	}
	if refused := authorized(r, token); refused != nil {
		return nil, refused
	}
	f.state, f.next = after, nil
	return fakeReply{"state": f.state}, nil
}

func (f *fakeChamber) register(b *fakeRequest, r *http.Request) (fakeReply, *fakeRefusal) {
	if refused := authorized(r, "cc-register-"+b.Operator); refused != nil {
		return nil, refused
	}
	if b.YubiKey == "" && len(b.Passphrase) < 14 {
		return nil, &fakeRefusal{400, "passphrase_refused", "passphrase refused: too_short: at least 14 characters"}
	}
	for _, o := range f.next {
		if o.name == b.Operator {
			o.credential = b.Passphrase + b.YubiKey
		}
	}
	remaining := names(f.next, func(o *fakeOperator) bool { return o.credential == "" })
	if len(remaining) == 0 {
		f.operators, f.quorum, f.next = f.next, f.threshold, nil
		f.state = map[string]string{"awaiting_registration": "kms_unsealed", "awaiting_rotation": "unsealed"}[f.state]
	}
	return fakeReply{"state": f.state, "remaining": remaining}, nil
}

func (f *fakeChamber) challenge(_ *fakeRequest, r *http.Request) (fakeReply, *fakeRefusal) {
	return fakeReply{"challenge": fmt.Sprintf("%x", sha256.Sum256([]byte(r.PathValue("operator"))))}, nil
}
