package http

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"containment-chamber/messages"
)

// batchItem is one identifier of a batch and what became of it.
type batchItem struct {
	// identifier is the key's canonical spelling, or the client's where that is no key.
	identifier string
	key        messages.PublicKey
	signature  messages.Signature
	err        error
}

// batch is a batch request as far as it is understood.
type batch struct {
	items    []batchItem
	duty     messages.Duty
	deadline time.Time
	trace    messages.Trace
}

// signBatch serves POST /api/v1/eth2/sign: signatures of one message by several keys, in the shape of remote-signing-api
// PR #29. The reply is 200 as soon as the request itself is sound: each item has a signature or an error of its own.
func (a *API) signBatch(w http.ResponseWriter, r *http.Request, id string) error {
	items, err := a.signatures(w, r, id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", typeJSON)
	_, _ = w.Write(encodeBatch(items)) // a client that left needs no answer
	return nil
}

// signatures gets the signatures and tells how each item finished, even by a panic. A batch that could not be read, or
// was refused by queues that are full, finishes as one request.
func (a *API) signatures(w http.ResponseWriter, r *http.Request, id string) (items []batchItem, err error) {
	started := time.Now()
	b := batch{duty: unknownDuty(), deadline: started.Add(a.config.RequestTimeout), trace: a.begin(r)}
	err = errPanicked // what is true unless decideBatch returns
	defer func() {
		signing := messages.SigningFinished{Duty: b.duty, RequestID: id, Trace: b.trace}
		if errors.Is(err, messages.ErrOverloaded) || err != nil && len(b.items) == 0 {
			signing.Count = len(b.items)
			a.finishedOne(r, signing, err, started)
			return
		}
		a.finishedEach(r, &b, messages.RequestFinished{Signing: ended(signing, err, started), Items: len(b.items), Started: started})
	}()
	err = a.decideBatch(w, r, &b)
	return b.items, err
}

// finishedEach tells how the items ended: each by itself, or all as the whole did.
func (a *API) finishedEach(r *http.Request, b *batch, whole messages.RequestFinished) {
	signing := whole.Signing
	for _, item := range b.items {
		if item.err == nil {
			item.err = whole.Signing.Err
		}
		if item.err != nil {
			whole.Failed++
		}
		signing.Key = item.key
		a.config.Observe(ended(signing, item.err, whole.Started))
	}
	a.answered(r, whole)
}

// decideBatch reads the batch and has it signed. It fills b as far as it understands it.
func (a *API) decideBatch(w http.ResponseWriter, r *http.Request, b *batch) error {
	err := a.read(w, r, b.trace, func(body []byte) (err error) {
		b.items, b.duty, err = a.decodeBatch(body)
		return err
	})
	if err != nil {
		return err
	}
	keys := make([]messages.PublicKey, 0, len(b.items))
	for _, item := range b.items {
		if item.err == nil {
			keys = append(keys, item.key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	ctx, cancel := context.WithDeadline(r.Context(), b.deadline)
	defer cancel()
	signed, err := a.config.SignBatch(ctx, messages.SignBatch{Keys: keys, Duty: b.duty, Deadline: b.deadline, Trace: b.trace})
	if err != nil {
		return err
	}
	if len(signed.Results) != len(keys) {
		return errUnanswered
	}
	b.take(signed.Results)
	return nil
}

// take gives the results to the items that were asked for, in order.
func (b *batch) take(results []messages.SignResult) {
	for i := range b.items {
		if b.items[i].err == nil {
			b.items[i].signature, b.items[i].err = results[0].Signature, results[0].Err
			results = results[1:]
		}
	}
}

// decodeBatch reads a batch's body. Beside an error there is the duty as far as it is known. Every error but those of
// Config.Decode is an ErrMalformed.
func (a *API) decodeBatch(body []byte) ([]batchItem, messages.Duty, error) {
	identifiers, request, err := parseBatch(body, a.config.MaxBatch)
	if err != nil {
		return nil, unknownDuty(), err
	}
	duty, err := a.decode(request)
	if err != nil {
		return nil, duty, fmt.Errorf("signing_request: %w", err)
	}
	if !a.config.BatchAllowed(duty.Operation) {
		return nil, duty, fmt.Errorf("%w: type %s cannot be signed in a batch, only %s can",
			messages.ErrMalformed, duty.Operation, a.batchOperations())
	}
	items := make([]batchItem, len(identifiers))
	for i, identifier := range identifiers {
		key, err := messages.ParsePublicKey(identifier)
		if err == nil {
			identifier = key.String()
		}
		items[i] = batchItem{identifier: identifier, key: key, err: err}
	}
	return items, duty, nil
}

func (a *API) batchOperations() string {
	var allowed []string
	for _, operation := range messages.Operations() {
		if a.config.BatchAllowed(operation) {
			allowed = append(allowed, string(operation))
		}
	}
	return strings.Join(allowed, ", ")
}

// encodeBatch writes the reply. Signatures, of which there may be thousands, are appended without reflection.
func encodeBatch(items []batchItem) []byte {
	const itemSize = 340 // of a signed item: 98 + 194 digits and the names around them
	reply := append(make([]byte, 0, 2+itemSize*len(items)), '[')
	for i, item := range items {
		if i > 0 {
			reply = append(reply, ',')
		}
		if item.err == nil {
			reply = append(appendHex(append(reply, `{"identifier":"`...), item.key[:]), `","signature":"`...)
			reply = append(appendHex(reply, item.signature[:]), `"}`...)
			continue
		}
		reply = append(reply, encodeRefused(item)...)
	}
	return append(reply, ']')
}

func encodeRefused(item batchItem) []byte {
	type reason struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	p := problemOf(item.err)
	encoded, _ := json.Marshal(struct { // strings always marshal
		Identifier string `json:"identifier"`
		Error      reason `json:"error"`
	}{item.identifier, reason{p.code, p.message(item.err)}})
	return encoded
}
