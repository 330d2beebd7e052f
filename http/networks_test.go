package http_test

import (
	"net/http/httptest"
	"testing"

	api "containment-chamber/http"
)

func parse(t *testing.T, texts ...string) api.Networks {
	t.Helper()
	networks, err := api.ParseNetworks(texts)
	if err != nil {
		t.Fatal(err)
	}
	return networks
}

func TestParseNetworks(t *testing.T) {
	if n := parse(t, "192.0.2.7", "10.0.0.0/8", "fd00::/8", "::1"); len(n) != 4 || n[0].String() != "192.0.2.7/32" || n[3].String() != "::1/128" {
		t.Errorf("%v", n)
	}
	for _, text := range []string{"", "10.0.0.0/33", "localhost", "10.0.0.1:80", "::ffff:10.0.0.1", "::ffff:10.0.0.0/104", "10/8"} {
		if n, err := api.ParseNetworks([]string{text}); err == nil {
			t.Errorf("%q is %v", text, n)
		}
	}
}

// TestCaller: nobody can choose an address but a proxy that is trusted.
func TestCaller(t *testing.T) {
	proxies := parse(t, "10.0.0.0/8", "fd00::1")
	for name, test := range map[string]struct {
		peer      string
		forwarded []string
		want      string // empty for an error
	}{
		"direct":              {"192.0.2.1:5", nil, "192.0.2.1"},
		"mapped":              {"[::ffff:192.0.2.1]:5", nil, "192.0.2.1"},
		"zone":                {"[fe80::1%eth0]:5", nil, "fe80::1"},
		"not a proxy":         {"192.0.2.1:5", []string{"203.0.113.9"}, "192.0.2.1"},
		"one proxy":           {"10.0.0.1:5", []string{"203.0.113.9"}, "203.0.113.9"},
		"claimed before":      {"10.0.0.1:5", []string{"1.1.1.1, 203.0.113.9"}, "203.0.113.9"},
		"two proxies":         {"10.0.0.1:5", []string{"1.1.1.1, 203.0.113.9 , 10.2.3.4"}, "203.0.113.9"},
		"two headers":         {"10.0.0.1:5", []string{"203.0.113.9", "10.2.3.4"}, "203.0.113.9"},
		"with port":           {"[fd00::1]:5", []string{"203.0.113.9:4711"}, "203.0.113.9"},
		"IPv6 with port":      {"[fd00::1]:5", []string{"[2001:db8::1]:4711"}, "2001:db8::1"},
		"a proxy itself":      {"10.0.0.1:5", nil, "10.0.0.1"},
		"proxies alone":       {"10.0.0.1:5", []string{"10.9.9.9, 10.0.0.2"}, "10.9.9.9"},
		"nonsense":            {"10.0.0.1:5", []string{"unknown"}, ""},
		"nonsense far behind": {"10.0.0.1:5", []string{"unknown, 203.0.113.9"}, "203.0.113.9"},
		"a gap":               {"10.0.0.1:5", []string{"203.0.113.9,"}, ""},
		"no peer":             {"@", nil, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.peer
		r.Header["X-Forwarded-For"] = test.forwarded
		address, err := proxies.Caller(r)
		if (err == nil) != (test.want != "") || err == nil && address.String() != test.want {
			t.Errorf("%s: %v %v", name, address, err)
		}
	}
}

func TestLocal(t *testing.T) {
	for name, test := range map[string]struct {
		peer, header, value string
		proxies             []string
		want                bool
	}{
		"here":                     {"127.0.0.1:1", "", "", nil, true},
		"here, IPv6":               {"[::1]:1", "", "", nil, true},
		"elsewhere":                {"192.0.2.1:1", "", "", nil, false},
		"a proxy here":             {"127.0.0.1:1", "X-Forwarded-For", "127.0.0.1", nil, false},
		"a proxy here, other word": {"127.0.0.1:1", "Forwarded", "for=192.0.2.1", nil, false},
		"a proxy here, third word": {"127.0.0.1:1", "X-Real-Ip", "192.0.2.1", nil, false},
		"a trusted proxy here":     {"127.0.0.1:1", "X-Forwarded-For", "192.0.2.1", []string{"127.0.0.1"}, false},
		"and for here":             {"127.0.0.1:1", "X-Forwarded-For", "127.0.0.2", []string{"127.0.0.1"}, true},
		"trusted, in other words":  {"127.0.0.1:1", "Forwarded", "for=192.0.2.1", []string{"127.0.0.1"}, false},
		"claimed from elsewhere":   {"192.0.2.1:1", "X-Forwarded-For", "127.0.0.1", nil, false},
		"no address":               {"@", "", "", nil, false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.peer
		if test.header != "" {
			r.Header.Set(test.header, test.value)
		}
		if got := parse(t, test.proxies...).Local(r); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
