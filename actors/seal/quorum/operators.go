package quorum

import (
	"fmt"
	"strings"

	"containment-chamber/messages"
)

const (
	maxName      = 64
	maxOperators = 255
	letters      = "abcdefghijklmnopqrstuvwxyz0123456789"
	inNames      = letters + "._-"
)

// CheckOperators returns an error, which wraps [messages.ErrMalformed], unless the names are 1 to 255 different ones of 1
// to 64 characters of a-z, 0-9, dot, underscore and hyphen, with a letter or digit in each: a path of dots leads elsewhere.
func CheckOperators(names []string) error {
	if len(names) == 0 || len(names) > maxOperators {
		return fmt.Errorf("%w: a quorum has 1 to %d operators, not %d", messages.ErrMalformed, maxOperators, len(names))
	}
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		switch {
		case name == "" || len(name) > maxName || strings.Trim(name, inNames) != "" || !strings.ContainsAny(name, letters):
			return fmt.Errorf("%w: operator name %.100q: want 1 to %d of a-z, 0-9, '.', '_' and '-', with a letter or digit", messages.ErrMalformed, name, maxName)
		case seen[name]:
			return fmt.Errorf("%w: operator %q is named twice", messages.ErrMalformed, name)
		}
		seen[name] = true
	}
	return nil
}
