package main

import (
	"path/filepath"
	"testing"

	"containment-chamber/messages"
)

func TestOutsideNames(t *testing.T) {
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"/etc/keys/0xabc/voting-keystore.json": "0xabc/voting-keystore.json", // a base name would say nothing
		"/etc/keys/a.yaml, document 2":         "a.yaml, document 2",
		"/etc/keys":                            "keys",
		"/etc/keysmore/a.yaml":                 "a.yaml",
		"/srv/one.json":                        "one.json",
		here + "/relative/b.json":              "b.json",
		"all files":                            "all files",
		"0x8217ba539886ea18":                   "0x8217ba539886ea18",
	} {
		told := []messages.KeyFailure{{Name: name}}
		if got := outsideNames(told, []string{"/etc/keys", "/srv/one.json", "relative"}); got[0].Name != want || told[0].Name != name {
			t.Errorf("%s is shown as %s, want %s", name, got[0].Name, want)
		}
	}
}
