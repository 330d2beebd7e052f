package config_test

import (
	"slices"
	"testing"
)

func TestNetworks(t *testing.T) {
	for text, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "10.1.2.3/8": "10.0.0.0/8", "FD00::/8": "fd00::/8", "::1": "::1",
		"10.0.0.0/33": "", "localhost": "", "::ffff:10.0.0.1": "", "::ffff:10.0.0.0/104": "", "fe80::1%eth0": "", "10.0.0.1:80": "",
	} {
		cfg, err := sources{flags: map[string]string{"chamber-ceremony-allowed-cidrs": text}}.load(t)
		if want == "" {
			if err == nil {
				t.Errorf("%q was taken", text)
			}
			continue
		}
		if err != nil || !slices.Equal(cfg.Chamber.Ceremony.AllowedCIDRs, []string{want}) {
			t.Errorf("%q: %v, %v", text, cfg, err)
		}
	}
}
