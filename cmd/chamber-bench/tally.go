package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"containment-chamber/messages"
)

// kind is a way in which a signature was not delivered. Status is zero for failures of the transport.
type kind struct {
	status int
	code   string
}

// sample is a delivered signature that is verified after the load.
type sample struct {
	key       int
	root      messages.Root
	signature string
}

// window is the time that is measured.
type window struct{ from, to time.Time }

func (w window) holds(t time.Time) bool { return !t.Before(w.from) && t.Before(w.to) }

// tally is what one connection has seen.
type tally struct {
	window window
	// sampleEvery is how many signatures there are for each sample; untilSample is how many until the next.
	sampleEvery, untilSample int

	// requests and signatures are what was delivered within the window; issued is every order that was due within it.
	requests, signatures, issued uint64
	// latency is of the orders that were due within the window, and were answered 200.
	latency histogram
	// refused is of those that were answered 503.
	refused histogram
	errors  map[kind]uint64
	samples []sample
	// prints are the first 8 bytes of every signature: enough to find equal ones, small enough to keep.
	prints   []uint64
	received uint64    // all signatures
	last     time.Time // when the last answer came
}

// take counts the outcome of an order that was due at one time and was answered at another.
func (t *tally) take(o order, a answer, due, now time.Time) {
	t.last = now
	signatures, kinds := signaturesOf(o, a)
	for i, signature := range signatures {
		if signature != "" {
			t.receive(sample{o.first + i, o.root, signature})
		}
	}
	delivered := uint64(len(signatures) - len(kinds))
	if t.window.holds(now) {
		t.requests++
		t.signatures += delivered
	}
	if !t.window.holds(due) {
		return
	}
	t.issued++
	for _, k := range kinds {
		t.errors[k]++
	}
	if len(kinds) == 0 {
		t.latency.record(now.Sub(due))
	}
	if a.status == http.StatusServiceUnavailable {
		t.refused.record(now.Sub(due))
	}
}

// fail counts an order that got no answer.
func (t *tally) fail(o order, err error, due, now time.Time) {
	t.last = now
	if t.window.holds(due) {
		t.issued++
		t.errors[kind{0, transportKind(err)}] += uint64(o.count)
	}
}

func (t *tally) receive(s sample) {
	t.received++
	if number, err := strconv.ParseUint(s.signature[2:18], 16, 64); err == nil {
		t.prints = append(t.prints, number)
	}
	if t.untilSample--; t.untilSample <= 0 {
		t.samples = append(t.samples, s)
		t.untilSample = t.sampleEvery
	}
}

// add counts what other has counted.
func (t *tally) add(other *tally) {
	t.requests += other.requests
	t.signatures += other.signatures
	t.issued += other.issued
	t.received += other.received
	t.latency.add(&other.latency)
	t.refused.add(&other.refused)
	for k, n := range other.errors {
		t.errors[k] += n
	}
	t.samples = append(t.samples, other.samples...)
	t.prints = append(t.prints, other.prints...)
	if other.last.After(t.last) {
		t.last = other.last
	}
}

// signaturesOf reads the signatures of an answer, one for each key of the order; those that are missing are empty, and each
// has a kind.
func signaturesOf(o order, a answer) (signatures []string, kinds []kind) {
	signatures = make([]string, o.count)
	if a.status != 200 {
		return signatures, repeat(kind{a.status, codeOf(a.body)}, o.count)
	}
	if !o.batch {
		if signatures[0] = single(a.body); signatures[0] == "" {
			kinds = repeat(kind{a.status, "no_signature"}, 1)
		}
		return signatures, kinds
	}
	var items []struct {
		Signature string `json:"signature"`
		Error     struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if err := json.Unmarshal(a.body, &items); err != nil || len(items) != o.count {
		return signatures, repeat(kind{a.status, "malformed_batch"}, o.count)
	}
	for i, item := range items {
		switch {
		case wellFormed(item.Signature):
			signatures[i] = item.Signature
		case item.Error.Code != "":
			kinds = append(kinds, kind{a.status, item.Error.Code})
		default:
			kinds = append(kinds, kind{a.status, "no_signature"})
		}
	}
	return signatures, kinds
}

// signatureDigits is 0x and the hexadecimal digits of 96 bytes.
const signatureDigits = 2 + 2*96

// single finds the signature of a reply of one, JSON or text; it is empty if there is none.
func single(body []byte) string {
	at := bytes.Index(body, []byte("0x"))
	if at < 0 || len(body) < at+signatureDigits {
		return ""
	}
	return string(body[at : at+signatureDigits])
}

func wellFormed(signature string) bool {
	return len(signature) == signatureDigits && signature[:2] == "0x"
}

// codeOf reads the code of an error reply; it is empty where the server has none.
func codeOf(body []byte) string {
	var problem struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(body, &problem) // a reply of another form has no code
	return problem.Error
}

func repeat(k kind, count int) []kind {
	kinds := make([]kind, count)
	for i := range kinds {
		kinds[i] = k
	}
	return kinds
}
