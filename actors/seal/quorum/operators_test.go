package quorum_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"containment-chamber/actors/seal/quorum"
	"containment-chamber/messages"
)

func numbered(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprint("operator-", i))
	}
	return names
}

func TestCheckOperators(t *testing.T) {
	for _, names := range [][]string{
		{"alice"}, {"alice", "bob", "alice.b"}, {"a"}, {"0"}, {"_x-y.z_"}, {strings.Repeat("a", 64)}, numbered(255),
	} {
		if err := quorum.CheckOperators(names); err != nil {
			t.Errorf("%q: %v", names, err)
		}
	}
	for want, names := range map[string][]string{
		"not 0":                {},
		"not 256":              numbered(256),
		`name ""`:              {""},
		`name "Alice"`:         {"bob", "Alice"},
		`name "a/b"`:           {"a/b"},
		`name "a b"`:           {"a b"},
		`name "é"`:             {"é"},
		`name "a\n"`:           {"a\n"},
		`name ".."`:            {".."},
		`name "-_-"`:           {"-_-"},
		"1 to 64":              {strings.Repeat("a", 65)},
		`"bob" is named twice`: {"bob", "alice", "bob"},
	} {
		if err := quorum.CheckOperators(names); !errors.Is(err, messages.ErrMalformed) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", names, err, want)
		}
	}
}
