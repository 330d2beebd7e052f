package http

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"containment-chamber/messages"
)

// keyList is the reply that lists one key ring.
type keyList struct {
	keys []messages.PublicKey
	body []byte
	etag string
}

// publicKeys serves GET /api/v1/eth2/publicKeys: all loaded keys in ascending order, always as JSON. Clients poll it, so
// it is encoded once for each ring, and a client that has it already is told so.
func (a *API) publicKeys(w http.ResponseWriter, r *http.Request, _ string) error {
	ctx, cancel := context.WithTimeout(r.Context(), a.config.RequestTimeout)
	defer cancel()
	ring, err := a.config.PublicKeys(ctx)
	if err != nil {
		return err
	}
	list := a.listOf(ring)
	w.Header().Set("ETag", list.etag)
	if matches(r.Header, list.etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	w.Header().Set("Content-Type", typeJSON)
	_, _ = w.Write(list.body) // a client that left needs no answer
	return nil
}

// listOf returns the last list when it was made of the same ring. Two callers may encode a new ring at once: both lists
// are right.
func (a *API) listOf(ring messages.KeyRing) *keyList {
	keys := ring.PublicKeys()
	if last := a.keys.Load(); last != nil && sameSlice(last.keys, keys) {
		return last
	}
	list := newKeyList(keys)
	a.keys.Store(list)
	return list
}

// sameSlice reports whether x and y are one slice. Rings are immutable and the list keeps its own alive, so the same
// memory is the same content; rings themselves might not be comparable.
func sameSlice(x, y []messages.PublicKey) bool {
	return len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
}

func newKeyList(keys []messages.PublicKey) *keyList {
	const keySize = 101 // 0x, 96 digits, quotes and a comma
	body := append(make([]byte, 0, 2+keySize*len(keys)), '[')
	for i := range keys {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(appendHex(append(body, '"'), keys[i][:]), '"')
	}
	body = append(body, ']')
	sum := sha256.Sum256(body)
	return &keyList{keys, body, `"` + hex.EncodeToString(sum[:16]) + `"`}
}

// matches reports whether If-None-Match names etag, by weak comparison (RFC 9110 §13.1.2).
func matches(headers http.Header, etag string) bool {
	for _, header := range headers["If-None-Match"] {
		for candidate := range strings.SplitSeq(header, ",") {
			candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
			if candidate == etag || candidate == "*" {
				return true
			}
		}
	}
	return false
}
