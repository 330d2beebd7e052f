package signing

import (
	"sync/atomic"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// legs are the steps that a request takes here, in their order.
var legs = [...]messages.Step{messages.StepAuthorize, messages.StepRecord, messages.StepQueue, messages.StepSign}

// The places of the steps in legs.
const (
	legAuthorize = iota
	legRecord
	legQueue
	legSign
)

// course follows the jobs of one traced request through its legs, and tells about each leg when the last job is settled.
// A nil course follows nothing and costs nothing.
type course struct {
	publish func(messages.Event)
	step    messages.StepFinished // what all legs have in common
	open    atomic.Int64          // jobs that are not settled
	legs    [len(legs)]leg
}

// leg is what is known of one step. The times are nanoseconds since the course began.
type leg struct {
	items, failed atomic.Int64
	began, ended  atomic.Int64
	cause         atomic.Pointer[error] // why the first failed
}

// newCourse begins the course of a request with its jobs in the first leg. It returns nil when the trace is not wanted.
func newCourse(c *actors.Context, step messages.StepFinished, items int) *course {
	if !step.Trace.Sampled {
		return nil
	}
	step.Started = time.Now()
	course := &course{publish: c.Publish, step: step}
	course.open.Store(int64(items))
	course.legs[legAuthorize].items.Store(int64(items))
	return course
}

// move takes a job from one leg to another.
func (c *course) move(from, to int) {
	if c == nil {
		return
	}
	c.leave(from, nil)
	if leg := &c.legs[to]; leg.items.Add(1) == 1 {
		leg.began.Store(c.elapsed())
	}
}

// settle ends the course of one job in a leg, and of the request with its last job.
func (c *course) settle(at int, err error) {
	if c == nil {
		return
	}
	c.leave(at, err)
	if c.open.Add(-1) == 0 {
		c.tell()
	}
}

// refuse ends the course of a request of which no job was made.
func (c *course) refuse(err error) {
	if c == nil {
		return
	}
	for range c.open.Load() {
		c.settle(legAuthorize, err)
	}
}

func (c *course) leave(at int, err error) {
	leg := &c.legs[at]
	if err != nil {
		leg.failed.Add(1)
		cause := err // only this branch allocates
		leg.cause.CompareAndSwap(nil, &cause)
	}
	for now := c.elapsed(); ; {
		last := leg.ended.Load()
		if last >= now || leg.ended.CompareAndSwap(last, now) {
			return
		}
	}
}

func (c *course) elapsed() int64 { return int64(time.Since(c.step.Started)) }

// tell publishes the legs that a job has come to.
func (c *course) tell() {
	for i := range c.legs {
		leg, step := &c.legs[i], c.step
		step.Items = int(leg.items.Load())
		if step.Items == 0 {
			continue
		}
		step.Step, step.Failed = legs[i], int(leg.failed.Load())
		if cause := leg.cause.Load(); cause != nil {
			step.Err = *cause
		}
		step.Started = step.Started.Add(time.Duration(leg.began.Load()))
		step.Took = time.Duration(leg.ended.Load() - leg.began.Load())
		c.publish(step)
	}
}
