package http_test

import (
	"strings"
	"testing"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

// TestRefusalsAreTold says each error reply once, with the id that the client was given.
func TestRefusalsAreTold(t *testing.T) {
	for request, want := range map[string]messages.RequestRefused{
		"GET /nowhere":     {Route: "/", Status: 404, Code: "not_found"},
		"PUT /upcheck":     {Route: "/upcheck", Status: 405, Code: "method_not_allowed"},
		"POST " + signPath: {Route: "/api/v1/eth2/sign/{identifier}", Status: 400, Code: "malformed_request"},
		"POST /api/v1/eth2/sign/not-a-key-at-all": {Route: "/api/v1/eth2/sign/{identifier}", Status: 400, Code: "malformed_request"},
	} {
		s := newSigner()
		method, path, _ := strings.Cut(request, " ")
		reply := call(api.New(s.config), method, path, strings.NewReader("no JSON"))
		told := observed[messages.RequestRefused](s)
		want.RequestID = reply.Header().Get("X-Request-Id")
		if len(told) != 1 || told[0] != want || want.RequestID == "" {
			t.Errorf("%s: told %+v, want %+v", request, told, want)
		}
	}
	s := newSigner()
	call(api.New(s.config), "GET", "/upcheck", nil)
	if told := observed[messages.RequestRefused](s); len(told) != 0 {
		t.Errorf("a good reply: %+v", told)
	}
}

func TestPanicNamesItsRequest(t *testing.T) {
	s := newSigner()
	s.config.Decode = func([]byte) (messages.Duty, error) { panic("broken") }
	reply := call(api.New(s.config), "POST", signPath, strings.NewReader("{}"))
	if panics := observed[messages.HandlerPanicked](s); len(panics) != 1 || panics[0].RequestID != reply.Header().Get("X-Request-Id") {
		t.Errorf("%+v", panics)
	}
}
