package cache_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/actors/keys/cache"
)

func TestParseKey(t *testing.T) {
	digits := strings.Repeat("6b", 32) // of 32 times "k"
	for name, test := range map[string]struct {
		text string
		ok   bool
	}{
		"raw":           {ours, true},
		"digits":        {digits, true},
		"with 0x":       {"0x" + digits, true},
		"with a line":   {" " + digits + "\r\n", true},
		"upper case":    {strings.ToUpper(digits), true},
		"nothing":       {"", false},
		"a password":    {"correct horse battery staple", false},
		"raw, one more": {ours + "k", false},
		"one digit off": {digits[1:], false},
		"no digits":     {strings.Repeat("xy", 32), false},
	} {
		t.Run(name, func(t *testing.T) {
			k, err := cache.ParseKey([]byte(test.text))
			if (err == nil) != test.ok || (k != nil) != test.ok {
				t.Fatalf("got %v, %v", k, err)
			}
			if err != nil {
				if test.text != "" && strings.Contains(err.Error(), test.text) {
					t.Errorf("the error repeats the key: %v", err)
				}
				return
			}
			path, _ := saved(t, numbered(1))
			c, err := cache.Open(path, k)
			if err != nil || !numbered(1).in(t, c) {
				t.Errorf("it is another key: %v", err)
			}
		})
	}
}

func TestKeyShowsNothing(t *testing.T) {
	k := key(t, ours)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if got := fmt.Sprintf(verb, k); got != "[secret]" {
			t.Errorf("%s: %s", verb, got)
		}
	}
}

// A key serves once: Open wipes it.
func TestOpenWipesTheKey(t *testing.T) {
	k := key(t, ours)
	path, _ := saved(t, numbered(1))
	for i, want := range []bool{true, false} {
		if _, err := cache.Open(path, k); (err == nil) != want {
			t.Errorf("use %d: %v", i, err)
		}
	}
	if _, err := cache.Open(filepath.Join(t.TempDir(), "none"), k); err != nil {
		t.Error(err)
	}
}
