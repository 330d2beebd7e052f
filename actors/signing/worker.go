package signing

import (
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// pool names the protocol between the front and its workers.
type pool struct{}

// chunk is the work of one turn of a worker: jobs of one message.
type chunk struct {
	message *bls.Message
	jobs    []*job
}

// Told implements actors.Notice.
func (chunk) Told(pool) {}

// Abandon implements actors.Holder: a chunk that is lost, or that a worker crashes on, answers all its callers.
func (ch chunk) Abandon(err error) { failAll(ch.jobs, err) }

// idle tells the front that a worker has nothing to do.
type idle struct{ worker int }

// Told implements actors.Notice.
func (idle) Told(messages.Signing) {}

// worker is the front's view of one worker.
type worker struct {
	ref  actors.Ref[pool]
	idle bool
}

func workerSpec(front actors.Ref[messages.Signing], index int) actors.Spec {
	return actors.Spec{
		Name:    fmt.Sprintf("worker-%02d", index),
		New:     func() actors.Actor { return &signer{front, index} },
		Mailbox: 1, // takes notices only, one at a time
		Restart: actors.Restart{Max: 4, Period: time.Minute, Base: 50 * time.Millisecond, Cap: 2 * time.Second},
	}
}

// signer signs chunks. It holds nothing between two of them.
type signer struct {
	front actors.Ref[messages.Signing]
	index int
}

// Receive implements actors.Actor.
func (s *signer) Receive(_ *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		actors.Tell(s.front, idle{s.index})
	case chunk:
		sign(m)
		actors.Tell(s.front, idle{s.index})
	}
}

// sign signs the chunk for those who still wait; the others may ask again, their record permits it.
func sign(ch chunk) {
	now := time.Now()
	jobs := make([]*job, 0, len(ch.jobs))
	keys := make([]*bls.SecretKey, 0, len(ch.jobs))
	for _, j := range ch.jobs {
		if j.late(now) {
			j.fail(fmt.Errorf("%w: it waited too long to be signed; asking again is safe", messages.ErrExpired))
			continue
		}
		j.enter(legSign)
		jobs, keys = append(jobs, j), append(keys, j.key)
	}
	signatures := make([]messages.Signature, len(keys))
	if err := bls.SignAll(ch.message, keys, signatures); err != nil {
		signEach(ch.message, jobs)
		return
	}
	for i, j := range jobs {
		j.settle(signatures[i], nil)
	}
}

// signEach signs one by one, so that one key that was wiped meanwhile does not fail the others.
func signEach(m *bls.Message, jobs []*job) {
	for _, j := range jobs {
		j.settle(bls.Sign(m, j.key))
	}
}
