package signing

import (
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// group is what waits to be recorded, and what is being recorded. One record is under way at a time: while the store
// commits, the next group grows, so that its size follows the load.
type group struct {
	waiting   []*job
	recording []*job // not empty while a record is under way, whether or not anybody waits for it
	window    actors.Timer
	open      bool // the window of the waiting jobs has not passed yet

	began    time.Time     // when the record under way was asked for
	took     time.Duration // how long the last one took
	patience actors.Timer  // runs while a record is under way
	stalled  error         // why nothing is recorded: the record under way has outlasted patience
}

func (g *group) abandon(err error) {
	failAll(g.waiting, err)
	failAll(g.recording, err)
}

// behind reports whether a duty that came now would wait for the store longer than limit, at the pace of the last
// record or of the one under way, whichever is slower. A duty that goes with the next record is never too late.
func (g *group) behind(size int, limit time.Duration) bool {
	ahead := len(g.waiting) / size
	if ahead == 0 {
		return false
	}
	pace := g.took
	if len(g.recording) > 0 {
		pace = max(pace, time.Since(g.began))
	}
	return pace*time.Duration(ahead+1) > limit
}

// collect adds a job to the group, and records the group when it is full or its window has passed. It refuses what
// would be recorded too late: so a slow store keeps no more callers waiting than it can serve, and leaves permits for
// duties that need no record.
func (f *front) collect(c *actors.Context, j *job) {
	g := &f.group
	switch {
	case g.stalled != nil:
		j.fail(g.stalled)
		return
	case g.behind(f.cfg.GroupSize, f.cfg.RecordTimeout):
		c.Publish(messages.QueueRefused{Queue: "slashing"})
		j.fail(fmt.Errorf("%w: %d duties wait for the slashing-protection store", messages.ErrOverloaded, len(g.waiting)))
		return
	}
	j.enter(legRecord)
	g.waiting = append(g.waiting, j)
	switch {
	case len(g.waiting) >= f.cfg.GroupSize || f.cfg.GroupWindow == 0 || f.draining:
		f.flush(c)
	case len(g.waiting) == 1:
		g.open = true
		g.window = c.After(f.cfg.GroupWindow, f.flush)
	}
}

// flush records what waits, unless a record is under way; then its end comes back here.
func (f *front) flush(c *actors.Context) {
	g := &f.group
	g.window.Stop()
	g.open = false
	if len(g.recording) > 0 {
		return
	}
	g.recording = f.punctual()
	if len(g.recording) == 0 {
		return
	}
	request := messages.RecordDuties{Duties: make([]messages.KeyDuty, len(g.recording))}
	for i, j := range g.recording {
		request.Duties[i] = messages.KeyDuty{Key: j.key.PublicKey(), Duty: j.duty}
	}
	g.began = time.Now()
	g.patience = c.After(f.cfg.RecordTimeout, f.stall)
	// No limit: as long as the slashing actor holds one record, it is not sent another.
	actors.Pipe(c, f.cfg.Slashing, request, actors.Piped[messages.Recorded]{Then: f.recorded})
}

// stall refuses whoever waits for the store, and whoever comes until it has answered. The record that is under way may
// still succeed; then it is one for nobody, and asking again is safe, since it permits a repeat.
func (f *front) stall(c *actors.Context) {
	g := &f.group
	g.stalled = fmt.Errorf("%w: no answer within %v", messages.ErrStoreUnavailable, f.cfg.RecordTimeout)
	c.Publish(messages.SlashingStoreFailed{Cause: g.stalled})
	c.Publish(messages.SlashingStoreDown{Cause: g.stalled})
	failAll(g.recording, g.stalled)
	failAll(g.waiting, g.stalled)
	g.waiting = nil
	f.finishDraining(c)
}

// resume ends the record that was under way, and the stall if there was one. A store that failed announces itself when
// it is up again.
func (f *front) resume(c *actors.Context, err error) {
	g := &f.group
	g.patience.Stop()
	g.recording = nil
	g.took = time.Since(g.began)
	if g.stalled != nil && err == nil {
		c.Publish(messages.SlashingStoreUp{})
	}
	g.stalled = nil
}

// punctual takes the jobs that somebody still waits for, up to the size of a group. The others are refused: this is
// the last moment before the record, and a vote that was recorded for nobody makes the next one slashable.
func (f *front) punctual() []*job {
	g, now := &f.group, time.Now()
	var batch []*job
	for len(g.waiting) > 0 && len(batch) < f.cfg.GroupSize {
		j := g.waiting[0]
		g.waiting = g.waiting[1:]
		if j.late(now) {
			j.fail(fmt.Errorf("%w: it waited too long to be recorded; nothing was recorded or signed", messages.ErrExpired))
			continue
		}
		batch = append(batch, j)
	}
	return batch
}

// recorded queues what is on record, and refuses the rest. What was refused before stays refused.
func (f *front) recorded(c *actors.Context, r messages.Recorded, err error) {
	g := &f.group
	jobs := g.recording
	f.resume(c, err)
	switch {
	case err != nil:
		failAll(jobs, err)
	case len(r.Verdicts) != len(jobs):
		failAll(jobs, fmt.Errorf("%w: the store judged %d duties of %d", messages.ErrStoreUnavailable, len(r.Verdicts), len(jobs)))
	default:
		f.chain = r.GenesisValidatorsRoot
		for i, j := range jobs {
			if r.Verdicts[i] != nil {
				j.fail(r.Verdicts[i])
				continue
			}
			if !j.settled.Load() {
				f.queue.push(j)
			}
		}
	}
	f.dispatch()
	if len(g.waiting) >= f.cfg.GroupSize || !g.open {
		f.flush(c)
	}
	f.finishDraining(c)
}
