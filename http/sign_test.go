package http_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

func TestSign(t *testing.T) {
	digits := strings.TrimPrefix(keyHex, "0x")
	for _, identifier := range []string{keyHex, digits, "0X" + strings.ToUpper(digits)} {
		s := newSigner()
		var asked messages.Sign
		s.config.Sign = func(_ context.Context, request messages.Sign) (messages.Signed, error) {
			asked = request
			return messages.Signed{Signature: signatureOf(request.Key, request.Duty)}, nil
		}
		reply := s.call("POST", "/api/v1/eth2/sign/"+identifier, "{}", "X-Request-Id", "id-1", "Content-Type", "image/png")
		want := "0x9807" + strings.Repeat("0", 188)
		if reply.Code != 200 || reply.Body.String() != want {
			t.Errorf("%s: %d %s", identifier, reply.Code, reply.Body)
		}
		if left := time.Until(asked.Deadline); left > 30*time.Second || left < 20*time.Second {
			t.Errorf("deadline in %v", left)
		}
		finished := observed[messages.SigningFinished](s)
		if len(finished) != 1 || finished[0].Status != messages.StatusSigned || finished[0].Err != nil ||
			finished[0].Key.String() != keyHex || finished[0].Duty != asked.Duty || finished[0].RequestID != "id-1" {
			t.Errorf("finished %v", finished)
		}
		if asked.Duty.Operation != messages.Attestation || len(s.errors) != 0 {
			t.Errorf("asked %v, errors %v", asked, s.errors)
		}
	}
}

func TestSignJSON(t *testing.T) {
	reply := newSigner().call("POST", signPath, "{}", "Accept", "application/json")
	want := `{"signature":"0x9807` + strings.Repeat("0", 188) + `"}`
	if reply.Body.String() != want {
		t.Errorf("got %s", reply.Body)
	}
}

func TestSignMalformed(t *testing.T) {
	tests := []struct{ name, path, body string }{
		{"identifier too short", "/api/v1/eth2/sign/0x12", "{}"},
		{"identifier no hex", "/api/v1/eth2/sign/" + strings.Repeat("z", 96), "{}"},
		{"identifier with an encoded slash", "/api/v1/eth2/sign/0x%2f12", "{}"},
		{"no body", signPath, ""},
		{"body no JSON", signPath, "{"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSigner()
			s.config.Sign = func(context.Context, messages.Sign) (messages.Signed, error) {
				t.Error("signed")
				return messages.Signed{}, nil
			}
			expect(t, s.call("POST", test.path, test.body), 400, "malformed_request")
			finished := observed[messages.SigningFinished](s)
			if len(finished) != 1 || finished[0].Status != messages.StatusInvalid || finished[0].Duty.Operation != messages.UnknownOperation {
				t.Errorf("finished %v", finished)
			}
		})
	}
}

func TestClientThatLeavesCancels(t *testing.T) {
	s := newSigner()
	arrived, left := make(chan struct{}), make(chan error, 1)
	s.config.Sign = func(ctx context.Context, _ messages.Sign) (messages.Signed, error) {
		close(arrived)
		<-ctx.Done()
		left <- ctx.Err()
		return messages.Signed{}, ctx.Err()
	}
	server := httptest.NewServer(api.New(s.config))
	defer server.Close()
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-arrived
		leave()
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+signPath, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if reply, err := http.DefaultClient.Do(request); err == nil {
		reply.Body.Close()
		t.Error("the client got a reply that it did not wait for")
	}
	if err := <-left; err != context.Canceled {
		t.Errorf("Sign ended with %v", err)
	}
}

func TestRequestTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSigner()
		s.config.Sign = func(_ context.Context, request messages.Sign) (messages.Signed, error) {
			time.Sleep(time.Until(request.UsefulUntil()))
			return messages.Signed{}, messages.ErrExpired
		}
		started := time.Now()
		expect(t, s.call("POST", signPath, "{}"), 503, "expired")
		if took := time.Since(started); took != 30*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// Deadlines carry the clock's monotonic reading: no jump of the wall clock brings one forward or puts it off.
func TestDeadlineIsMonotonic(t *testing.T) {
	s := newSigner()
	var deadlines []time.Time
	sign, signBatch := s.config.Sign, s.config.SignBatch
	s.config.Sign = func(ctx context.Context, request messages.Sign) (messages.Signed, error) {
		deadlines = append(deadlines, request.Deadline)
		return sign(ctx, request)
	}
	s.config.SignBatch = func(ctx context.Context, request messages.SignBatch) (messages.BatchSigned, error) {
		deadlines = append(deadlines, request.Deadline)
		return signBatch(ctx, request)
	}
	s.call("POST", signPath, "{}")
	s.call("POST", "/api/v1/eth2/sign", `{"identifiers":["`+keyHex+`"],"signing_request":{}}`)
	if len(deadlines) != 2 {
		t.Fatalf("%d deadlines", len(deadlines))
	}
	for _, d := range deadlines {
		if d == d.Round(0) { // which takes the reading away
			t.Errorf("%v has the wall clock only", d)
		}
	}
}
