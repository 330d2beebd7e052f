package http_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

const (
	keyHex   = "0x989d34725a2bfc3f15105f3f5fc8741f436c25ee1ee4f948e425d6bcb8c56bce6e06c269635b7e985a7ffa639e2409bf"
	signPath = "/api/v1/eth2/sign/" + keyHex
	keysPath = "/api/v1/eth2/publicKeys"
)

// signer is a whole API on fake functions, which a test replaces in config before it calls start. It remembers what was
// observed.
type signer struct {
	config api.Config

	mutex  sync.Mutex
	events []messages.Event
	errors []int
}

type ring []messages.PublicKey

func (r ring) PublicKeys() []messages.PublicKey { return r }

// newSigner knows every key and signs everything: the signature begins with the key's and the root's first bytes.
func newSigner() *signer {
	s := &signer{}
	s.config = api.Config{
		Decode: func(body []byte) (messages.Duty, error) {
			if !json.Valid(body) {
				return messages.Duty{}, fmt.Errorf("%w: body is not JSON", messages.ErrMalformed)
			}
			return messages.Duty{Operation: messages.Attestation, SigningRoot: messages.Root{7}, TargetEpoch: 9}, nil
		},
		BatchAllowed: func(o messages.Operation) bool {
			return o == messages.Attestation || o == messages.RandaoReveal
		},
		Sign: func(_ context.Context, request messages.Sign) (messages.Signed, error) {
			return messages.Signed{Signature: signatureOf(request.Key, request.Duty)}, nil
		},
		SignBatch: func(_ context.Context, request messages.SignBatch) (messages.BatchSigned, error) {
			var signed messages.BatchSigned
			for _, key := range request.Keys {
				signed.Results = append(signed.Results, messages.SignResult{Signature: signatureOf(key, request.Duty)})
			}
			return signed, nil
		},
		PublicKeys: func(context.Context) (messages.KeyRing, error) { return ring{}, nil },
		Reload: func(context.Context, messages.ReloadKeys) (messages.ReloadAccepted, error) {
			return messages.ReloadAccepted{}, nil
		},
		ReloadStatus: func(context.Context, messages.GetReloadStatus) (messages.ReloadStatus, error) {
			return messages.ReloadStatus{State: messages.ReloadIdle}, nil
		},
		Health:       func(context.Context) api.Health { return api.Health{} },
		Observe:      s.observe,
		ObserveError: s.observeError,
	}
	return s
}

func signatureOf(key messages.PublicKey, duty messages.Duty) messages.Signature {
	return messages.Signature{key[0], duty.SigningRoot[0]}
}

func (s *signer) observe(event messages.Event) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.events = append(s.events, event)
}

func (s *signer) observeError(status int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.errors = append(s.errors, status)
}

// observed returns the events of one type.
func observed[E messages.Event](s *signer) []E {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var events []E
	for _, event := range s.events {
		if e, ok := event.(E); ok {
			events = append(events, e)
		}
	}
	return events
}

// call sends one request to an API of the signer.
func (s *signer) call(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	return call(api.New(s.config), method, path, strings.NewReader(body), headers...)
}

