package http_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	api "containment-chamber/http"
)

// document is what the API serves at /openapi.yaml.
var document = sync.OnceValue(func() *openapi3.T {
	reply := httptest.NewRecorder()
	api.New(newSigner().config).ServeHTTP(reply, httptest.NewRequest(http.MethodGet, "/openapi.yaml", nil))
	parsed, err := openapi3.NewLoader().LoadFromData(reply.Body.Bytes())
	if err != nil {
		panic(err)
	}
	return parsed
})

// conforms says in what a reply, or the request of one that was served, is unlike the document.
func conforms(request *http.Request, body []byte, reply *httptest.ResponseRecorder) error {
	path := document().Paths.Value(request.Pattern)
	if path == nil || path.GetOperation(request.Method) == nil {
		return nil // 404, 405, HEAD
	}
	request = request.Clone(request.Context())
	request.Body = io.NopCloser(bytes.NewReader(body))
	if len(body) > 0 {
		request.Header.Set("Content-Type", "application/json") // not every client says so
	}
	asked := &openapi3filter.RequestValidationInput{
		Request: request,
		Route: &routers.Route{
			Spec: document(), Path: request.Pattern, PathItem: path, Method: request.Method, Operation: path.GetOperation(request.Method),
		},
		PathParams: map[string]string{"identifier": request.PathValue("identifier"), "operator": request.PathValue("operator")},
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
			ExcludeRequestBody: strings.HasPrefix(request.Pattern, "/api/v1/eth2/sign"), // Config.Decode judges it, here a fake
		},
	}
	if reply.Code < 300 {
		if err := openapi3filter.ValidateRequest(request.Context(), asked); err != nil {
			return fmt.Errorf("request: %w", err)
		}
	}
	answered := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: asked, Status: reply.Code, Header: reply.Header(), Options: asked.Options,
	}
	return openapi3filter.ValidateResponse(request.Context(), answered.SetBodyBytes(reply.Body.Bytes()))
}

func TestDocumentIsOpenAPI(t *testing.T) {
	if err := document().Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if reply := newSigner().call("GET", "/openapi.yaml", ""); reply.Header().Get("Content-Type") != "application/yaml" {
		t.Errorf("%d %v", reply.Code, reply.Header())
	}
}

// TestDocumentAndRoutesAgree walks both: what is described is served, and what is served is described.
func TestDocumentAndRoutesAgree(t *testing.T) {
	handler := api.New(newChamber().config)
	served := handler.Routes()
	for path, item := range document().Paths.Map() {
		for method := range item.Operations() {
			if !slices.Contains(served[path], method) {
				t.Errorf("%s %s is described, but not served", method, path)
			}
			reply := call(handler, method, strings.NewReplacer("{identifier}", keyHex, "{operator}", "alice").Replace(path), strings.NewReader(""))
			if reply.Code == 405 || reply.Code == 404 {
				t.Errorf("%s %s is described, and answered %d %s", method, path, reply.Code, reply.Body)
			}
		}
	}
	for path, methods := range served {
		for _, method := range methods {
			if item := document().Paths.Value(path); item == nil || item.GetOperation(method) == nil {
				t.Errorf("%s %s is served, but not described", method, path)
			}
		}
	}
}

// TestUnlikeTheDocument shows that what every call of these tests is held against can fail.
// TestDocumentListsAllErrors with their status, and no others.
func TestDocumentListsAllErrors(t *testing.T) {
	listed := map[string]int{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([0-9]+) \| (.*) \|$`).FindAllStringSubmatch(document().Info.Description, -1) {
		status, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		for code := range strings.SplitSeq(row[2], ", ") {
			listed[strings.Trim(code, "`")] = status
		}
	}
	if want := api.Problems(); !maps.Equal(listed, want) {
		t.Errorf("it lists %v, and there are %v", listed, want)
	}
}

func TestUnlikeTheDocument(t *testing.T) {
	request := httptest.NewRequest(http.MethodPost, "/api/v1/chamber/seal", nil)
	request.Pattern = "/api/v1/chamber/seal"
	for name, broken := range map[string]struct {
		request, reply string
		status         int
	}{
		"good":          {`{"reason":"x"}`, `{"state":"sealed"}`, 200},
		"request":       {`{"reasons":"x"}`, `{"state":"sealed"}`, 200},
		"state":         {`{"reason":"x"}`, `{"state":"ajar"}`, 200},
		"more":          {`{"reason":"x"}`, `{"state":"sealed","token":"x"}`, 200},
		"no problem":    {`{"reason":"x"}`, `{"state":"sealed"}`, 409},
		"half a number": {`{"reason":"x"}`, `{"state"`, 200},
	} {
		reply := httptest.NewRecorder()
		reply.Header().Set("Content-Type", "application/json; charset=utf-8")
		reply.WriteHeader(broken.status)
		_, _ = reply.WriteString(broken.reply)
		if err := conforms(request, []byte(broken.request), reply); (err == nil) != (name == "good") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
