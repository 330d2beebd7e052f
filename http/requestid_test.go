package http_test

import (
	"strings"
	"testing"
)

func TestRequestID(t *testing.T) {
	tests := []struct {
		name, given string
		kept        bool
	}{
		{"none", "", false},
		{"short", "a", true},
		{"uuid", "0f8fad5b-d9cb-469f-a165-70867728950e", true},
		{"longest", strings.Repeat("x", 128), true},
		{"too long", strings.Repeat("x", 129), false},
		{"space", "a b", false},
		{"control", "a\x01b", false},
		{"not ASCII", "ä", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := newSigner().call("GET", "/upcheck", "", "X-Request-Id", test.given).Header().Get("X-Request-Id")
			if test.kept != (got == test.given) || got == "" {
				t.Errorf("given %q, got %q", test.given, got)
			}
		})
	}
	one, other := newSigner().call("GET", "/upcheck", ""), newSigner().call("GET", "/upcheck", "")
	if one.Header().Get("X-Request-Id") == other.Header().Get("X-Request-Id") {
		t.Error("two requests got one id")
	}
}
