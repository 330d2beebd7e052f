package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/audit/chain"
	"containment-chamber/actors/chamber"
	"containment-chamber/messages"
)

// reopenPatience bounds the change to another audit file, of which the old one is brought to the disk.
const reopenPatience = 10 * time.Second

// reopenOnSignal opens the audit file anew at each SIGUSR1, as logrotate wants, until the returned function is called.
// The signal ends nobody who has no audit file.
func (s *signer) reopenOnSignal() (stop func()) {
	signals, ended := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGUSR1)
	go func() {
		for {
			select {
			case <-signals:
				s.reopenAudit()
			case <-ended:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(ended)
	}
}

func (s *signer) reopenAudit() {
	if s.cfg.Audit.File == "" {
		s.log.Warn("SIGUSR1: there is no audit file to reopen")
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), reopenPatience)
	defer cancel()
	if _, err := actors.Ask(ctx, actors.Lookup[messages.Audit](s.system, chamber.Name+"/audit"), messages.ReopenAudit{}); err != nil {
		s.log.Error("SIGUSR1: the audit file was not reopened", "cause", err)
	}
}

// auditCommand is "containment-chamber audit".
type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Check that nothing was edited, removed or inserted."`
}

type auditVerifyCommand struct {
	Files  []string `arg:"" name:"file" placeholder:"FILE" help:"Files of one stream, the oldest first."`
	Output string   `enum:"text,json" default:"text" placeholder:"text|json" help:"Form of the report: text or json."`
}

// Run implements kong's command.
func (c *auditVerifyCommand) Run(j *job, t *tool) error {
	t.output = c.Output
	var v chain.Verifier
	done := auditVerified{Sound: true}
	err := c.verify(&v)
	var broken *chain.BrokenError
	switch {
	case errors.As(err, &broken):
		done.Sound = false
		done.Break = &auditBreak{broken.File, broken.Line, broken.Err.Error()}
	case err != nil:
		return err
	}
	done.take(v.Report())
	return errors.Join(t.report(j, done, done.print), err)
}

func (c *auditVerifyCommand) verify(v *chain.Verifier) error {
	for _, name := range c.Files {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		err = v.File(name, file)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}

// auditVerified is the report of a verification. Up to a break it covers what stands before.
type auditVerified struct {
	Sound           bool          `json:"sound"`
	Files           int           `json:"files"`
	Records         uint64        `json:"records"`
	First           auditPosition `json:"first"`
	Last            auditPosition `json:"last"`
	LastHash        string        `json:"last_hash"`
	Torn            int           `json:"torn_by_crashes"`
	UnfinishedBytes int64         `json:"unfinished_bytes"`
	Break           *auditBreak   `json:"break,omitempty"`
}

type auditPosition struct {
	Seq  uint64    `json:"seq"`
	Time time.Time `json:"time"`
}

type auditBreak struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Cause string `json:"cause"`
}

func (a *auditVerified) take(r chain.Report) {
	a.Files, a.Records, a.Torn, a.UnfinishedBytes = r.Files, r.Records, r.Torn, r.Unfinished
	a.First, a.Last = auditPosition(r.First), auditPosition(r.Last)
	a.LastHash = fmt.Sprintf("%x", r.Head.Hash)
}

func (a auditVerified) print(w io.Writer) {
	outcome := "sound"
	if !a.Sound {
		outcome = "sound before the break"
	}
	fmt.Fprintf(w, "%d records in %d files: %s\n", a.Records, a.Files, outcome)
	if a.Records == 0 {
		return
	}
	fmt.Fprintf(w, "first  %d  %s\n", a.First.Seq, a.First.Time.Format(time.RFC3339Nano))
	fmt.Fprintf(w, "last   %d  %s  %s\n", a.Last.Seq, a.Last.Time.Format(time.RFC3339Nano), a.LastHash)
	if a.Torn > 0 {
		fmt.Fprintf(w, "%d times a crash left something unfinished; the signer noted it, and no whole record is missing\n", a.Torn)
	}
	if a.UnfinishedBytes > 0 {
		fmt.Fprintf(w, "the last %d bytes are unfinished: a crash, or the signer is writing\n", a.UnfinishedBytes)
	}
}
