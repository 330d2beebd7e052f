package dynalite

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// item is an item, or a key of one: attributes in DynamoDB's JSON.
type item map[string]json.RawMessage

// op is what the shim must know of one operation on one item.
type op struct {
	TableName                           string
	Key, Item                           item
	ReturnValuesOnConditionCheckFailure string

	kind string
	text json.RawMessage
}

// reason says why one operation of a transaction did not happen.
type reason struct {
	Code    string
	Message string `json:",omitempty"`
	Item    item   `json:",omitempty"`
}

func (c *call) transactGet(body []byte) answer {
	var request struct {
		TransactItems []struct{ Get json.RawMessage }
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return refusal(http.StatusBadRequest, "SerializationException", err.Error())
	}
	responses := []map[string]item{}
	for _, wanted := range request.TransactItems {
		op, failed := c.op("Get", wanted.Get)
		if failed.status != 0 {
			return failed
		}
		found, failed := c.stored(op)
		if failed.status != 0 {
			return failed
		}
		response := map[string]item{}
		if found != nil {
			response["Item"] = found
		}
		responses = append(responses, response)
	}
	return answer{http.StatusOK, encode(map[string]any{"Responses": responses})}
}

// transactWrite makes the writes of a transaction, or none of them.
func (c *call) transactWrite(body []byte) answer {
	ops, failed := c.parse(body)
	if failed.status != 0 {
		return failed
	}
	olds, reasons, refused := make([]item, len(ops)), make([]reason, len(ops)), false
	for i, op := range ops {
		if olds[i], failed = c.stored(op); failed.status != 0 {
			return failed
		}
	}
	for i, op := range ops {
		reasons[i] = c.apply(op, olds[i])
		refused = refused || reasons[i].Code != "None"
	}
	for i, op := range ops {
		if refused || op.kind == "ConditionCheck" {
			if a := c.restore(op, olds[i]); a.status != http.StatusOK {
				return a
			}
		}
	}
	if !refused {
		return answer{http.StatusOK, []byte("{}")}
	}
	return cancelled(reasons)
}

func cancelled(reasons []reason) answer {
	codes := make([]string, len(reasons))
	for i, r := range reasons {
		codes[i] = r.Code
	}
	return answer{http.StatusBadRequest, encode(map[string]any{
		"__type":              "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
		"message":             "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(codes, ", ") + "]",
		"CancellationReasons": reasons,
	})}
}

// parse reads the operations of a transaction. No two of them may be about one item.
func (c *call) parse(body []byte) ([]op, answer) {
	var request struct {
		TransactItems []map[string]json.RawMessage
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, refusal(http.StatusBadRequest, "SerializationException", err.Error())
	}
	var ops []op
	seen := map[string]bool{}
	for _, parts := range request.TransactItems {
		for kind, text := range parts {
			op, failed := c.op(kind, text)
			if failed.status != 0 {
				return nil, failed
			}
			id := op.TableName + string(encode(op.Key))
			if seen[id] {
				return nil, refusal(http.StatusBadRequest, "ValidationException", "Transaction request cannot include multiple operations on one item")
			}
			seen[id] = true
			ops = append(ops, op)
		}
	}
	return ops, answer{}
}

// op reads one operation, and finds the key of its item.
func (c *call) op(kind string, text json.RawMessage) (op, answer) {
	op := op{kind: kind, text: text}
	if err := json.Unmarshal(text, &op); err != nil {
		return op, refusal(http.StatusBadRequest, "SerializationException", err.Error())
	}
	if op.Key != nil {
		return op, answer{}
	}
	var failed answer
	op.Key, failed = c.keyOf(op)
	return op, failed
}

// apply makes one write. A condition alone is checked by a deletion, which is undone afterwards.
func (c *call) apply(op op, old item) reason {
	name := op.kind + "Item"
	if op.kind == "ConditionCheck" {
		name = "DeleteItem"
	}
	a := c.send(name, op.text)
	var said struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	if a.status == http.StatusOK {
		return reason{Code: "None"}
	}
	_ = json.Unmarshal(a.body, &said) // or it said nothing
	if !bytes.Contains(a.body, []byte("ConditionalCheckFailed")) {
		_, kind, _ := strings.Cut(said.Type, "#")
		return reason{Code: strings.TrimSuffix(kind, "Exception"), Message: said.Message}
	}
	r := reason{Code: "ConditionalCheckFailed", Message: "The conditional request failed"}
	if op.ReturnValuesOnConditionCheckFailure == "ALL_OLD" {
		r.Item = old
	}
	return r
}

// restore puts back what was there before.
func (c *call) restore(op op, old item) answer {
	if old == nil {
		return c.send("DeleteItem", encode(map[string]any{"TableName": op.TableName, "Key": op.Key}))
	}
	return c.send("PutItem", encode(map[string]any{"TableName": op.TableName, "Item": old}))
}

// stored returns the item that an operation is about; nil if there is none.
func (c *call) stored(op op) (item, answer) {
	a := c.send("GetItem", encode(map[string]any{"TableName": op.TableName, "Key": op.Key, "ConsistentRead": true}))
	if a.status != http.StatusOK {
		return nil, a
	}
	var found struct{ Item item }
	if err := json.Unmarshal(a.body, &found); err != nil {
		return nil, refusal(http.StatusInternalServerError, "InternalServerError", err.Error())
	}
	return found.Item, answer{}
}

// keyOf picks out of a whole item what the table's key is made of.
func (c *call) keyOf(op op) (item, answer) {
	a := c.send("DescribeTable", encode(map[string]string{"TableName": op.TableName}))
	if a.status != http.StatusOK {
		return nil, a
	}
	var described struct {
		Table struct {
			KeySchema []struct{ AttributeName string }
		}
	}
	if err := json.Unmarshal(a.body, &described); err != nil {
		return nil, refusal(http.StatusInternalServerError, "InternalServerError", err.Error())
	}
	key := item{}
	for _, part := range described.Table.KeySchema {
		key[part.AttributeName] = op.Item[part.AttributeName]
	}
	return key, answer{}
}
