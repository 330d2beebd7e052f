package main_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	program "containment-chamber/cmd/containment-chamber"
)

// sealAll asks a signer to seal, with the token "cc_token_x".
func sealAll(t *testing.T, url string, more ...string) (stderr string, code int) {
	t.Helper()
	args := append([]string{"operator", "seal", "--auth-token", "env:TOKEN", "--signer-url", url}, more...)
	_, stderr, code = program.Run(t.Context(), []string{"TOKEN=cc_token_x"}, args...)
	return stderr, code
}

func TestAnswersThatAreNone(t *testing.T) {
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
		code   int
	}{
		"done":           {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"state":"sealed"}`) }, "", 0},
		"refused":        {says(403, `{"error":"forbidden","message":"not you","request_id":"r-7"}`), "not you (request r-7)", 1},
		"without an id":  {says(403, `{"error":"forbidden","message":"not you"}`), ": not you\n", 1},
		"an escape":      {says(403, `{"error":"forbidden","message":"\u001b[2Jhello"}`), "?[2Jhello", 1},
		"somebody else":  {says(403, `<html>`), "it answers 403 Forbidden, as no signer does", 1},
		"other JSON":     {says(500, `{}`), "it answers 500 Internal Server Error, as no signer does", 1},
		"not JSON":       {says(200, `cc_token_y`), "it answers with what no signer does", 1},
		"too long":       {says(200, `{"state":"`+strings.Repeat("x", 1<<20)+`"}`), "as no signer does", 1},
		"cut off":        {cutOff, "no answer: it has closed the connection; it may be done all the same: look at 'operator status'", 3},
		"nothing at all": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "no answer: it has closed the connection; it may be done all the same", 3},
		"a proxy":        {says(502, `<html>`), "no answer: a proxy says 502 Bad Gateway; it may be done all the same", 3},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(test.answer)
			defer server.Close()
			stderr, code := sealAll(t, server.URL)
			if code != test.code || !strings.Contains(stderr, test.want) || strings.Contains(stderr, "cc_token") {
				t.Errorf("exit code %d, %q, want %d, %q", code, stderr, test.code, test.want)
			}
		})
	}
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func cutOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	fmt.Fprint(w, `{"state":"se`)
}

func TestRequestsAreWhatSignersExpect(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("Content-Type"))
		fmt.Fprint(w, `{"state":"sealed"}`)
	}))
	defer server.Close()
	if stderr, code := sealAll(t, server.URL+"/behind/a/proxy/"); code != 0 || stderr != "" {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	if want := "POST /behind/a/proxy/api/v1/chamber/seal, Bearer cc_token_x, application/json"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSecretsFollowNoRedirection(t *testing.T) {
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the thief was asked") }))
	defer thief.Close()
	signer := httptest.NewServer(http.RedirectHandler(thief.URL, http.StatusTemporaryRedirect))
	defer signer.Close()
	if stderr, code := sealAll(t, signer.URL); code != 1 || !strings.Contains(stderr, "307 Temporary Redirect") {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}

func TestSlowSignersAreNotWaitedForForEver(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server look whether the client is still there
		<-r.Context().Done()
	}))
	defer server.Close()
	stderr, code := sealAll(t, server.URL, "--timeout", "500ms")
	if want := "no answer: none within 500ms; it may be done all the same"; code != 3 || !strings.Contains(stderr, want) {
		t.Errorf("exit code %d, %q, want 3, %q", code, stderr, want)
	}
}

func TestNobodyIsTold(t *testing.T) {
	plain := httptest.NewServer(says(200, `{"state":"sealed"}`))
	defer plain.Close()
	foreign := httptest.NewTLSServer(says(200, `{"state":"sealed"}`)) // of an authority that nobody trusts
	defer foreign.Close()
	foreign.Config.ErrorLog = nil
	for url, want := range map[string]string{
		"http://127.0.0.1:1":                             "is the signer running, and is this the address of its API?",
		strings.Replace(plain.URL, "http:", "https:", 1): "nothing was sent, since it does not speak TLS",
		foreign.URL: "nothing was sent, since its certificate is not to be trusted",
	} {
		if stderr, code := sealAll(t, url); code != 3 || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d, %q, want 3, %q", url, code, stderr, want)
		}
	}
}

func TestCertificatesAreChecked(t *testing.T) {
	server := httptest.NewTLSServer(says(200, `{"state":"sealed"}`))
	defer server.Close()
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // it tells of clients that turn away
	plain := httptest.NewServer(says(200, `{"state":"sealed"}`))
	defer plain.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(t.TempDir(), "none.pem")
	if err := os.WriteFile(none, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		url  string
		more []string
		want string
		code int
	}{
		"unknown":        {server.URL, nil, "nothing was sent, since its certificate is not to be trusted", 3},
		"trusted":        {server.URL, []string{"--ca-file", file}, "", 0},
		"another's name": {strings.Replace(server.URL, "127.0.0.1", "localhost", 1), []string{"--ca-file", file}, "or the name that it is for", 3},
		"no TLS":         {strings.Replace(plain.URL, "http:", "https:", 1), nil, "it does not speak TLS", 3},
		"no file":        {server.URL, []string{"--ca-file", file + "x"}, "--ca-file: open", 2},
		"no certificate": {server.URL, []string{"--ca-file", none}, "there is no certificate in " + none, 2},
	} {
		stderr, code := sealAll(t, test.url, test.more...)
		if code != test.code || !strings.Contains(stderr, test.want) || test.want == "" && stderr != "" {
			t.Errorf("%s: exit code %d, %q, want %d, %q", name, code, stderr, test.code, test.want)
		}
	}
}
