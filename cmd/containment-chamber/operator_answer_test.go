package main_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"pgregory.net/rapid"

	program "containment-chamber/cmd/containment-chamber"
)

func TestWordsAreQuotedForShells(t *testing.T) {
	for word, want := range map[string]string{
		"alice":                 "alice",
		"http://127.0.0.1:9000": "http://127.0.0.1:9000",
		"http://[::1]:9000":     "'http://[::1]:9000'",
		"":                      "''",
		"~":                     "'~'",
		"a b":                   "'a b'",
		"x;rm -rf":              "'x;rm -rf'",
		"it's":                  `'it'\''s'`,
	} {
		if got := program.Quoted(word); got != want {
			t.Errorf("%s: got %s, want %s", word, got, want)
		}
	}
}

func TestQuotedWordsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var words []string
		line := "printf '%s\\n'"
		for range rapid.IntRange(1, 20).Draw(t, "words") {
			word := rapid.StringOf(rapid.RuneFrom([]rune("ab0-._:/@%+,=~[]*?'\"\\$`!&|;<>(){}# \té"))).Draw(t, "word")
			words = append(words, word)
			line += " " + program.Quoted(word)
		}
		out, err := exec.Command("/bin/sh", "-c", line).Output()
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		for _, word := range words {
			want += word + "\n"
		}
		if string(out) != want {
			t.Errorf("%s: got %q, want %q", line, out, want)
		}
	})
}

func TestReportsThatCannotBeWrittenAreErrors(t *testing.T) {
	server := httptest.NewServer(says(200, `{"token":"cc_token_y"}`))
	defer server.Close()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("no /dev/full here: %v", err)
	}
	defer full.Close()
	for _, output := range []string{"text", "json"} {
		command := exec.Command(name, "operator", "generate-root-token", "--signer-url", server.URL, "--code", "env:CODE", "--output", output)
		command.Env, command.Stdout = []string{"CODE=cc-code-x"}, full
		if err := command.Run(); err == nil {
			t.Errorf("%s: the token is lost, and nobody is told", output)
		}
	}
}
