package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"time"

	"containment-chamber/messages"
)

// Addresses reads --signer-url.
var Addresses = addresses

// Status reports a reply to status, as "operator status" does at some time.
func Status(reply []byte, output string, now time.Time) (string, error) {
	var out bytes.Buffer
	o := &operator{job: &job{process: process{stdout: &out}}, tool: &tool{output: output}, signers: []string{defaultSigner}}
	status := new(chamberStatus)
	d := json.NewDecoder(bytes.NewReader(reply))
	d.DisallowUnknownFields()
	if err := d.Decode(status); err != nil {
		return "", err
	}
	err := o.tellStatus(answers[chamberStatus]{Signers: []answer[chamberStatus]{newAnswer(defaultSigner, status, nil)}}, now)
	return out.String(), err
}

// Run runs the program to its end, without standard input.
func Run(ctx context.Context, env []string, args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = run(ctx, process{args: args, env: env, stdin: strings.NewReader(""), stdout: &out, stderr: &errs})
	return out.String(), errs.String(), code
}

// SecretBody makes the body of a request that holds a secret.
func SecretBody(name string, secret []byte, others ...string) []byte {
	return secretBody(name, messages.NewSecret(secret), others...)
}

// Respond runs ykman, which is found at a path.
func Respond(ctx context.Context, ykman string, challenge []byte) (string, error) {
	y := &yubikey{ykman: ykman, stderr: io.Discard}
	defer y.wipe()
	response, err := y.respond(ctx, challenge)
	var text string
	response.Use(func(b []byte) { text = hex.EncodeToString(b) })
	return text, err
}

// Quoted is a word as a shell reads it.
var Quoted = quoted
