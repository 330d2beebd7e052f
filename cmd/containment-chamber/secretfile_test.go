package main_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// rootToken runs "operator generate-root-token --out" in a directory, against a signer that answers so.
func rootToken(t *testing.T, dir, file string, status int, body string) (said string, err error) {
	t.Helper()
	server := httptest.NewServer(says(status, body))
	defer server.Close()
	command := exec.Command(name, "operator", "generate-root-token", "--signer-url", server.URL, "--code", "env:CODE", "--out", file)
	command.Dir, command.Env = dir, []string{"CODE=cc-code-x"}
	text, err := command.CombinedOutput()
	return string(text), err
}

func TestManagementTokenGoesToAFile(t *testing.T) {
	const refused = `{"error":"unauthorized","message":"unauthorized: not the code","request_id":"R"}`
	for name, test := range map[string]struct {
		before, file string // what is there, and where the token is to go
		status       int
		reply        string
		want, says   string
	}{
		"new":            {"", "m.token", 200, `{"token":"cc_token_y"}`, "cc_token_y\n", "done: the management token is in m.token"},
		"replaced":       {"old\n", "m.token", 200, `{"token":"cc_token_y"}`, "cc_token_y\n", "done: "},
		"refused":        {"old\n", "m.token", 401, refused, "old\n", "not the code"},
		"consent":        {"old\n", "m.token", 200, `{"consents":["alice"],"threshold":3}`, "old\n", "2 more are enough"},
		"no directory":   {"", "none/m.token", 200, `{"token":"cc_token_y"}`, "", "nothing was sent"},
		"is a directory": {"", "sub", 200, `{"token":"cc_token_y"}`, "", "cc_token_y\n"}, // rather shown than lost
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, test.file)
			if err := os.MkdirAll(filepath.Join(dir, "sub", "full"), 0o700); err != nil {
				t.Fatal(err)
			}
			if test.before != "" {
				if err := os.WriteFile(path, []byte(test.before), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			said, err := rootToken(t, dir, test.file, test.status, test.reply)
			if !strings.Contains(said, test.says) || (err == nil) != strings.HasPrefix(test.says, "done: ") && test.status == 200 && !strings.Contains(said, "consented") {
				t.Errorf("it said %s, %v", said, err)
			}
			if got, _ := os.ReadFile(path); string(got) != test.want {
				t.Errorf("the file has %q, want %q", got, test.want)
			}
			if info, err := os.Stat(path); err == nil && strings.HasPrefix(test.want, "cc_") && info.Mode().Perm() != 0o600 {
				t.Errorf("mode %04o", info.Mode().Perm())
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".*-*")); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}
