package config_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/config"
)

// A number is accepted exactly if it lies within the range that its setting announces.
func TestNumbersKeepTheirRange(t *testing.T) {
	for _, s := range config.Settings() {
		var low, high int
		if n, _ := fmt.Sscanf(s.Type(), "a whole number from %d to %d", &low, &high); n != 2 {
			continue
		}
		for value, ok := range map[int]bool{low - 1: false, low: true, high: true, high + 1: false} {
			_, err := config.Load(config.Options{Flags: map[string]string{s.Flag(): strconv.Itoa(value)}})
			if (err == nil) != ok {
				t.Errorf("%s = %d: got error %v", s.Key, value, err)
			}
		}
	}
}

// Public keys are taken in every spelling, and nothing else is.
func TestPublicKeys(t *testing.T) {
	digits := strings.Repeat("aB", 48)
	flags := func(value string) config.Options {
		return config.Options{Flags: map[string]string{"canary-keys": value}}
	}
	c, err := config.Load(flags(digits + ",0X" + digits))
	if want := "0x" + strings.ToLower(digits); err != nil || len(c.CanaryKeys) != 2 || c.CanaryKeys[0] != want || c.CanaryKeys[1] != want {
		t.Errorf("got %v: %v", c, err)
	}
	for _, bad := range []string{digits + ",", digits[2:], digits + "00", strings.Repeat("x", 96)} {
		if _, err := config.Load(flags(bad)); err == nil || !strings.Contains(err.Error(), "must be a list of public keys") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// What a setting refuses never shows in the error.
func TestRefusedValuesStayHidden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(config.Settings()).Draw(t, "setting")
		value := "~" + rapid.StringN(3, 40, -1).Draw(t, "value") + "~"
		_, err := config.Load(config.Options{Flags: map[string]string{s.Flag(): value}})
		if err != nil && strings.Contains(err.Error(), value) {
			t.Fatalf("%s repeats %q: %v", s.Key, value, err)
		}
	})
}
