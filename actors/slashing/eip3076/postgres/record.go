package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Record implements [eip3076.Recorder].
func (s *Store) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var recorded messages.Recorded
	err := s.use(ctx, func(m *memory) error {
		verdicts, err := s.admit(ctx, m, duties)
		if err != nil {
			return err
		}
		list := trials(duties, verdicts)
		if err := s.decide(ctx, m, list); err != nil {
			return err
		}
		for _, t := range list {
			for i, at := range t.at {
				verdicts[at] = t.verdicts[i]
			}
		}
		recorded = messages.Recorded{Verdicts: verdicts, GenesisValidatorsRoot: m.chain}
		return nil
	})
	return recorded, err
}

// decide goes through rounds until every trial has its verdicts, and what they allow is committed.
func (s *Store) decide(ctx context.Context, m *memory, open []*trial) error {
	return s.persist(ctx, func(ctx context.Context) error {
		for len(open) > 0 {
			rest, err := s.round(ctx, m, open)
			if err != nil {
				// What has become of a lost commit is for the rows to say.
				m.forget()
				for _, t := range open {
					t.forget()
				}
				return err
			}
			open = rest
		}
		return nil
	})
}

// round makes one trip to the database, which puts on record what can be judged by now, and reads what the others need. It
// returns those that need another round: the ones that were read, and the ones whose head was not the stored one.
func (s *Store) round(ctx context.Context, m *memory, open []*trial) (rest []*trial, err error) {
	var writing, reading []*trial
	for _, t := range open {
		switch {
		case !s.recall(m, t) || !t.judge():
			reading = append(reading, t)
		case t.writes():
			writing = append(writing, t)
		}
	}
	if len(writing)+len(reading) == 0 {
		return nil, nil
	}
	batch := &pgx.Batch{}
	w, r := newWrites(s.marks.Now(), writing), newReads(reading)
	w.queue(batch)
	r.queue(batch)
	if err := s.send(ctx, batch); err != nil {
		return nil, err
	}
	for i, t := range writing {
		if !w.moved[i] {
			delete(m.heads, t.key)
			t.forget()
			rest = append(rest, t)
			continue
		}
		m.heads[t.key] = head{Head: t.next, revision: t.was.revision + 1, mark: w.marks[i]}
		if err := s.witness.See(t.key, t.next.Reach()); err != nil {
			t.refuse(err) // unreachable: it was seen before it was judged, and has only risen
		}
	}
	for _, t := range reading {
		if err := s.learn(m, t, r); err != nil {
			t.refuse(err)
			continue
		}
		rest = append(rest, t)
	}
	return rest, nil
}

// recall gives the trial the head that is cached, and reports whether it has one now. A head that was checked under another
// scheme is read again.
func (s *Store) recall(m *memory, t *trial) bool {
	if t.was != nil {
		return true
	}
	h, ok := m.heads[t.key]
	if !ok || (h.mark.Scheme == eip3076.Unmarked) != (s.marks.Now().Key == nil) {
		return false
	}
	t.was = &h
	return true
}

// learn takes over what was read for a trial. The error is a verdict on all its duties.
func (s *Store) learn(m *memory, t *trial, r *reads) error {
	var h head
	if row, ok := r.heads[t.key]; ok {
		var err error
		if h, err = row.believe(s.marks.Now()); err != nil {
			return err
		}
	}
	if err := s.witness.See(t.key, h.Reach()); err != nil {
		return err
	}
	t.was, t.read, t.rows = &h, true, make([]related, len(t.duties))
	for i := range t.duties {
		t.rows[i] = r.related(t, i, s.marks.Now())
	}
	if h.revision > 0 {
		m.heads[t.key] = h
	}
	return nil
}
