package http

import (
	"crypto/rand"
	"net/http"
)

// maxRequestID bounds an id that a client chooses: it is written to every log line of the request.
const maxRequestID = 128

// requestID returns the client's X-Request-Id when it is 1 to 128 visible ASCII characters, else a new random one.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if id == "" || len(id) > maxRequestID {
		return rand.Text()
	}
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return rand.Text()
		}
	}
	return id
}
