package http_test

import (
	"strings"
	"testing"
)

func TestDefaultLimits(t *testing.T) {
	s := newSigner()
	// JSON of exactly the limit: a string of spaces.
	whole := `"` + strings.Repeat(" ", 10<<20-2) + `"`
	if reply := s.call("POST", signPath, whole); reply.Code != 200 {
		t.Errorf("10 MiB: %d %s", reply.Code, reply.Body)
	}
	expect(t, s.call("POST", signPath, whole+" "), 413, "body_too_large")

	identifiers := strings.Repeat(`"0x",`, 4999) + `"0x"`
	if reply := s.call("POST", batchPath, batchBody(identifiers)); reply.Code != 200 {
		t.Errorf("5,000 identifiers: %d", reply.Code)
	}
	expect(t, s.call("POST", batchPath, batchBody(identifiers+`,"0x"`)), 400, "malformed_request")
}
