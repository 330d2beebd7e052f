package kektest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// maxBody is far above what KMS takes.
const maxBody = 1 << 16

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "TrentService.")
	s.count(operation).Add(1)
	var in input
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
		refuse(w, refusal{http.StatusBadRequest, "SerializationException", "no JSON"})
		return
	}
	f := s.faultOf(s.resolve(s.keyOf(in)), operation)
	select {
	case <-time.After(f.Delay):
	case <-r.Context().Done():
		return
	}
	if fail(w, f.Kind) {
		return
	}
	out, err := s.handle(operation, r.Header.Get("Authorization"), in)
	var no refusal
	refused := errors.As(err, &no)
	if s.Watch != nil {
		s.Watch(Request{Operation: operation, Key: s.resolve(s.keyOf(in)), Context: in.EncryptionContext, Ciphertext: in.CiphertextBlob, Refused: no.code})
	}
	switch {
	case refused:
		refuse(w, no)
	case f.Kind == Truncated:
		answer(w, http.StatusOK, out.truncated())
	default:
		answer(w, http.StatusOK, out)
	}
}

// fail answers in the manner of a fault that concerns no data.
func fail(w http.ResponseWriter, kind FaultKind) (answered bool) {
	switch kind {
	case Away:
		hangUp(w)
	case Denied:
		refuse(w, refusal{http.StatusBadRequest, "AccessDeniedException", "not authorized"})
	case Throttled:
		refuse(w, refusal{http.StatusBadRequest, "ThrottlingException", "rate exceeded"})
	case Broken:
		refuse(w, refusal{http.StatusInternalServerError, "KMSInternalException", "internal failure"})
	case Garbage:
		_, _ = io.WriteString(w, "<html>welcome to this hotel</html>")
	case Empty:
		answer(w, http.StatusOK, output{})
	default:
		return false
	}
	return true
}

// hangUp ends the connection. What cannot be ended, such as a recorder, has an empty answer.
func hangUp(w http.ResponseWriter) {
	if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = connection.Close() // that is what is wanted
	}
}

// handle does an operation that nothing goes wrong with.
func (s *Server) handle(operation, authorization string, in input) (output, error) {
	do, ok := map[string]func(string, input) (output, error){
		"Encrypt":         s.encrypt,
		"Decrypt":         s.decrypt,
		"GenerateDataKey": s.generateDataKey,
		"DescribeKey":     s.describeKey,
	}[operation]
	if !ok {
		return output{}, refusal{http.StatusBadRequest, "UnknownOperationException", operation}
	}
	scope := regexp.MustCompile(`Credential=[^/]+/[0-9]{8}/([^/]+)/kms/aws4_request`).FindStringSubmatch(authorization)
	if scope == nil {
		return output{}, refusal{http.StatusForbidden, "MissingAuthenticationTokenException", "not signed for kms"}
	}
	arn := s.resolve(s.keyOf(in))
	state, known := s.keys.Load(arn)
	switch {
	case !known || strings.Split(arn, ":")[3] != scope[1]:
		return output{}, refusal{http.StatusBadRequest, "NotFoundException", "no such key in " + scope[1]}
	case operation == "DescribeKey" || state == types.KeyStateEnabled:
		return do(arn, in)
	case state == types.KeyStateDisabled:
		return output{}, refusal{http.StatusBadRequest, "DisabledException", arn + " is disabled."}
	}
	return output{}, refusal{http.StatusBadRequest, "KMSInvalidStateException", arn + " is pending deletion."}
}

// keyOf returns the key that a request names: Decrypt finds it in the ciphertext when it is not named.
func (s *Server) keyOf(in input) (arn string) {
	if in.KeyID != "" {
		return in.KeyID
	}
	s.keys.Range(func(key, _ any) bool {
		if id := idOf(key.(string)); len(in.CiphertextBlob) > len(id) && string(id[:]) == string(in.CiphertextBlob[:len(id)]) {
			arn = key.(string)
		}
		return arn == ""
	})
	return arn
}

func (s *Server) resolve(name string) (arn string) {
	if arn, ok := s.aliases.Load(name); ok {
		return arn.(string)
	}
	return name
}

// refusal is an answer that refuses.
type refusal struct {
	status     int
	code, text string
}

// Error returns the code and the text.
func (r refusal) Error() string { return r.code + ": " + r.text }

func refuse(w http.ResponseWriter, r refusal) {
	answer(w, r.status, map[string]string{"__type": r.code, "message": r.text})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // nobody is left to tell
}
