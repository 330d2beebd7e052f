package audit

import (
	"sync/atomic"
	"time"

	"containment-chamber/messages"
)

const (
	// queueSize is how many events may wait: two batches of 4,096 signatures that end at the same moment, 3 MB.
	queueSize = 8192
	// patience is how long whoever publishes waits for room: longer than the writer gathers, and short beside the
	// second in which a client asks again.
	patience = 50 * time.Millisecond
)

// Queue takes the events that belong into the audit stream from whoever publishes them. It outlives the actor's
// incarnations: what is published while the actor is down waits in it. Its methods may be called from any goroutine.
type Queue struct {
	entries chan entry
	asked   atomic.Bool            // the writer knows that there is something
	wake    atomic.Pointer[func()] // nil while there is no writer
	// stalled says that somebody has waited in vain: until there is room, nobody else waits.
	stalled atomic.Bool
	dropped atomic.Uint64 // in all
	untold  atomic.Uint64 // of them, those that no record tells of
}

// entry is an event and when it happened.
type entry struct {
	at    time.Time
	event messages.Event
}

// NewQueue makes an empty queue.
func NewQueue() *Queue { return &Queue{entries: make(chan entry, queueSize)} }

// Note queues an event whose line has the target "audit", and ignores others. It returns at once while there is room;
// then it waits, for 50 ms in all, and at last counts the event as dropped.
func (q *Queue) Note(event messages.Event) {
	if !concerns(event) {
		return
	}
	e := entry{time.Now(), event}
	select {
	case q.entries <- e:
	default:
		q.wait(e)
	}
	q.rouse()
}

// Dropped counts the records that were lost because the queue was full, or in a crash of the writer.
func (q *Queue) Dropped() uint64 { return q.dropped.Load() }

// wait waits for room, unless somebody did in vain.
func (q *Queue) wait(e entry) {
	if q.stalled.Load() {
		q.drop(1)
		return
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case q.entries <- e:
	case <-timer.C:
		q.stalled.Store(true)
		q.drop(1)
	}
}

func (q *Queue) drop(n uint64) {
	q.dropped.Add(n)
	q.untold.Add(n)
}

// rouse wakes the writer, once until it has looked.
func (q *Queue) rouse() {
	if wake := q.wake.Load(); wake != nil && q.asked.CompareAndSwap(false, true) {
		(*wake)()
	}
}

// serve has wake called when there is something to take. The writer takes what is there already without being asked.
func (q *Queue) serve(wake func()) {
	q.asked.Store(true)
	q.wake.Store(&wake)
}

// retire ends what serve began. What comes now waits for the next incarnation.
func (q *Queue) retire() { q.wake.Store(nil) }

// rest reports whether there is something to take; if not, the writer is woken for the next.
func (q *Queue) rest() bool {
	q.asked.Store(false)
	return len(q.entries) > 0 && q.asked.CompareAndSwap(false, true)
}

// take appends what waits to batch, and a record of what was lost meanwhile.
func (q *Queue) take(batch []entry) []entry {
	for range len(q.entries) {
		batch = append(batch, <-q.entries) // nobody else takes
	}
	q.stalled.Store(false)
	if n := q.untold.Swap(0); n > 0 {
		batch = append(batch, entry{time.Now(), messages.AuditDropped{Count: n}})
	}
	return batch
}

// lose counts what was taken and cannot be written any more.
func (q *Queue) lose(batch []entry) {
	for _, e := range batch {
		if d, ok := e.event.(messages.AuditDropped); ok {
			q.untold.Add(d.Count) // they were counted when they were lost
			continue
		}
		q.drop(1)
	}
}

// concerns tells which events belong into the stream: those whose line is for the audit target. The lines of the two
// that come with every signature are not built to find out. What the writer says of the stream itself, it writes itself.
func concerns(event messages.Event) bool {
	switch event.(type) {
	case messages.SigningFinished:
		return true
	case nil, messages.DutiesChecked, messages.AuditDropped, messages.AuditOpened:
		return false
	}
	return event.Line().Target == messages.TargetAudit
}

// Events lists the names of the records that the signer's events make, for metrics that exist before their first event.
func Events() []string {
	var names []string
	for _, e := range []messages.Event{
		messages.SigningFinished{}, messages.DutyRefused{}, messages.KeysChanged{}, messages.GenesisPinned{},
		messages.CanarySigned{}, messages.ActorPanicked{}, messages.ActorRestarted{}, messages.ActorStopped{}, messages.ActorGaveUp{},
		messages.ActorUnresponsive{}, messages.ActorResponsive{}, messages.HandlerPanicked{},
		messages.AuditOpened{}, messages.AuditDropped{}, messages.AuditFailed{},
		messages.SealChanged{}, messages.ChamberInitialized{}, messages.ChamberSealed{}, messages.SealUnrecorded{}, messages.SealRecorded{},
		messages.ShareSubmitted{}, messages.SharesForgotten{}, messages.RotationFinished{}, messages.ManagementTokenIssued{},
		messages.KMSOpenFailed{}, messages.SealRecordRefused{}, messages.SecretsKept{},
		messages.GuardReleased{Cause: messages.ReleasedCrashed}, messages.GuardStuck{}, messages.GuardRecovered{}, messages.CeremonyRefused{},
		messages.OperatorLockedOut{}, messages.OutcomeUnrecorded{},
	} {
		names = append(names, e.Line().Message)
	}
	for _, evidence := range []messages.Line{messages.CeremonyIntent("", "", 0), messages.CeremonyResult("", "", 0, nil), messages.CeremonyResult("", "", 0, errOff)} {
		names = append(names, evidence.Message)
	}
	return names
}
