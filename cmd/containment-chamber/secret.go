package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"containment-chamber/messages"
)

// wanted is a secret that a command needs.
type wanted struct {
	// flag is the flag that may say where it is: env:NAME or file:PATH, or the secret itself. It is asked for at the
	// terminal if from is empty.
	flag, from string
	prompt     string
	// twice asks for it again, because a mistake shows only when it is too late.
	twice bool
	// exact keeps white space at either end: passphrases may have it, tokens never.
	exact bool
}

// tokenFlag says where a token is.
type tokenFlag string

// passphraseFlag says where a passphrase is.
type passphraseFlag string

// Validate implements kong's hook. An operator has one passphrase for years: it must not be in a shell's history.
func (f passphraseFlag) Validate() error {
	if f == "" || isReference(string(f)) {
		return nil
	}
	return errors.New("a passphrase is not taken from the command line, where others see it: give env:NAME or file:PATH, or type it when asked")
}

func isReference(from string) bool {
	return strings.HasPrefix(from, "env:") || strings.HasPrefix(from, "file:")
}

// obtain gets a secret. The caller wipes it.
func (j *job) obtain(w wanted) (messages.Secret, error) {
	if w.from == "" {
		text, err := j.askFor(w)
		if err != nil {
			return messages.Secret{}, fmt.Errorf("--%s: %w", w.flag, err)
		}
		return w.checked(text)
	}
	text, err := j.look(w)
	if err != nil {
		return messages.Secret{}, w.misused(err)
	}
	return w.checked(text)
}

// checked takes text over.
func (w wanted) checked(text []byte) (messages.Secret, error) {
	fits, kind := utf8.Valid, "text in UTF-8"
	if !w.exact {
		text = bytes.TrimSpace(text) // what is left out is no secret
		fits, kind = isWord, "one word of ASCII characters, as every token is"
	}
	switch {
	case len(text) == 0:
		return messages.Secret{}, w.misused(errors.New("it is empty"))
	case !fits(text):
		clear(text)
		return messages.Secret{}, w.misused(errors.New("it is not " + kind))
	}
	return messages.NewSecret(text), nil
}

func isWord(text []byte) bool {
	return !bytes.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

func (w wanted) misused(err error) error {
	return &exitError{exitUsage, fmt.Errorf("--%s: %w", w.flag, err)}
}

func (j *job) look(w wanted) ([]byte, error) {
	if !isReference(w.from) {
		fmt.Fprintf(j.stderr, "warning: --%s: everybody on this machine sees it there, and the shell keeps it: give env:NAME or file:PATH, or type it when asked\n", w.flag)
		return []byte(w.from), nil
	}
	text, err := dereference(w.from, j.env, func(path string, mode fs.FileMode) {
		fmt.Fprintf(j.stderr, "warning: others than its owner may use %s (mode %04o): chmod 600 it\n", path, mode)
	})
	if strings.HasPrefix(w.from, "file:") {
		text = withoutNewline(text) // of its last line
	}
	return text, err
}

func withoutNewline(text []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
}
