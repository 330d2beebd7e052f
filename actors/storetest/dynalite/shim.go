package dynalite

import (
	"bytes"
	"encoding/json"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
)

const api = "DynamoDB_20120810."

// answer is what a request is answered with.
type answer struct {
	status int
	body   []byte
}

// refusal is an answer of DynamoDB's that says no.
func refusal(status int, kind, message string) answer {
	return answer{status, encode(map[string]string{"__type": "com.amazonaws.dynamodb.v20120810#" + kind, "message": message})}
}

// ServeHTTP implements [http.Handler].
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), api)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	f := e.fault(operation)
	if !f.wait(r.Context()) {
		return
	}
	a := f.instead()
	if a.status == 0 {
		a = e.perform(r.Header, operation, body)
	}
	if f.Lost {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(a.body)), 10))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// perform answers a request, with the emulator's help.
func (e *Endpoint) perform(header http.Header, operation string, body []byte) answer {
	c := &call{url: e.server.url, header: header}
	switch operation {
	case "TransactGetItems":
		e.server.turn.Lock()
		defer e.server.turn.Unlock()
		return c.transactGet(body)
	case "TransactWriteItems":
		e.server.turn.Lock()
		defer e.server.turn.Unlock()
		return e.once(body, c.transactWrite)
	case "PutItem", "UpdateItem", "DeleteItem":
		var wish struct{ ReturnValuesOnConditionCheckFailure string }
		if json.Unmarshal(body, &wish) == nil && wish.ReturnValuesOnConditionCheckFailure == "ALL_OLD" {
			e.server.turn.Lock()
			defer e.server.turn.Unlock()
			return c.write(operation, body)
		}
	}
	e.server.turn.RLock()
	defer e.server.turn.RUnlock()
	return c.send(operation, body)
}

// once performs a transaction unless one with its token has succeeded before.
func (e *Endpoint) once(body []byte, perform func([]byte) answer) answer {
	var request struct{ ClientRequestToken string }
	_ = json.Unmarshal(body, &request) // perform complains
	e.mu.Lock()
	defer e.mu.Unlock()
	if done, ok := e.tokens[request.ClientRequestToken]; ok {
		return answer{http.StatusOK, done}
	}
	a := perform(body)
	if a.status == http.StatusOK && request.ClientRequestToken != "" {
		e.tokens[request.ClientRequestToken] = a.body
	}
	return a
}

// call makes requests of the emulator on behalf of a client.
type call struct {
	url    string
	header http.Header
}

// send makes one request. The emulator checks that there is a signature, not which.
func (c *call) send(operation string, body []byte) answer {
	request, err := http.NewRequest(http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return refusal(http.StatusInternalServerError, "InternalServerError", "the shim: "+err.Error())
	}
	request.Header = c.header.Clone()
	request.Header.Del("Accept-Encoding")
	request.Header.Set("X-Amz-Target", api+operation)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return refusal(http.StatusInternalServerError, "InternalServerError", "the emulator: "+err.Error())
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return refusal(http.StatusInternalServerError, "InternalServerError", "the emulator: "+err.Error())
	}
	return answer{response.StatusCode, text}
}

// write makes one conditional write, and says of a refusal which item it met.
func (c *call) write(operation string, body []byte) answer {
	a := c.send(operation, body)
	if a.status == http.StatusOK || !bytes.Contains(a.body, []byte("ConditionalCheckFailed")) {
		return a
	}
	op, failed := c.op(operation, body)
	if failed.status != 0 {
		return failed
	}
	item, failed := c.stored(op)
	if failed.status != 0 {
		return failed
	}
	return answer{a.status, encode(map[string]any{
		"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "The conditional request failed", "Item": item,
	})}
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("dynalite: an answer has no JSON form") // unreachable
	}
	return text
}
