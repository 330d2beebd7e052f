package http_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"containment-chamber/messages"
)

const batchPath = "/api/v1/eth2/sign"

// batchBody is a batch of these identifiers, written as the inside of a JSON array.
func batchBody(identifiers string) string {
	return `{"identifiers":[` + identifiers + `],"signing_request":{"type":"ATTESTATION"},"more":1}`
}

type batchReply []struct {
	Identifier string `json:"identifier"`
	Signature  string `json:"signature"`
	Error      struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func identifiers(keys ...string) string { return `"` + strings.Join(keys, `","`) + `"` }

// keyOf is the key that begins with this byte.
func keyOf(first byte) string { return messages.PublicKey{first}.String() }

func TestBatch(t *testing.T) {
	s := newSigner()
	s.config.SignBatch = func(ctx context.Context, request messages.SignBatch) (messages.BatchSigned, error) {
		if deadline, ok := ctx.Deadline(); !ok || !deadline.Equal(request.Deadline) {
			t.Errorf("context ends %v, request %v", deadline, request.Deadline)
		}
		var signed messages.BatchSigned
		for _, key := range request.Keys {
			result := messages.SignResult{Signature: signatureOf(key, request.Duty)}
			if key[0] == 2 {
				result = messages.SignResult{Err: fmt.Errorf("%w: double vote", messages.ErrSlashable)}
			}
			signed.Results = append(signed.Results, result)
		}
		return signed, nil
	}
	upper := "0X" + strings.ToUpper(strings.TrimPrefix(keyOf(0xab), "0x"))
	reply := s.call("POST", batchPath, batchBody(identifiers(keyOf(1), "no \\\" key", keyOf(2), upper, keyOf(1))), "Accept", "text/plain")
	if reply.Code != 200 || reply.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Fatalf("%d %v %s", reply.Code, reply.Header(), reply.Body)
	}
	var got batchReply
	if err := json.Unmarshal(reply.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := []struct{ identifier, signature, code string }{
		{keyOf(1), "0x0107", ""},
		{`no " key`, "", "malformed_request"},
		{keyOf(2), "", "slashing_refused"},
		{keyOf(0xab), "0xab07", ""},
		{keyOf(1), "0x0107", ""},
	}
	finished := observed[messages.SigningFinished](s)
	if len(got) != len(want) || len(finished) != len(want) {
		t.Fatalf("%d items, %d events", len(got), len(finished))
	}
	for i, w := range want {
		if got[i].Identifier != w.identifier || !strings.HasPrefix(got[i].Signature, w.signature) || got[i].Error.Code != w.code {
			t.Errorf("item %d: %+v", i, got[i])
		}
		if signed := w.code == ""; signed != (len(got[i].Signature) == 194) || signed != (finished[i].Status == messages.StatusSigned) {
			t.Errorf("item %d: %+v, finished %v", i, got[i], finished[i].Status)
		}
	}
	if finished[2].Status != messages.StatusSlashing || got[2].Error.Message != "slashing protection refused: double vote" {
		t.Errorf("%v %q", finished[2].Status, got[2].Error.Message)
	}
}

func TestBatchOfNothing(t *testing.T) {
	s := newSigner()
	s.config.SignBatch = func(context.Context, messages.SignBatch) (messages.BatchSigned, error) {
		return messages.BatchSigned{}, errors.New("asked for nothing")
	}
	if reply := s.call("POST", batchPath, batchBody("")); reply.Code != 200 || reply.Body.String() != "[]" {
		t.Errorf("%d %s", reply.Code, reply.Body)
	}
	if len(s.events) != 0 {
		t.Errorf("events %v", s.events)
	}
	if reply := s.call("POST", batchPath, batchBody(`"0x"`)); reply.Code != 200 {
		t.Errorf("no valid key: %d %s", reply.Code, reply.Body)
	}
}

func TestBatchOfAForbiddenType(t *testing.T) {
	s := newSigner()
	s.config.Decode = func([]byte) (messages.Duty, error) { return messages.Duty{Operation: messages.BlockV2}, nil }
	message := expect(t, s.call("POST", batchPath, batchBody(identifiers(keyHex))), 400, "malformed_request")
	if !strings.Contains(message, "BLOCK_V2") || !strings.Contains(message, "only ATTESTATION, RANDAO_REVEAL can") {
		t.Errorf("message %q", message)
	}
}

// TestBatchFailsWhole: what holds for all keys is the status of the reply, and of each item's event; a full queue is one
// event for all, for it must be cheap to refuse.
func TestBatchFailsWhole(t *testing.T) {
	tests := []struct {
		name      string
		signBatch func(context.Context, messages.SignBatch) (messages.BatchSigned, error)
		status    int
		code      string
		outcome   messages.SigningStatus
	}{
		{"overloaded", func(context.Context, messages.SignBatch) (messages.BatchSigned, error) {
			return messages.BatchSigned{}, messages.ErrOverloaded
		}, 503, "overloaded", messages.StatusOverloaded},
		{"panic", func(context.Context, messages.SignBatch) (messages.BatchSigned, error) {
			panic("bug")
		}, 500, "internal", messages.StatusError},
		{"a result is missing", func(context.Context, messages.SignBatch) (messages.BatchSigned, error) {
			return messages.BatchSigned{Results: make([]messages.SignResult, 1)}, nil
		}, 500, "internal", messages.StatusError},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSigner()
			s.config.SignBatch = test.signBatch
			expect(t, s.call("POST", batchPath, batchBody(identifiers(keyOf(1), "0x", keyOf(2)))), test.status, test.code)
			var outcomes []messages.SigningStatus
			for _, event := range observed[messages.SigningFinished](s) {
				outcomes = append(outcomes, event.Status)
			}
			want := []messages.SigningStatus{test.outcome, messages.StatusInvalid, test.outcome}
			if test.outcome == messages.StatusOverloaded {
				want = want[:1]
				if count := observed[messages.SigningFinished](s)[0].Count; count != 3 {
					t.Errorf("for %d keys, want 3", count)
				}
			}
			if fmt.Sprint(outcomes) != fmt.Sprint(want) {
				t.Errorf("outcomes %v, want %v", outcomes, want)
			}
		})
	}
}
