package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"
)

// answer is what one signer has answered: a reply, as the API's document describes it, or an error.
type answer[T any] struct {
	Signer string   `json:"signer"`
	Reply  *T       `json:"reply,omitempty"`
	Error  *refused `json:"error,omitempty"`
	err    error
}

// done reports whether a signer has done what was asked.
func done[T any](a answer[T]) bool { return a.err == nil }

// answers is the report of a command.
type answers[T any] struct {
	Signers []answer[T] `json:"signers"`
	// Next is what to type next.
	Next []step `json:"next,omitempty"`
}

// step is something to type.
type step struct {
	// By is the operator whose turn it is; empty if anybody's.
	By      string `json:"by,omitempty"`
	Why     string `json:"why"`
	Command string `json:"command"`
	// token is what is to be handed over with the command, if it is to be shown.
	token shown
}

// ask calls one signer and reads its reply.
func ask[T any](o *operator, signer string, what call) (*T, error) {
	text, err := o.do(o.ctx, signer, what)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	reply := new(T)
	if err := json.Unmarshal(text, reply); err != nil { // which may quote the text
		return nil, errors.New("it answers with what no signer does: is this the URL of its API, and this program of its version?")
	}
	return reply, nil
}

// each calls signers at the same time: one that hangs holds up no other.
func each[T any](signers []string, ask func(i int, signer string) (*T, error)) answers[T] {
	all := answers[T]{Signers: make([]answer[T], len(signers))}
	var group sync.WaitGroup
	for i, signer := range signers {
		group.Go(func() {
			reply, err := ask(i, signer)
			all.Signers[i] = newAnswer(signer, reply, err)
		})
	}
	group.Wait()
	return all
}

func newAnswer[T any](signer string, reply *T, err error) answer[T] {
	a := answer[T]{Signer: signer, err: err}
	if err == nil {
		a.Reply = reply
		return a
	}
	if !errors.As(err, &a.Error) {
		code := "failed"
		if errors.As(err, new(*unreachable)) {
			code = "not_reachable"
		}
		a.Error = &refused{Code: code, Message: err.Error()}
	}
	return a
}

// tell reports what all have answered, and returns the worst of their errors. A report that cannot be written is one too:
// it may hold tokens that are shown once.
func tell[T any](o *operator, all answers[T], text func(io.Writer, *T)) error {
	for _, a := range all.Signers {
		if s := standing(a.err); s != nil {
			all.Next = o.also(all.Next, s)
		}
	}
	out := &careful{Writer: o.stdout}
	reported := *o.job
	reported.stdout = out
	if err := o.report(&reported, all, func(w io.Writer) { all.print(w, text) }); err != nil {
		return err
	}
	if out.err != nil {
		return fmt.Errorf("the report was not written, and what it shows is not shown again: %w", out.err)
	}
	return all.worst()
}

// careful is a writer that keeps the error that nobody looks at.
type careful struct {
	io.Writer
	err error
}

// Write implements io.Writer.
func (c *careful) Write(text []byte) (int, error) {
	n, err := c.Writer.Write(text)
	if c.err == nil {
		c.err = err
	}
	return n, err
}

func (all answers[T]) print(w io.Writer, text func(io.Writer, *T)) {
	several := len(all.Signers) > 1
	for _, a := range all.Signers {
		switch {
		case a.err != nil && several:
			fmt.Fprintf(w, "%s: %s: %v\n", a.Signer, outcome(a.err), a.err)
			printStanding(w, a.err)
		case a.err != nil:
			printStanding(w, a.err) // the error itself ends the program
		case a.err == nil && several:
			fmt.Fprintf(w, "%s: ", a.Signer)
			text(w, a.Reply)
		case a.err == nil:
			text(w, a.Reply)
		}
	}
	printSteps(w, all.Next)
}

// reason is who is to type it, and why.
func (s step) reason() string {
	if s.By == "" {
		return s.Why
	}
	return s.By + ": " + s.Why
}

// printStanding says how the chamber stands after a refusal for that reason.
func printStanding(w io.Writer, err error) {
	if s := standing(err); s != nil {
		fmt.Fprintln(w, "Not done. The chamber stands so:")
		s.print(w, time.Now())
	}
}

// outcome is an error in a word.
func outcome(err error) string {
	if exitCode(err) == exitUnreachable {
		return "NOT REACHED"
	}
	return "FAILED"
}

func printSteps(w io.Writer, steps []step) {
	if len(steps) > 0 {
		fmt.Fprintln(w, "\nType next:")
	}
	for _, s := range steps {
		fmt.Fprintf(w, "\n  # %s\n  %s\n", printable(s.reason()), printable(s.Command))
		if len(s.token) > 0 {
			fmt.Fprintf(w, "  %s\n", s.token)
		}
	}
}

func exitCode(err error) int {
	if errors.As(err, new(*unreachable)) {
		return exitUnreachable
	}
	return exitFailed
}

func (all answers[T]) worst() error {
	failed, code := 0, exitDone
	for _, a := range all.Signers {
		if a.err != nil {
			failed++
			code = max(code, exitCode(a.err))
		}
	}
	switch {
	case failed == 0:
		return nil
	case len(all.Signers) == 1:
		return &exitError{code, fmt.Errorf("%s: %w", all.Signers[0].Signer, all.Signers[0].err)}
	}
	return &exitError{code, fmt.Errorf("%d of %d signers have not done it", failed, len(all.Signers))}
}

// printable is text without what would steer a terminal: it comes from signers, and a signer may be somebody else.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == '\n' {
			return r
		}
		return '?'
	}, text)
}

// quoted is a word of a command line, as a shell reads it.
func quoted(word string) string {
	safe := func(r rune) bool {
		return r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-._:/@%+,=", r))
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !safe(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
