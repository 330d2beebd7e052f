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
	recording []*job
	window    actors.Timer
	open      bool // the window of the waiting jobs has not passed yet
}

func (g *group) abandon(err error) {
	failAll(g.waiting, err)
	failAll(g.recording, err)
}

// collect adds a job to the group, and records the group when it is full or its window has passed.
func (f *front) collect(c *actors.Context, j *job) {
	g := &f.group
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
	actors.Pipe(c, f.cfg.Slashing, request, actors.Piped[messages.Recorded]{Within: f.cfg.RecordTimeout, Then: f.recorded})
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

// recorded queues what is on record, and refuses the rest.
func (f *front) recorded(c *actors.Context, r messages.Recorded, err error) {
	g := &f.group
	jobs := g.recording
	g.recording = nil
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
			f.queue.push(j)
		}
	}
	f.dispatch()
	if len(g.waiting) >= f.cfg.GroupSize || !g.open {
		f.flush(c)
	}
	f.finishDraining(c)
}
