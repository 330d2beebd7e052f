package kek_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/kek/kektest"
)

func TestErrorsOfAWSAreSorted(t *testing.T) {
	for _, test := range []struct {
		status int
		code   string
		want   error
	}{
		{400, "ThrottlingException", kek.ErrUnavailable},
		{400, "LimitExceededException", kek.ErrUnavailable},
		{400, "RequestTimeoutException", kek.ErrUnavailable},
		{500, "KMSInternalException", kek.ErrUnavailable},
		{500, "KeyUnavailableException", kek.ErrUnavailable},
		{400, "DependencyTimeoutException", kek.ErrUnavailable},
		{503, "", kek.ErrUnavailable},
		{502, "NobodyKnowsThis", kek.ErrUnavailable},
		{429, "NobodyKnowsThis", kek.ErrUnavailable},
		{400, "AccessDeniedException", kek.ErrDenied},
		{400, "DisabledException", kek.ErrDenied},
		{400, "KMSInvalidStateException", kek.ErrDenied},
		{400, "NotFoundException", kek.ErrDenied},
		{400, "InvalidKeyUsageException", kek.ErrDenied},
		{400, "UnrecognizedClientException", kek.ErrDenied},
		{400, "ExpiredTokenException", kek.ErrDenied},
		{403, "", kek.ErrDenied},
		{404, "NobodyKnowsThis", kek.ErrDenied},
		{400, "InvalidCiphertextException", kek.ErrRejected},
		{400, "IncorrectKeyException", kek.ErrRejected},
		{400, "ValidationException", kek.ErrRejected},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(test.status)
			if test.code != "" {
				_, _ = w.Write([]byte(`{"__type":"` + test.code + `","message":"no"}`))
			}
		}))
		err := open(t, kektest.Config(server.URL), virginia).Check(t.Context())
		server.Close()
		wantError(t, err, test.want, test.code)
	}
}

// Nobody listens at all.
func TestNobodyThere(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	wantError(t, open(t, kektest.Config(server.URL), virginia).Check(t.Context()), kek.ErrUnavailable, "refused")
}
