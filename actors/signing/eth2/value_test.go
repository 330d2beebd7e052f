package eth2_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// TestSpellingDoesNotMatter writes one request in many ways: white space, order, key case, escapes, quotes around
// numbers, prefixes and case of hex, members that mean nothing.
func TestSpellingDoesNotMatter(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	plain := attestation()
	want, err := decoder.Decode(plain.body(t))
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		body := spell(t, plain)
		if got, err := decoder.Decode([]byte(body)); err != nil || got != want {
			t.Fatalf("%s: %+v, %v, want %+v", body, got, err, want)
		}
	})
}

func spell(t *rapid.T, v any) string {
	switch v := v.(type) {
	case request:
		return spellObject(t, v)
	case string:
		return spellText(t, v)
	default:
		panic("no such value in an attestation")
	}
}

func spellObject(t *rapid.T, r request) string {
	names := make([]string, 0, len(r)+1)
	for name := range r {
		names = append(names, name)
	}
	space := rapid.SampledFrom([]string{"", " ", "\n\t", "\r\n  "})
	var members []string
	for _, name := range rapid.Permutation(names).Draw(t, "order") {
		key := rapid.SampledFrom([]string{name, strings.ToUpper(name), strings.ToTitle(name[:1]) + name[1:]}).Draw(t, "key")
		quoted := quote(t, key)
		members = append(members, space.Draw(t, "s")+quoted+space.Draw(t, "s")+":"+space.Draw(t, "s")+spell(t, r[name])+space.Draw(t, "s"))
		if rapid.Bool().Draw(t, "junk") {
			members = append(members, `"junk":`+rapid.SampledFrom([]string{
				`null`, `-1.5e-7`, `"a\\\"}]{["`, `{"slot":[{"a":"\\"}]}`, `[]`, `[[{}],"]"]`, `true`, "\"\\\\\"",
			}).Draw(t, "junk value"))
		}
	}
	return space.Draw(t, "s") + "{" + strings.Join(members, ",") + space.Draw(t, "s") + "}" + space.Draw(t, "s")
}

func spellText(t *rapid.T, text string) string {
	if digits, isHex := strings.CutPrefix(text, "0x"); isHex {
		return quote(t, rapid.SampledFrom([]string{text, digits, strings.ToUpper(digits), "0X" + strings.ToUpper(digits)}).Draw(t, "hex"))
	}
	if text[0] >= '0' && text[0] <= '9' && rapid.Bool().Draw(t, "bare number") {
		return text
	}
	return quote(t, text)
}

// quote writes a string, its first character perhaps as an escape.
func quote(t *rapid.T, text string) string {
	if rapid.IntRange(0, 9).Draw(t, "escape") == 0 {
		return fmt.Sprintf(`"\u%04x%s"`, text[0], text[1:])
	}
	return `"` + text + `"`
}

func TestNumbers(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	decode := func(number string) (messages.Duty, error) {
		return decoder.Decode(attestation().with("attestation",
			attestation()["attestation"].(request).with("slot", json.RawMessage(number))).body(t))
	}
	for number, want := range map[string]uint64{
		"0": 0, `"0"`: 0, "18446744073709551615": 1<<64 - 1, `"18446744073709551615"`: 1<<64 - 1, `"007"`: 7,
	} {
		if duty, err := decode(number); err != nil || duty.Slot != want {
			t.Errorf("%s: slot %d, %v, want %d", number, duty.Slot, err, want)
		}
	}
	for _, number := range []string{
		"18446744073709551616", `"18446744073709551616"`, "-1", `"-1"`, `"+1"`, "1.0", `"1.0"`, "1e3", `"1e3"`, `"0x10"`, `""`,
		`" 1"`, `"1_000"`, "true", "{}", "[1]", `"` + strings.Repeat("9", 1000) + `"`,
	} {
		if _, err := decode(number); !errors.Is(err, messages.ErrMalformed) || !strings.Contains(err.Error(), "attestation: slot: want") {
			t.Errorf("%.40s: %v, want malformed", number, err)
		}
	}
}

func TestHex(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	for _, root := range []any{
		"0x", "", "0x1", someRoot[:65], someRoot + "1", someRoot + "11", "0x" + someRoot, "x" + someRoot[2:], "0x" + strings.Repeat("g1", 32), 11,
	} {
		r := attestation().with("attestation", attestation()["attestation"].(request).with("beacon_block_root", root))
		if _, err := decoder.Decode(r.body(t)); !errors.Is(err, messages.ErrMalformed) || !strings.Contains(err.Error(), "beacon_block_root: want") {
			t.Errorf("%v: %v, want malformed", root, err)
		}
	}
}
