package main_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	program "containment-chamber/cmd/containment-chamber"
)

func TestYubikeyResponses(t *testing.T) {
	const response = "00112233445566778899aabbccddeeff00112233"
	for name, test := range map[string]struct{ script, want, fault string }{
		"response":        {"echo " + response, response, ""},
		"upper case":      {"echo " + strings.ToUpper(response), response, ""},
		"old version":     {"echo 'Touch your YubiKey...'; echo " + response, response, ""},
		"its arguments":   {`test "$*" = "otp calculate 2 0102ff" && echo ` + response, response, ""},
		"nothing":         {"true", "", "a response of 40 hexadecimal digits"},
		"a short one":     {"echo 00112233", "", "a response of 40 hexadecimal digits"},
		"no digits":       {"echo " + strings.Repeat("x", 40), "", "a response of 40 hexadecimal digits"},
		"a failure":       {"echo " + response + "; exit 2", "", "exit status 2; is the YubiKey plugged in"},
		"another line":    {"echo " + response + "; echo done", "", "a response of 40 hexadecimal digits"},
		"a very long one": {"head -c 100000 /dev/zero | tr '\\0' 0", "", "a response of 40 hexadecimal digits"},
	} {
		ykman := filepath.Join(t.TempDir(), "ykman")
		if err := os.WriteFile(ykman, []byte("#!/bin/sh\n"+test.script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		got, err := program.Respond(t.Context(), ykman, []byte{1, 2, 0xff})
		switch {
		case test.fault == "" && (err != nil || got != test.want):
			t.Errorf("%s: got %q, %v", name, got, err)
		case test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault) || strings.Contains(err.Error(), response)):
			t.Errorf("%s: got %q, %v, want an error with %q", name, got, err, test.fault)
		}
	}
}

func TestYubikeyIsNotWaitedForAfterAnInterrupt(t *testing.T) {
	ykman := filepath.Join(t.TempDir(), "ykman")
	if err := os.WriteFile(ykman, []byte("#!/bin/sh\nexec tail -f /dev/null\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := program.Respond(ctx, ykman, []byte{1}); err == nil {
		t.Errorf("got %q", got)
	}
}
