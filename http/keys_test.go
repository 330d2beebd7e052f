package http_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

func ringOf(size int) ring {
	keys := make(ring, size)
	for i := range keys {
		keys[i] = messages.PublicKey{byte(i >> 8), byte(i), 0xAB}
	}
	return keys
}

func TestPublicKeys(t *testing.T) {
	for _, size := range []int{0, 1, 10_000} {
		s := newSigner()
		keys := ringOf(size)
		s.config.PublicKeys = func(context.Context) (messages.KeyRing, error) { return keys, nil }
		reply := s.call("GET", keysPath, "", "Accept", "")
		var got []string
		if err := json.Unmarshal(reply.Body.Bytes(), &got); err != nil || got == nil || len(got) != size {
			t.Fatalf("%d keys: %v, %d of them", size, err, len(got))
		}
		if size > 0 && (got[0] != keys[0].String() || !slices.IsSorted(got)) {
			t.Errorf("%d keys: first %s, sorted %v", size, got[0], slices.IsSorted(got))
		}
		if reply.Code != 200 || reply.Header().Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%d %v", reply.Code, reply.Header())
		}
	}
}

func TestPublicKeysETag(t *testing.T) {
	s := newSigner()
	current := ringOf(3)
	s.config.PublicKeys = func(context.Context) (messages.KeyRing, error) { return current, nil }
	handler := api.New(s.config)
	first := call(handler, "GET", keysPath, nil)
	etag := first.Header().Get("ETag")
	if again := call(handler, "GET", keysPath, nil); again.Header().Get("ETag") != etag || again.Body.String() != first.Body.String() {
		t.Error("the same ring gave another reply")
	}
	for _, condition := range []string{etag, "W/" + etag, `"other", ` + etag, "*"} {
		reply := call(handler, "GET", keysPath, nil, "If-None-Match", condition)
		if reply.Code != 304 || reply.Body.Len() != 0 || reply.Header().Get("ETag") != etag {
			t.Errorf("If-None-Match %s: %d %s", condition, reply.Code, reply.Body)
		}
	}
	if reply := call(handler, "GET", keysPath, nil, "If-None-Match", `"other"`); reply.Code != 200 {
		t.Errorf("other etag: %d", reply.Code)
	}
	current = ringOf(4)
	if reply := call(handler, "GET", keysPath, nil, "If-None-Match", etag); reply.Code != 200 || reply.Header().Get("ETag") == etag {
		t.Errorf("changed ring: %d", reply.Code)
	}
	current = slices.Clone(current)
	current[0][47] = 1 // as many keys, but others
	if reply := call(handler, "GET", keysPath, nil); !strings.Contains(reply.Body.String(), current[0].String()) {
		t.Error("a ring of the same size gave the reply of another")
	}
	current = ringOf(3) // the same content in other memory
	if reply := call(handler, "GET", keysPath, nil, "If-None-Match", etag); reply.Code != 304 {
		t.Errorf("equal ring: %d", reply.Code)
	}
}

func TestPublicKeysUnavailable(t *testing.T) {
	s := newSigner()
	s.config.PublicKeys = func(context.Context) (messages.KeyRing, error) { return nil, messages.ErrUnavailable }
	expect(t, s.call("GET", keysPath, ""), 503, "unavailable")
}
