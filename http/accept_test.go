package http_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	api "containment-chamber/http"
)

func TestAccept(t *testing.T) {
	tests := []struct {
		name   string
		accept []string
		json   bool
	}{
		{"none (Teku, Prysm)", nil, false},
		{"empty", []string{""}, false},
		{"text (Vero)", []string{"text/plain"}, false},
		{"JSON (Lighthouse, Nimbus)", []string{"application/json"}, true},
		{"anything (Lodestar, curl)", []string{"*/*"}, true},
		{"JSON with a charset", []string{"application/json; charset=utf-8"}, true},
		{"case", []string{"Application/JSON"}, true},
		{"text and JSON", []string{"text/plain, application/json"}, true},
		{"text before JSON by quality", []string{"text/plain, application/json;q=0.1"}, true},
		{"text and anything", []string{"text/plain, */*;q=0.8"}, true},
		{"range", []string{"application/*"}, true},
		{"other range", []string{"text/*"}, false},
		{"several headers", []string{"text/plain", "application/json"}, true},
		{"JSON refused", []string{"application/json;q=0"}, false},
		{"JSON refused, spaces", []string{"application/json ; q=0.000 , text/plain"}, false},
		{"JSON refused, anything else", []string{"application/json;q=0, */*"}, false},
		{"anything refused", []string{"*/*;q=0"}, false},
		{"other JSON", []string{"application/problem+json"}, false},
		{"prefix", []string{"application/jsonx"}, false},
		{"quality that is none", []string{"application/json;q=x"}, true},
		{"commas only", []string{",,;,"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var headers []string
			for _, value := range test.accept {
				headers = append(headers, "Accept", value)
			}
			reply := newSigner().call("POST", signPath, "{}", headers...)
			contentType, first := "text/plain; charset=utf-8", `0x`
			if test.json {
				contentType, first = "application/json; charset=utf-8", `{"signature":"0x`
			}
			if reply.Header().Get("Content-Type") != contentType || !strings.HasPrefix(reply.Body.String(), first) {
				t.Errorf("got %q: %s", reply.Header().Get("Content-Type"), reply.Body)
			}
		})
	}
}

func FuzzAccept(f *testing.F) {
	for _, seed := range []string{"", "*/*", "application/json;q=0", `a/b;c="d,e";q=1, application/*`, ";;,,q=0", "*/*;q=1e-400"} {
		f.Add(seed)
	}
	handler := api.New(newSigner().config)
	f.Fuzz(func(t *testing.T, accept string) {
		request := httptest.NewRequest(http.MethodPost, signPath, strings.NewReader("{}"))
		request.Header["Accept"] = []string{accept}
		reply := httptest.NewRecorder()
		handler.ServeHTTP(reply, request)
		isJSON := strings.HasPrefix(reply.Header().Get("Content-Type"), "application/json")
		mentioned := strings.Contains(strings.ToLower(accept), "application/") || strings.Contains(accept, "*/*")
		if reply.Code != http.StatusOK || isJSON && !mentioned {
			t.Errorf("%q: %d %s", accept, reply.Code, reply.Body)
		}
	})
}
