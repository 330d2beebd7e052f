package signing

import (
	"fmt"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// Config says what the pipeline works with.
type Config struct {
	Slashing actors.Ref[messages.Slashing]
	Keys     actors.Ref[messages.Keys]
	// Permits bound the signatures under way.
	Permits *Permits
	// Workers is the size of the pool, at least 1; 2 × cores is best.
	Workers int
	// GroupWindow is how long the first duty of a group waits for others before all are recorded; GroupSize ends the
	// wait. A group under way is waited for in any case.
	GroupWindow time.Duration
	GroupSize   int
	// RecordTimeout is how long the callers of a group wait for its record; then they are refused, and so is everyone
	// until the slashing actor answers. Nor is a duty admitted that would wait longer for others before it. Half of a
	// caller's patience leaves time to sign, and to be told.
	RecordTimeout time.Duration
	// GenesisValidatorsRoot is the configured chain's; zero lets the first duty that is recorded decide.
	GenesisValidatorsRoot messages.Root
}

// Spec describes the signing actor.
func Spec(cfg Config) actors.Spec {
	return actors.Spec{
		Name: "signing",
		New:  func() actors.Actor { return newFront(cfg) },
		// Beyond the permits every request would be refused anyway.
		Mailbox: cfg.Permits.Limit(),
		Restart: actors.Restart{Max: 2, Period: time.Minute, Base: 100 * time.Millisecond, Cap: 2 * time.Second},
		Readies: true,
	}
}

// front admits requests and moves them through the pipeline. It never waits.
type front struct {
	cfg      Config
	ring     *bls.Ring // nil until the keys actor has answered this incarnation
	loading  progress  // of keys that are not in the ring yet
	chain    messages.Root
	group    group
	queue    queue
	workers  []worker
	draining bool
}

func newFront(cfg Config) *front {
	return &front{cfg: cfg, chain: cfg.GenesisValidatorsRoot, queue: newQueue()}
}

// Receive implements actors.Actor.
func (f *front) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		f.start(c)
	case messages.Sign:
		f.sign(c, m)
	case messages.SignBatch:
		f.signBatch(c, m)
	case messages.GetSigningRing:
		f.showRing(c, m)
	case idle:
		f.workers[m.worker].idle = true
		f.dispatch()
		f.finishDraining(c)
	}
}

// Abandon implements actors.Holder.
func (f *front) Abandon(err error) {
	f.group.abandon(err)
	f.queue.abandon(err)
}

// Drain implements actors.Drainer: nothing more is admitted, and what was is finished.
func (f *front) Drain(c *actors.Context) {
	f.draining = true
	f.flush(c)
	f.finishDraining(c)
}

func (f *front) finishDraining(c *actors.Context) {
	if f.draining && f.cfg.Permits.idle() {
		c.Drained()
	}
}

func (f *front) start(c *actors.Context) {
	f.workers = make([]worker, f.cfg.Workers)
	for i := range f.workers {
		f.workers[i].ref = actors.Spawn[pool](c, workerSpec(actors.Self[messages.Signing](c), i))
	}
	c.Subscribe(concernsKeys, f.followKeys)
	f.fetchKeys(c)
}

func (f *front) sign(c *actors.Context, m messages.Sign) {
	course := newCourse(c, messages.StepFinished{Trace: m.Trace, Operation: m.Duty.Operation, Key: m.Key}, 1)
	key, err := f.admit(m.Key, m.Duty, m.Deadline)
	if err == nil && !f.cfg.Permits.take(1) {
		err = f.full(c)
	}
	if err != nil {
		course.refuse(err)
		actors.Refuse(c, err)
		return
	}
	to := single{actors.Defer(c, m)}
	f.add(c, &job{key: key, duty: m.Duty, deadline: m.Deadline, permits: f.cfg.Permits, course: course, to: to})
	f.dispatch()
}

func (f *front) signBatch(c *actors.Context, m messages.SignBatch) {
	if len(m.Keys) == 0 {
		actors.Answer(c, m, messages.BatchSigned{})
		return
	}
	course := newCourse(c, messages.StepFinished{Trace: m.Trace, Operation: m.Duty.Operation}, len(m.Keys))
	if !f.cfg.Permits.take(len(m.Keys)) {
		err := f.full(c)
		course.refuse(err)
		actors.Refuse(c, err)
		return
	}
	b := newBatch(actors.Defer(c, m), len(m.Keys))
	for i, k := range m.Keys {
		key, err := f.admit(k, m.Duty, m.Deadline)
		j := &job{key: key, duty: m.Duty, deadline: m.Deadline, permits: f.cfg.Permits, course: course, to: place{b, i}}
		if err != nil {
			j.fail(err)
			continue
		}
		f.add(c, j)
	}
	f.dispatch()
}

// admit decides all that can be decided without a record.
func (f *front) admit(key messages.PublicKey, d messages.Duty, deadline time.Time) (*bls.SecretKey, error) {
	if f.draining {
		return nil, messages.ErrDraining
	}
	if time.Now().After(deadline) {
		return nil, fmt.Errorf("%w: the request waited longer than its deadline; nothing was recorded or signed", messages.ErrExpired)
	}
	if f.ring == nil {
		return nil, fmt.Errorf("%w: the keys are not here yet; ask again", messages.ErrUnavailable)
	}
	if err := f.onChain(d); err != nil {
		return nil, err
	}
	secret, ok := f.ring.Key(key)
	if ok {
		return secret, nil
	}
	if err := f.ring.Missing(key); err != nil {
		return nil, err
	}
	return nil, f.loading.missing(key)
}

// onChain refuses a duty of another chain than the one that the store belongs to.
func (f *front) onChain(d messages.Duty) error {
	if d.GenesisValidatorsRoot.IsZero() || f.chain.IsZero() || d.GenesisValidatorsRoot == f.chain {
		return nil
	}
	return fmt.Errorf("%w: the request is for genesis validators root %s, this signer serves %s", messages.ErrWrongNetwork, d.GenesisValidatorsRoot, f.chain)
}

func (f *front) full(c *actors.Context) error {
	c.Publish(messages.QueueRefused{Queue: "signing"})
	return fmt.Errorf("%w: all %d signing permits are taken", messages.ErrOverloaded, f.cfg.Permits.Limit())
}

// add sends a job on its way: to be recorded, or straight to be signed. A duty that names a chain is recorded as
// well as long as no chain is known, since the store decides on it.
func (f *front) add(c *actors.Context, j *job) {
	if j.duty.Operation.Protected() || (f.chain.IsZero() && !j.duty.GenesisValidatorsRoot.IsZero()) {
		f.collect(c, j)
		return
	}
	f.queue.push(j)
}