// call sends one request; headers are names and values in turn. It panics when the request that is served, or the reply,
// is unlike the OpenAPI document.
func call(handler http.Handler, method, path string, body io.Reader, headers ...string) *httptest.ResponseRecorder {
	var sent bytes.Buffer
	if body != nil {
		body = io.TeeReader(body, &sent)
	}
	request := httptest.NewRequest(method, path, body)
	for pair := range slices.Chunk(headers, 2) {
		request.Header.Add(pair[0], pair[1])
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	if err := conforms(request, sent.Bytes(), recorder); err != nil {
		panic(fmt.Sprintf("%s %s: %v", method, path, err))
	}
	return recorder
}

// expect fails unless the reply is a problem with this status and code, and returns its message.
func expect(t *testing.T, reply *httptest.ResponseRecorder, status int, code string) string {
	t.Helper()
	var problem struct {
		Error     string `json:"error"`
		Message   string `json:"message"`
		RequestID string `json:"request_id"`
		Chamber   json.RawMessage
	}
	decoder := json.NewDecoder(bytes.NewReader(reply.Body.Bytes()))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&problem); err != nil {
		t.Fatalf("reply %q is not a problem: %v", reply.Body, err)
	}
	if reply.Code != status || problem.Error != code {
		t.Errorf("got %d %s (%s), want %d %s", reply.Code, problem.Error, problem.Message, status, code)
	}
	if got := reply.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("content type %q", got)
	}
	if id := reply.Header().Get("X-Request-Id"); id == "" || id != problem.RequestID {
		t.Errorf("request id %q in the header, %q in the body", id, problem.RequestID)
	}
	return problem.Message
}

func TestNewNeedsEveryFunction(t *testing.T) {
	config := newSigner().config
	config.Health = nil
	defer func() {
		if recover() == nil {
			t.Error("a Config without Health was taken")
		}
	}()
	api.New(config)
}

func TestRoutes(t *testing.T) {
	tests := []struct {
		method, path string
		status       int
		code, allow  string
	}{
		{"POST", signPath, 200, "", ""},
		{"POST", "/" + signPath, 200, "", ""},
		{"GET", "///upcheck", 200, "", ""},
		{"GET", "/.//api/./v1/eth2/sign/../publicKeys", 200, "", ""},
		{"GET", "//upcheck//", 404, "not_found", ""},
		{"GET", "/upcheck%2f", 404, "not_found", ""},
		{"GET", signPath, 405, "method_not_allowed", "POST"},
		{"DELETE", "/api/v1/eth2/sign", 405, "method_not_allowed", "POST"},
		{"HEAD", keysPath, 200, "", ""},
		{"POST", keysPath, 405, "method_not_allowed", "GET, HEAD"},
		{"OPTIONS", "/upcheck", 405, "method_not_allowed", "GET, HEAD"},
		{"HEAD", "/upcheck", 200, "", ""},
		{"HEAD", "/healthcheck", 200, "", ""},
		{"GET", "/", 404, "not_found", ""},
		{"GET", "/reload", 200, "", ""},
		{"PUT", "/reload", 405, "method_not_allowed", "GET, HEAD, POST"},
		{"GET", "/eth/v1/keystores", 404, "not_found", ""},
		{"POST", "/api/v1/eth2/sign/", 404, "not_found", ""},
		{"POST", signPath + "/more", 404, "not_found", ""},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			s := newSigner()
			reply := s.call(test.method, test.path, "{}")
			if test.status == 200 {
				if reply.Code != 200 {
					t.Errorf("status %d", reply.Code)
				}
				return
			}
			expect(t, reply, test.status, test.code)
			if got := reply.Header().Get("Allow"); got != test.allow {
				t.Errorf("Allow %q, want %q", got, test.allow)
			}
			if !slices.Equal(s.errors, []int{test.status}) {
				t.Errorf("observed %v", s.errors)
			}
		})
	}
}

// FuzzPath: whatever the path, it is served or refused here, and nobody is sent elsewhere.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"/", "//", "/.//upcheck", "/upcheck/..", "/%2f%2e/../upcheck", "/api/v1//chamber/./unseal", "/a%00?b=%zz", "*"} {
		f.Add(seed)
	}
	handler := api.New(newChamber().config)
	f.Fuzz(func(t *testing.T, target string) {
		to, err := url.ParseRequestURI(target)
		if err != nil {
			t.Skip("net/http refuses it")
		}
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		request.URL = to
		reply := httptest.NewRecorder()
		handler.ServeHTTP(reply, request)
		if reply.Code/100 == 3 || reply.Header().Get("X-Request-Id") == "" {
			t.Errorf("%q: %d %v", target, reply.Code, reply.Header())
		}
	})
}
