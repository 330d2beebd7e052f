package signing

import (
	"sync/atomic"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// job is one signature under way. It holds a permit until it is settled.
type job struct {
	key      *bls.SecretKey
	duty     messages.Duty
	deadline time.Time
	to       sink
	permits  *Permits
	course   *course // nil unless the request is traced
	leg      int     // of the course
	settled  atomic.Bool
}

// enter takes the job to the next leg of its course.
func (j *job) enter(leg int) {
	j.course.move(j.leg, leg)
	j.leg = leg
}

// sink is where the outcome of a job goes.
type sink interface {
	put(messages.Signature, error)
	gone() bool
}

// settle answers the job. Only the first call counts: a crash settles a whole chunk, answered parts and all.
func (j *job) settle(s messages.Signature, err error) {
	if j.settled.CompareAndSwap(false, true) {
		j.permits.give(1) // before the answer: whoever has it finds the permit free
		j.course.settle(j.leg, err)
		j.to.put(s, err)
	}
}

func (j *job) fail(err error) { j.settle(messages.Signature{}, err) }

// late reports whether nobody waits for the outcome any more.
func (j *job) late(now time.Time) bool { return now.After(j.deadline) || j.to.gone() }

// failAll settles all jobs with err.
func failAll(jobs []*job, err error) {
	for _, j := range jobs {
		j.fail(err)
	}
}

// single is the sink of a request for one signature.
type single struct {
	actors.Promise[messages.Signed]
}

func (s single) put(sig messages.Signature, err error) {
	if err != nil {
		s.Fail(err)
		return
	}
	s.Resolve(messages.Signed{Signature: sig})
}

func (s single) gone() bool { return s.Gone() }

// batch gathers the outcomes of a request for several signatures; the last one answers it.
type batch struct {
	promise actors.Promise[messages.BatchSigned]
	results []messages.SignResult
	missing atomic.Int64
}

// place is the sink of one job of a batch.
type place struct {
	*batch
	at int
}

func newBatch(p actors.Promise[messages.BatchSigned], size int) *batch {
	b := &batch{promise: p, results: make([]messages.SignResult, size)}
	b.missing.Store(int64(size))
	return b
}

func (p place) put(sig messages.Signature, err error) {
	p.results[p.at] = messages.SignResult{Signature: sig, Err: err}
	if p.missing.Add(-1) == 0 {
		p.promise.Resolve(messages.BatchSigned{Results: p.results})
	}
}

func (p place) gone() bool { return p.promise.Gone() }
