package seal

import (
	"context"
	"fmt"
	"log/slog"

	"containment-chamber/actors"
	"containment-chamber/actors/seal/record"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// order is what a job is to do. It is written before the job begins, and only read thereafter, but for the secrets.
type order struct {
	job      Job
	by       string
	ceremony messages.Ceremony // nil for the automatic opening
	trace    messages.Trace    // that of which the job is a part
	known    snapshot          // what was believed when it began
	inner    []byte            // what the layer of key-encryption keys holds; nil if it is not known
	shares   [][]byte          // that were given before; the job's own copies
	master   *secmem.Secret    // borrowed: it may be wiped at any time, so nothing is made of it that is not proved
	// stateKey and tokenKey are the job's own: a tag under a key that is being wiped would lock everybody out.
	stateKey, tokenKey *secmem.Secret
}

// snapshot is a record as it was read at a version; version 0 says that there is none.
type snapshot struct {
	version uint64
	stored  record.Stored
}

// facts is what the machine needs to know of it.
func (s snapshot) facts() Facts {
	r := s.stored.Record
	f := Facts{Version: s.version, Marked: s.version > 0 && s.stored.Marked()}
	switch {
	case s.version == 0 || r.Stage == record.Uninitialized:
		return Facts{Version: s.version, Stage: Absent}
	case r.Stage == record.Registering:
		f.Stage = Registering
	case r.Next != nil:
		f.Stage = Rotating
	default:
		f.Stage = Ready
	}
	if r.Set.KMS != nil {
		f.KMS = r.Set.KMS.Generation
	}
	if r.Set.Quorum != nil {
		f.Quorum, f.Threshold = r.Set.Quorum.Generation, r.Set.Quorum.Threshold
	}
	return f
}

// result is what a job brings. Whoever has it wipes it.
type result struct {
	number  uint64
	err     error
	now     snapshot
	gained  Gained
	master  *secmem.Secret
	inner   []byte
	share   []byte
	outcome messages.CeremonyOutcome
	events  []messages.Event // that are true as soon as the machine has taken the result
}

func (r *result) wipe() {
	if r.master != nil {
		r.master.Wipe()
	}
	clear(r.share)
	r.outcome.Wipe()
}

// worked is a result on its way to the seal.
type worked struct{ result *result }

// Told implements actors.Notice.
func (worked) Told(messages.Seal) {}

// Abandon implements actors.Holder.
func (w worked) Abandon(error) { w.result.wipe() }

// work is a job under way: what its steps hand on to each other.
type work struct {
	*order
	cfg     *Config
	arena   *secmem.Arena
	ctx     context.Context
	publish func(messages.Event)

	read   snapshot      // what the store holds
	next   record.Record // what is to be written
	draft  *record.Draft // a set that is being made
	result *result

	within   messages.Trace // that of which the next thing that is done is a part
	untraced *Config        // what the traced one is made of
}

const combineClass = "combine"

// combineSpec describes a child that does one job: it calls key-encryption keys, hashes passphrases, combines shares and
// writes the record. It ends when ctx does, or earlier.
func (o *owner) combineSpec(ctx context.Context, c *actors.Context, ord *order) actors.Spec {
	seal, cfg, arena := actors.Self[messages.Seal](c), &o.cfg, o.arena
	return actors.Once(fmt.Sprintf("%s-%02d", combineClass, ord.job.Number), func(c *actors.Context) {
		w := &work{order: ord, cfg: cfg, arena: arena, ctx: ctx, publish: c.Publish, result: &result{number: ord.job.Number}}
		w.traced()
		actors.Tell(seal, worked{w.run()})
	})
}

// run takes the job's steps. Whatever happens, what is the job's own is wiped; what it brings is the caller's, unless it
// brings an error.
func (w *work) run() (brought *result) {
	defer w.wipe()
	defer func() {
		if brought != w.result { // an error, or a step has crashed
			w.result.wipe()
			w.draft.WipeTokens()
		}
	}()
	if err := w.part("seal job", slog.String("ceremony", string(w.job.Kind)), w.takeSteps); err != nil {
		return &result{number: w.job.Number, err: err}
	}
	return w.result
}

func (w *work) takeSteps() error {
	for _, s := range stepsOf(w.job.Kind) {
		w.cfg.before(w.job.Kind, s.name)
		err := context.Cause(w.ctx)
		if err == nil {
			err = w.part(s.name, slog.Attr{}, func() error { return s.run(w) })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *work) wipe() {
	if w.ceremony != nil {
		w.ceremony.Wipe()
	}
	for _, s := range w.shares {
		clear(s)
	}
	if w.draft != nil {
		w.draft.Wipe()
	}
	w.order.wipeKeys()
}

func (o *order) wipeKeys() {
	for _, key := range []*secmem.Secret{o.stateKey, o.tokenKey} {
		if key != nil {
			key.Wipe()
		}
	}
}

// fresh returns a place for a secret.
func (w *work) fresh() (*secmem.Secret, error) {
	s, err := w.arena.New()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", messages.ErrOverloaded, err)
	}
	return s, nil
}
