package http_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

func TestBatchMalformed(t *testing.T) {
	tests := []struct{ name, body, names string }{
		{"empty", ``, "JSON object"},
		{"no JSON", `{`, "JSON object"},
		{"an array", `[]`, "JSON object"},
		{"trailing data", batchBody("") + "x", "JSON object"},
		{"null", `null`, "signing_request is missing"},
		{"no request", `{"identifiers":[]}`, "signing_request is missing"},
		{"no identifiers", `{"signing_request":{}}`, "identifiers"},
		{"null identifiers", `{"identifiers":null,"signing_request":{}}`, "identifiers"},
		{"identifiers no array", `{"identifiers":"0x","signing_request":{}}`, "identifiers"},
		{"an identifier is a number", batchBody(`"0x",1`), "identifiers"},
		{"an identifier is an array", batchBody(`["0x"]`), "identifiers"},
		{"too many", batchBody(`"","","",""`), "more than 3"},
		{"bad request", `{"identifiers":[],"signing_request":"bad"}`, "signing_request: malformed request: bad"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSigner()
			s.config.MaxBatch = 3
			s.config.Decode = func(body []byte) (messages.Duty, error) {
				if strings.Contains(string(body), "bad") {
					return messages.Duty{}, fmt.Errorf("%w: bad", messages.ErrMalformed)
				}
				return messages.Duty{Operation: messages.Attestation}, nil
			}
			message := expect(t, s.call("POST", batchPath, test.body), 400, "malformed_request")
			if !strings.Contains(message, test.names) {
				t.Errorf("message %q does not say %q", message, test.names)
			}
			finished := observed[messages.SigningFinished](s)
			if len(finished) != 1 || finished[0].Status != messages.StatusInvalid || finished[0].Duty.Operation != messages.UnknownOperation {
				t.Errorf("finished %v", finished)
			}
		})
	}
}

func FuzzBatch(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `[[[[`, `{"identifiers":[],"signing_request":null}`, `{"identifiers":["` + "\xff" + `"],"signing_request":1}`,
		batchBody(identifiers(keyHex, "0x", keyHex)), `{"Identifiers":["a"],"identifiers":["b"],"signing_request":{}}`,
	} {
		f.Add(seed)
	}
	s := newSigner()
	s.config.MaxBatch = 4
	s.config.SignBatch = func(_ context.Context, request messages.SignBatch) (messages.BatchSigned, error) {
		return messages.BatchSigned{Results: make([]messages.SignResult, len(request.Keys))}, nil
	}
	s.config.Observe = func(event messages.Event) {
		if panicked, ok := event.(messages.HandlerPanicked); ok {
			panic(panicked.Stack)
		}
	}
	handler := api.New(s.config)
	f.Fuzz(func(t *testing.T, body string) {
		reply := call(handler, "POST", batchPath, strings.NewReader(body))
		if reply.Code == 400 {
			expect(t, reply, 400, "malformed_request")
			return
		}
		var items batchReply
		if err := json.Unmarshal(reply.Body.Bytes(), &items); err != nil || reply.Code != 200 || len(items) > 4 {
			t.Fatalf("%d %s: %v", reply.Code, reply.Body, err)
		}
		for _, item := range items {
			if (item.Signature == "") == (item.Error.Code == "") {
				t.Errorf("neither or both: %+v", item)
			}
		}
	})
}
