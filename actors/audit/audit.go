// Package audit owns the audit stream: a file to which everything that matters to security is written, each record
// bound to the one before by a hash. The format lives below, in chain; nothing there knows of actors or files.
//
// # What it guarantees
//
//   - Observations (every signing attempt, supervision, key changes, refusals: every event whose line has the target
//     "audit") are queued by whoever publishes them ([Queue.Note]) and written within about 10 ms; they survive a crash
//     of the process from then on, and a loss of power after at most a second more.
//   - Nobody who publishes waits longer than 50 ms for the stream, and none at all after somebody has waited in vain.
//     What is lost then is counted, and the stream itself says how much it was, and where.
//   - Evidence ([messages.RecordEvidence]) is on the disk, behind all that was noted before, when it is acknowledged.
//     Without a stream that can be written it is refused.
//   - The chain goes on over restarts and over files: sequence and hash are read from the end of the file. What a crash
//     left unfinished stays where it is, and the record that follows says so.
//   - A file that cannot be written does not stop the signer. It is opened again every second; until then the queue
//     holds what it can. Only at start is it an error.
//   - Only the owner can read a file that is created here (mode 0600). One process at a time writes to it.
//
// # Decisions
//
// Observations do not hold up a signature until they are on the disk, as Vault's do: a signer that stops signing because
// the disk of its log is full costs its owner more than a gap that is counted and shown. Ceremonies are another matter.
//
// The queue belongs to no incarnation, and events are encoded in the actor's turns: publishing costs a clock reading and
// a place in a channel. The actor is woken for the first event and then gathers for 10 ms, so that a busy signer makes
// a hundred writes a second, not thousands; the first of a quiet time is written at once.
//
// The disk is asked to keep its word (fsync) once a second while there is something new, because it takes as long as
// hundreds of signatures, and at evidence, rotation and the end.
//
// After a failed write the end of the chain is read back from the file, so that records that did get through are not
// written twice. What the file has decides, also about the head: what is in memory may be wrong, as after a crash.
package audit

import (
	"errors"
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/audit/chain"
	"containment-chamber/messages"
)

// Config says what the actor works with.
type Config struct {
	// File is where the stream is written; empty means that there is none.
	File string
	// Queue is where it comes from; nil will do where there is no File.
	Queue *Queue
}

const (
	gatherFor   = 10 * time.Millisecond
	syncEvery   = time.Second
	reopenEvery = time.Second
)

var errOff = errors.New("audit.file is not set")

// Spec describes the audit actor.
func Spec(cfg Config) actors.Spec {
	if cfg.Queue == nil {
		cfg.Queue = NewQueue()
	}
	return actors.Spec{
		Name: "audit",
		New:  func() actors.Actor { return &recorder{cfg: cfg, down: errOff} },
		// Evidence comes from people and costs a disk sync: 64 of 30 ms are two seconds.
		Mailbox: 64,
		Restart: actors.Restart{Max: 4, Period: time.Minute, Base: 100 * time.Millisecond, Cap: 5 * time.Second},
	}
}

// recorder has either a stream or the reason why there is none.
type recorder struct {
	cfg   Config
	out   *stream
	down  error
	head  chain.Head // while there is no stream: where to go on
	batch []entry    // taken from the queue, not written yet
	names []string   // of the records that the batch became
	// gathering and syncing say that a turn is planned.
	gathering, syncing bool
}

// arrived wakes the recorder.
type arrived struct{}

// Told implements actors.Notice.
func (arrived) Told(messages.Audit) {}

// Receive implements actors.Actor.
func (r *recorder) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		r.start(c)
	case arrived:
		r.write(c)
	case messages.RecordEvidence:
		r.evidence(c, m)
	case messages.ReopenAudit:
		r.reopen(c, m)
	case messages.GetAuditHead:
		r.answerHead(c, m)
	case actors.Ended:
		r.end(c, m.Crashed)
	}
}

func (r *recorder) start(c *actors.Context) {
	if r.cfg.File == "" {
		return
	}
	self := actors.Self[messages.Audit](c)
	r.cfg.Queue.serve(func() { actors.Tell(self, arrived{}) })
	r.open(c)
}

// open opens the file, and comes back until that works.
func (r *recorder) open(c *actors.Context) {
	out, opened, err := openStream(r.cfg.File, r.head)
	if err != nil {
		r.fail(c, err)
		return
	}
	r.out, r.down = out, nil
	c.Publish(opened)
	c.Publish(messages.AuditWritten{Event: chain.Opened, Count: 1})
	r.write(c)
}

// fail gives the file up until it can be opened again.
func (r *recorder) fail(c *actors.Context, err error) {
	if r.down == nil || r.down.Error() != err.Error() {
		c.Publish(messages.AuditFailed{Cause: err})
	}
	r.down = err
	r.shut()
	c.After(reopenEvery, r.open)
}

func (r *recorder) shut() {
	if r.out != nil {
		r.head = r.out.head
		_ = r.out.close() // there is nobody to tell; what was written is read back
		r.out = nil
	}
}

// write writes what the queue holds, and gathers.
func (r *recorder) write(c *actors.Context) {
	if r.out == nil || !r.writeBatch(c) {
		return // open writes
	}
	if !r.gathering {
		r.gathering = true
		c.After(gatherFor, r.gathered)
	}
}

func (r *recorder) gathered(c *actors.Context) {
	r.gathering = false
	if r.out != nil && r.cfg.Queue.rest() {
		r.write(c)
	}
}

// evidence writes one record behind what was noted before, and has it on the disk before it answers.
func (r *recorder) evidence(c *actors.Context, m messages.RecordEvidence) {
	if r.out != nil && r.writeBatch(c) {
		r.out.add(time.Now(), m.Line)
		if err := errors.Join(r.out.flush(), r.out.sync()); err != nil {
			r.fail(c, err)
		}
	}
	if r.out == nil {
		actors.Refuse(c, r.unavailable())
		return
	}
	actors.Answer(c, m, messages.EvidenceRecorded{Sequence: r.out.head.Seq, Hash: r.out.head.Hash})
	c.Publish(messages.AuditWritten{Event: m.Line.Message, Count: 1})
}

// reopen writes what belongs into the old file, and goes on in what has its name now.
func (r *recorder) reopen(c *actors.Context, m messages.ReopenAudit) {
	if r.out != nil && r.writeBatch(c) {
		r.shut()
		r.open(c)
	}
	r.answerHead(c, m)
}

func (r *recorder) answerHead(c *actors.Context, q messages.Request[messages.Audit, messages.AuditHead]) {
	if r.out == nil {
		actors.Refuse(c, r.unavailable())
		return
	}
	actors.Answer(c, q, messages.AuditHead{Sequence: r.out.head.Seq, Hash: r.out.head.Hash})
}

func (r *recorder) unavailable() error {
	return fmt.Errorf("%w: audit stream: %w", messages.ErrUnavailable, r.down)
}

// end writes what is left, unless a crash has left doubts about what that is.
func (r *recorder) end(c *actors.Context, crashed bool) {
	r.cfg.Queue.retire()
	if !crashed && r.cfg.File != "" {
		if r.out == nil || !r.writeBatch(c) {
			r.batch = r.cfg.Queue.take(r.batch)
		}
	}
	r.shut()
	r.cfg.Queue.lose(r.batch)
	r.batch = nil
}
