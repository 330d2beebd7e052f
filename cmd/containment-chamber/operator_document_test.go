package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	program "containment-chamber/cmd/containment-chamber"
)

// presented wants a token where the document does.
func presented(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	if token, found := strings.CutPrefix(in.RequestValidationInput.Request.Header.Get("Authorization"), "Bearer "); !found || token == "" {
		return errors.New("no token")
	}
	return nil
}

const chamberPath = "/api/v1/chamber"

// document is the API's.
var document = sync.OnceValue(func() *openapi3.T {
	parsed, err := openapi3.NewLoader().LoadFromFile(filepath.Join(top, "http", "openapi.yaml"))
	if err != nil {
		panic(err)
	}
	return parsed
})

// lawyer holds what the operator's commands and a stand-in for a signer say to each other against the document.
type lawyer struct {
	complain func(error) // in any goroutine

	mu   sync.Mutex
	seen map[string]bool // operations
}

func newLawyer(t *testing.T) *lawyer {
	t.Helper()
	return &lawyer{complain: func(err error) { t.Error(err) }, seen: map[string]bool{}}
}

// between reads requests, and replies too: a stand-in that answers what no signer does proves nothing.
func (l *lawyer) between(stand http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			l.complain(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		reply := httptest.NewRecorder()
		reply.Header().Set("Content-Type", "application/json")
		stand.ServeHTTP(reply, r)
		if err := l.check(r, body, reply); err != nil {
			l.complain(fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err))
		}
		maps.Copy(w.Header(), reply.Header())
		w.WriteHeader(reply.Code)
		_, _ = w.Write(reply.Body.Bytes())
	})
}

func (l *lawyer) check(r *http.Request, body []byte, reply *httptest.ResponseRecorder) error {
	if r.Pattern == "" {
		return nil // 404
	}
	_, path, _ := strings.Cut(r.Pattern, " ")
	if what := r.PathValue("what"); what != "" {
		path = strings.Replace(path, "{what}", what, 1)
	}
	item := document().Paths.Value(path)
	if item == nil || item.GetOperation(r.Method) == nil {
		return fmt.Errorf("no signer has %s", path)
	}
	l.mu.Lock()
	l.seen[r.Method+" "+path] = true
	l.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	asked := &openapi3filter.RequestValidationInput{
		Request:    r,
		Route:      &routers.Route{Spec: document(), Path: path, PathItem: item, Method: r.Method, Operation: item.GetOperation(r.Method)},
		PathParams: map[string]string{"operator": r.PathValue("operator")},
		Options:    &openapi3filter.Options{AuthenticationFunc: presented, IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), asked); err != nil {
		return fmt.Errorf("request: %w", err)
	}
	answered := &openapi3filter.ResponseValidationInput{RequestValidationInput: asked, Status: reply.Code, Header: reply.Header(), Options: asked.Options}
	if err := openapi3filter.ValidateResponse(r.Context(), answered.SetBodyBytes(reply.Body.Bytes())); err != nil {
		return fmt.Errorf("reply of the stand-in: %w", err)
	}
	return nil
}

// TestLawyersComplain shows that what the commands are held against can fail.
func TestLawyersComplain(t *testing.T) {
	for name, test := range map[string]struct {
		token, body string
		complaints  int
	}{
		"good":     {fakeSetup, `{"operators":["alice"],"quorum_threshold":2}`, 0},
		"no token": {"", `{"operators":["alice"],"quorum_threshold":2}`, 1},
		"a name":   {fakeSetup, `{"operators":["alice"],"quorum":2}`, 1},
		"a type":   {fakeSetup, `{"operators":"alice"}`, 1},
		"no body":  {fakeSetup, ``, 1},
	} {
		complaints := 0
		l := newLawyer(t)
		l.complain = func(error) { complaints++ }
		server := newFakeChamber(l)
		defer server.Close()
		request := httptest.NewRequest(http.MethodPost, chamberPath+"/init", strings.NewReader(test.body))
		request.Header.Set("Content-Type", "application/json")
		if test.token != "" {
			request.Header.Set("Authorization", "Bearer "+test.token)
		}
		server.Config.Handler.ServeHTTP(httptest.NewRecorder(), request)
		if complaints != test.complaints {
			t.Errorf("%s: %d complaints", name, complaints)
		}
	}
}

// TestCommandsAskWhatTheDocumentSays has every command ask, and every operation of a chamber asked for.
func TestCommandsAskWhatTheDocumentSays(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "ykman"), []byte("#!/bin/sh\necho 00112233445566778899aabbccddeeff00112233\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	env := []string{"SETUP=" + fakeSetup, "MANAGER=" + fakeManager, "CODE=" + fakeCode, "ALICE=cc-register-alice", "BOB=cc-register-bob", "PASS=correct \"horse\" bätter\ty"}
	l := newLawyer(t)
	for _, script := range []string{`
		status
		init --setup-token env:SETUP --kms-key-arns file:a,file:b --kms-threshold 2 --operators alice,bob --quorum-threshold 2
		register --operator alice --registration-token env:ALICE --passphrase env:PASS
		register --operator bob --registration-token env:BOB --yubikey
		unseal --operator alice --passphrase env:PASS
		unseal --operator bob --yubikey
		generate-root-token --operator alice --passphrase env:PASS
		generate-root-token --operator bob --yubikey
		status --auth-token env:MANAGER
		rotate quorum --auth-token env:MANAGER --operators dora --quorum-threshold 1 --allow-single-operator
		rotate abort --auth-token env:MANAGER
		rotate mode --auth-token env:MANAGER --kms-key-arns file:a,file:b --kms-threshold 2
		rotate kms --auth-token env:MANAGER --kms-key-arns file:c --kms-threshold 1
		seal --auth-token env:MANAGER --reason x
		status --auth-token env:MANAGER`, `
		init --setup-token env:SETUP --operators alice,bob --quorum-threshold 2
		rotate abort --setup-token env:SETUP
		init --setup-token env:SETUP --kms-key-arns file:a --kms-threshold 1`, `
		init --setup-token env:SETUP --kms-key-arns file:a --kms-threshold 1
		generate-root-token --code env:CODE
		seal --auth-token env:MANAGER
		unseal --kms`,
	} {
		server := newFakeChamber(l)
		defer server.Close()
		for line := range strings.Lines(strings.TrimSpace(script)) {
			args := append([]string{"operator"}, strings.Fields(line)...)
			if _, stderr, code := program.Run(t.Context(), env, append(args, "--signer-url", server.URL)...); code != 0 {
				t.Fatalf("%s: exit code %d: %s", strings.TrimSpace(line), code, stderr)
			}
		}
	}
	for path, item := range document().Paths.Map() {
		for method := range item.Operations() {
			if strings.HasPrefix(path, chamberPath+"/") && !l.seen[method+" "+path] {
				t.Errorf("no command asks for %s %s", method, path)
			}
		}
	}
}
