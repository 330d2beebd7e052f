package control

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

const readClass = "read"

// round is one read, and what becomes of it.
type round struct {
	name    string // of the child
	began   time.Time
	cancel  context.CancelFunc
	late    actors.Timer
	reading bool
	waiting int           // consumers that have not answered
	part    messages.Part // of its trace: all of it
	failed  error         // the first that has
}

// arrived is what a child has read.
type arrived struct {
	name      string
	snapshots []messages.Snapshot
	err       error
}

// Told implements actors.Notice.
func (arrived) Told(messages.Control) {}

// begin begins a round, unless one is under way.
func (o *owner) begin(c *actors.Context) {
	if o.round != nil || o.stopped {
		return
	}
	o.kept.reads++
	ctx, cancel := context.WithTimeout(context.Background(), readWithin)
	o.round = &round{name: fmt.Sprintf("%s-%02d", readClass, o.kept.reads), began: time.Now(), cancel: cancel, reading: true}
	o.round.part = o.cfg.Trace().Whole("refresh")
	o.round.late = c.After(overdue, o.overdue)
	actors.Spawn[any](c, o.readSpec(ctx, c))
}

// readSpec describes a child that reads once.
func (o *owner) readSpec(ctx context.Context, c *actors.Context) actors.Spec {
	name, me, store, part := o.round.name, actors.Self[messages.Control](c), o.cfg.Store, o.round.part.Trace.Part("state read")
	return actors.Once(name, func(c *actors.Context) {
		snapshots, err := store.Read(ctx)
		part.End(c.Publish, slog.Attr{}, err)
		actors.Tell(me, arrived{name, snapshots, err})
	})
}

// overdue says again and again that a read does not come back, whatever was agreed.
func (o *owner) overdue(c *actors.Context) {
	o.fail(c, fmt.Errorf("%w: no answer for %v", messages.ErrStateUnavailable, time.Since(o.round.began).Round(time.Second)))
	o.round.late = c.After(overdue, o.overdue)
}

// cancel ends a read that nobody waits for any more.
func (o *owner) cancel() {
	if o.round != nil {
		o.round.cancel()
	}
}

// childEnded notices a read that crashed, which brings nothing. One that has ended in order has reported.
func (o *owner) childEnded(c *actors.Context, m actors.ChildEnded) {
	if m.Crashed {
		o.arrive(c, arrived{name: m.Name, err: fmt.Errorf("%w: %s", messages.ErrCrashed, m.Name)})
	}
}

// arrive takes what was read, and offers it to those who use it.
func (o *owner) arrive(c *actors.Context, m arrived) {
	r := o.round
	if r == nil || !r.reading || r.name != m.name || o.stopped {
		return // of an incarnation that is gone, or too late
	}
	r.reading = false
	r.late.Stop()
	r.cancel()
	if m.err != nil {
		o.fail(c, m.err)
		o.finish(c)
		return
	}
	r.waiting++ // until all have been offered theirs
	for _, name := range messages.Components() {
		o.offer(c, name, m.snapshots)
	}
	o.settled(c)
}

// offer has one component judged: by its consumer, or else by its versions.
func (o *owner) offer(c *actors.Context, name string, snapshots []messages.Snapshot) {
	s, err := pick(snapshots, name)
	s.Began = o.round.began
	consumer, found := o.consumer(name)
	switch {
	case !found && err == nil:
		o.note(c, s, follows(o.kept.components[name].Last, s))
	case !found:
		o.note(c, s, err)
	case err != nil:
		o.note(c, s, err)
		consumer.excuse(c, err)
	default:
		o.round.waiting++
		part := o.round.part.Trace.Part("take")
		consumer.offer(c, s, nil, func(c *actors.Context, err error) {
			part.End(c.Publish, slog.String("component", name), err)
			o.note(c, s, err)
			o.settled(c)
		})
	}
}

func (o *owner) consumer(component string) (Consumer, bool) {
	for _, consumer := range o.cfg.Consumers {
		if consumer.component == component {
			return consumer, true
		}
	}
	return Consumer{}, false
}

// fail tells of all components that they could not be read.
func (o *owner) fail(c *actors.Context, err error) {
	for _, name := range messages.Components() {
		o.note(c, messages.Snapshot{Component: name}, err)
	}
	for _, consumer := range o.cfg.Consumers {
		consumer.excuse(c, err)
	}
}

// note keeps what is good, and announces how the refresh of one component went.
func (o *owner) note(c *actors.Context, s messages.Snapshot, err error) {
	known := o.kept.components[s.Component]
	changed := (err == nil) != (known.Err == nil)
	now := time.Now()
	if o.round.failed == nil {
		o.round.failed = err
	}
	if known.Err = err; err == nil {
		known.Last, known.Refreshed = s, now
	}
	o.kept.components[s.Component] = known
	c.Publish(messages.ControlRefreshed{Component: s.Component, Err: err, At: now, Changed: changed})
}

// settled counts those who have been offered something and have answered; the last one ends the round.
func (o *owner) settled(c *actors.Context) {
	if o.round.waiting--; o.round.waiting == 0 {
		o.finish(c)
	}
}

// finish ends a round, and begins the next if it is not to come by itself.
func (o *owner) finish(c *actors.Context) {
	o.round.part.End(c.Publish, slog.Attr{}, o.round.failed)
	o.round = nil
	switch {
	case o.again:
		o.again = false
		o.begin(c)
	case o.cfg.Interval <= 0 && o.failing():
		c.After(retryAfter, o.begin)
	}
}

func (o *owner) failing() bool {
	for _, component := range o.kept.components {
		if component.Err != nil {
			return true
		}
	}
	return false
}
