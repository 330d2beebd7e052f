package http

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"containment-chamber/messages"
)

// sign serves POST /api/v1/eth2/sign/{identifier}: one signature by one key.
func (a *API) sign(w http.ResponseWriter, r *http.Request, id string) error {
	signature, err := a.signature(w, r, id)
	if err != nil {
		return err
	}
	reply := make([]byte, 0, 256)
	if parseAccept(r.Header).json() {
		w.Header().Set("Content-Type", typeJSON)
		reply = append(appendHex(append(reply, `{"signature":"`...), signature[:]), `"}`...)
	} else {
		w.Header().Set("Content-Type", typeText)
		reply = appendHex(reply, signature[:])
	}
	_, _ = w.Write(reply) // a client that left needs no answer
	return nil
}

// signature gets the signature and tells how the request finished, even by a panic.
func (a *API) signature(w http.ResponseWriter, r *http.Request, id string) (signature messages.Signature, err error) {
	started := time.Now()
	request := messages.Sign{Duty: unknownDuty(), Deadline: started.Add(a.config.RequestTimeout), Trace: a.begin(r)}
	err = errPanicked // what is true unless decideSign returns
	defer func() {
		signing := messages.SigningFinished{Key: request.Key, Duty: request.Duty, RequestID: id, Trace: request.Trace}
		a.finishedOne(r, signing, err, started)
	}()
	signature, err = a.decideSign(w, r, &request)
	return signature, err
}

// decideSign reads the request and has it signed. It fills request as far as it understands it.
func (a *API) decideSign(w http.ResponseWriter, r *http.Request, request *messages.Sign) (messages.Signature, error) {
	key, err := messages.ParsePublicKey(r.PathValue("identifier"))
	if err != nil {
		return messages.Signature{}, fmt.Errorf("public key in the path: %w", err)
	}
	request.Key = key
	err = a.read(w, r, request.Trace, func(body []byte) (err error) {
		request.Duty, err = a.decode(body)
		return err
	})
	if err != nil {
		return messages.Signature{}, err
	}
	signed, err := a.config.Sign(r.Context(), *request)
	return signed.Signature, err
}

// decode is Config.Decode, with a name for what was not understood.
func (a *API) decode(body []byte) (messages.Duty, error) {
	duty, err := a.config.Decode(body)
	if duty.Operation == "" {
		duty.Operation = messages.UnknownOperation
	}
	return duty, err
}

// admitted lets a sign request through the gate before anything of it is read. It holds its slot until the
// signature is written or refused. A refusal at the gate names the key where the path does.
func (a *API) admitted(next endpoint) endpoint {
	return func(w http.ResponseWriter, r *http.Request, id string) error {
		started := time.Now()
		if err := a.gate.enter(r.Context()); err != nil {
			key, _ := messages.ParsePublicKey(r.PathValue("identifier")) // a zero key is what a batch has too
			a.finishedOne(r, messages.SigningFinished{Key: key, Duty: unknownDuty(), RequestID: id, Trace: a.begin(r)}, err, started)
			return err
		}
		defer a.gate.leave()
		return next(w, r, id)
	}
}

// finishedOne tells how a request that finishes as one ended.
func (a *API) finishedOne(r *http.Request, event messages.SigningFinished, err error, started time.Time) {
	event = ended(event, err, started)
	a.config.Observe(event)
	a.answered(r, messages.RequestFinished{Signing: event, Items: max(event.Count, 1), Started: started})
}

// ended completes the event of a request that ended now.
func ended(event messages.SigningFinished, err error, started time.Time) messages.SigningFinished {
	event.Status = messages.StatusSigned
	if err != nil {
		event.Status = problemOf(err).outcome
	}
	event.Err = err
	event.Took = time.Since(started)
	return event
}

func unknownDuty() messages.Duty { return messages.Duty{Operation: messages.UnknownOperation} }

func appendHex(dst, src []byte) []byte { return hex.AppendEncode(append(dst, "0x"...), src) }
