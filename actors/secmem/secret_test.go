package secmem_test

import (
	"fmt"
	"strings"
	"testing"

	"containment-chamber/actors/secmem"
)

func TestSecretPrintsNoBytes(t *testing.T) {
	s := newSecret(t, new(secmem.Arena))
	s.Use(func(b *[secmem.Size]byte) { copy(b[:], strings.Repeat("+", len(b))) })
	type holder struct{ hidden *secmem.Secret }
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		text := fmt.Sprintf(verb+verb+verb, s, *s, holder{s})
		for _, leak := range []string{"++", "2b2b", "43 43", "43, 43", "0x2b, "} {
			if strings.Contains(text, leak) {
				t.Errorf("%s: printed as %s", verb, text)
			}
		}
	}
}
