package audit

import (
	"containment-chamber/actors"
	"containment-chamber/messages"
)

// writeBatch writes what the queue holds and what an earlier attempt left, in one call. It reports whether it could.
func (r *recorder) writeBatch(c *actors.Context) bool {
	r.batch = r.cfg.Queue.take(r.batch)
	if len(r.batch) == 0 {
		return true
	}
	r.names = r.names[:0]
	for _, e := range r.batch {
		line := e.event.Line()
		r.out.add(e.at, line)
		r.names = append(r.names, line.Message)
	}
	before := r.out.head.Seq
	err := r.out.flush()
	r.wrote(c, int(max(r.out.head.Seq, before)-before))
	if err != nil {
		r.fail(c, err)
		return false
	}
	r.planSync(c)
	return true
}

// wrote takes the first n entries out of the batch and announces them, kind by kind.
func (r *recorder) wrote(c *actors.Context, n int) {
	var kinds []messages.AuditWritten
	for i, e := range r.batch[:n] {
		kinds = tally(kinds, r.names[i])
		if lost, ok := e.event.(messages.AuditDropped); ok {
			c.Publish(lost)
		}
	}
	clear(r.batch[copy(r.batch, r.batch[n:]):]) // an event may hold much
	r.batch = r.batch[:len(r.batch)-n]
	for _, kind := range kinds {
		c.Publish(kind)
	}
}

func tally(kinds []messages.AuditWritten, event string) []messages.AuditWritten {
	for i := range kinds {
		if kinds[i].Event == event {
			kinds[i].Count++
			return kinds
		}
	}
	return append(kinds, messages.AuditWritten{Event: event, Count: 1})
}

func (r *recorder) planSync(c *actors.Context) {
	if r.syncing {
		return
	}
	r.syncing = true
	c.After(syncEvery, func(c *actors.Context) {
		r.syncing = false
		if r.out == nil {
			return
		}
		if err := r.out.sync(); err != nil {
			r.fail(c, err)
		}
	})
}
