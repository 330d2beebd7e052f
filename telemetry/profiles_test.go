package telemetry_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"containment-chamber/telemetry"
)

func TestProfilesAreLocal(t *testing.T) {
	handler := telemetry.WithProfiles(http.NotFoundHandler())
	for name, test := range map[string]struct {
		path, from, proxied string
		want                int
	}{
		"here":            {"/debug/pprof/", "127.0.0.1:4711", "", 200},
		"here, IPv6":      {"/debug/pprof/", "[::1]:4711", "", 200},
		"named":           {"/debug/pprof/goroutine", "127.8.8.8:1", "", 200},
		"command line":    {"/debug/pprof/cmdline", "127.0.0.1:1", "", 200},
		"elsewhere":       {"/debug/pprof/", "192.0.2.1:4711", "", 403},
		"named elsewhere": {"/debug/pprof/heap", "[2001:db8::1]:1", "", 403},
		"by a proxy here": {"/debug/pprof/", "127.0.0.1:4711", "192.0.2.1", 403},
		"no address":      {"/debug/pprof/profile", "@", "", 403},
		"something else":  {"/metrics", "192.0.2.1:4711", "", 404},
	} {
		request := httptest.NewRequest(http.MethodGet, test.path, nil)
		request.RemoteAddr = test.from
		if test.proxied != "" {
			request.Header.Set("X-Forwarded-For", test.proxied)
		}
		reply := httptest.NewRecorder()
		handler.ServeHTTP(reply, request)
		if reply.Code != test.want {
			t.Errorf("%s: %d, want %d: %s", name, reply.Code, test.want, strings.TrimSpace(reply.Body.String()))
		}
	}
}
