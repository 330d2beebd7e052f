package dynamodb

import (
	"context"
	"errors"
	"slices"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// task is what is to become of one validator's history.
type task struct {
	key messages.PublicKey
	// decide changes the view as it wants, and returns nil, errUnread, or why nothing is to be done. It is called anew,
	// with another view, when older rows have been read or another store has written meanwhile.
	decide func(*view) error
	// duties are the places of its duties in the group.
	duties []int
	// witness is told of what was read and written; nil for none.
	witness *eip3076.Witness
	// genuine checks the mark of the head; nil stands for the store's own way.
	genuine genuine

	found  bool // entry is set
	fresh  bool // it was read, and not taken from what is known
	entry  entry
	read   []bundle
	wanted int // how many more bundles to read
	next   *view
	done   bool
	// err is why the validator's rows cannot be believed, or what decide returned.
	err error
}

// forget lets the head be read before the task is decided again.
func (s *Store) forget(t *task) {
	delete(s.known, t.key)
	t.found, t.fresh, t.entry, t.read, t.wanted, t.next = false, false, entry{}, nil, 0, nil
}

func (t *task) end(err error) { t.done, t.err = true, err }

// settle brings tasks of different keys to their end, in rounds: what is missing is read, all are decided, what they
// decided is written, and whoever met another store's write begins again. The network is used for many of them at once;
// everything else happens here, one after another. After an error, nothing is known of what became of them.
func (s *Store) settle(ctx context.Context, tasks []*task) error {
	open := slices.Clone(tasks)
	for len(open) > 0 {
		err := s.look(ctx, open)
		if err == nil {
			for _, t := range open {
				s.decide(t)
			}
			err = s.write(ctx, open)
		}
		if err != nil {
			for _, t := range tasks {
				delete(s.known, t.key)
			}
			return err
		}
		open = slices.DeleteFunc(open, func(t *task) bool { return t.done })
	}
	return nil
}

// look reads the heads of those that are not known, and older rows for those that want them.
func (s *Store) look(ctx context.Context, tasks []*task) error {
	var unknown []*task
	for _, t := range tasks {
		if t.found {
			continue
		}
		if t.entry, t.found = s.known[t.key]; !t.found {
			unknown = append(unknown, t)
		}
	}
	found := make([]item, len(unknown))
	err := each(ctx, len(unknown), func(ctx context.Context, i int) (err error) {
		found[i], err = s.get(ctx, headKey(unknown[i].key))
		return err
	})
	if err != nil {
		return err
	}
	for i, t := range unknown {
		t.found, t.fresh = true, true
		if t.entry, err = readHead(t.key, found[i], s.checkerOf(t)); err == nil {
			err = t.witness.See(t.key, t.entry.Reach())
		}
		if err != nil {
			t.end(err)
		} else if t.entry.stored {
			s.known[t.key] = t.entry
		}
	}
	return s.lookDeeper(ctx, tasks)
}

// checkerOf is how the head of a task is checked.
func (s *Store) checkerOf(t *task) genuine {
	if t.genuine != nil {
		return t.genuine
	}
	return func(h eip3076.Head, sum digest, with eip3076.Mark) error {
		return s.cfg.Marks.Now().CheckHeadOver(t.key, h, sum, with)
	}
}

// lookDeeper reads older rows, and checks that they are what the head says.
func (s *Store) lookDeeper(ctx context.Context, tasks []*task) error {
	type wish struct {
		task   *task
		number uint64
	}
	var wishes []wish
	for _, t := range tasks {
		newest := t.entry.older.next - uint64(len(t.read))
		for i := range min(uint64(t.wanted), newest-t.entry.older.first) {
			wishes = append(wishes, wish{t, newest - 1 - i})
		}
		t.wanted = 0
	}
	found := make([]item, len(wishes))
	err := each(ctx, len(wishes), func(ctx context.Context, i int) (err error) {
		found[i], err = s.get(ctx, bundleKey(wishes[i].task.key, wishes[i].number))
		return err
	})
	if err != nil {
		return err
	}
	for i, w := range wishes {
		if !w.task.done {
			if err := w.task.take(found[i], w.number); err != nil {
				w.task.end(err)
			}
		}
	}
	return nil
}

// take adds the next older bundle to those that were read.
func (t *task) take(i item, number uint64) error {
	want := t.entry.older.last
	if n := len(t.read); n > 0 {
		want = t.read[n-1].previous
	}
	b, err := readBundle(i, bundleKey(t.key, number), want)
	if err != nil {
		return err
	}
	t.read = append(t.read, b)
	return nil
}

// decide asks the task what it wants with what is known.
func (s *Store) decide(t *task) {
	if t.done {
		return
	}
	v := &view{document: t.entry.document, read: slices.Clone(t.read)}
	v.rows = rows{blocks: slices.Clone(v.rows.blocks), votes: slices.Clone(v.rows.votes)}
	v.older.cuts = slices.Clone(v.older.cuts)
	err := t.decide(v)
	switch {
	case !t.fresh && (err != nil || !v.differs(t.entry)):
		s.forget(t) // nobody confirms that this is the head
	case errors.Is(err, errUnread):
		t.wanted = max(8, len(t.read))
	case err != nil || !v.differs(t.entry):
		t.end(err)
	default:
		t.next = v
	}
}

// differs says whether the view has anything to write.
func (v *view) differs(e entry) bool {
	return !e.stored && v.kept || v.remarked || string(v.encode()) != string(e.encode())
}
