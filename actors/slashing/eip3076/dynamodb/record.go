package dynamodb

import (
	"context"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Record implements [eip3076.Recorder]. The duties of one key become one write.
func (s *Store) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	recorded := messages.Recorded{Verdicts: make([]error, len(duties))}
	enter := s.use
	if len(duties) > 0 {
		enter = s.work
	}
	err := enter(ctx, func() error {
		tasks, err := s.tasks(ctx, duties, recorded.Verdicts)
		if err != nil {
			return err
		}
		recorded.GenesisValidatorsRoot = s.chain
		if err := s.settle(ctx, tasks); err != nil {
			return err
		}
		for _, t := range tasks {
			for _, i := range t.duties {
				if t.err != nil {
					recorded.Verdicts[i] = t.err
				}
			}
		}
		return nil
	})
	if err != nil {
		return messages.Recorded{}, err
	}
	return recorded, nil
}

// tasks makes one task for each key that has duties to record, and answers the others.
func (s *Store) tasks(ctx context.Context, duties []messages.KeyDuty, verdicts []error) ([]*task, error) {
	var tasks []*task
	of := map[messages.PublicKey]*task{}
	for i, d := range duties {
		if s.chain.IsZero() && !d.Duty.GenesisValidatorsRoot.IsZero() {
			if err := s.claimChain(ctx, d.Duty.GenesisValidatorsRoot); err != nil {
				return nil, err
			}
		}
		if verdicts[i] = eip3076.CheckChain(d.Duty, s.chain); verdicts[i] != nil || !d.Duty.Operation.Protected() {
			continue
		}
		if of[d.Key] == nil {
			of[d.Key] = &task{key: d.Key, witness: s.cfg.Witness}
			tasks = append(tasks, of[d.Key])
		}
		of[d.Key].duties = append(of[d.Key].duties, i)
	}
	for _, t := range tasks {
		t.decide = func(v *view) (err error) {
			for _, i := range t.duties {
				if verdicts[i], err = v.judge(duties[i].Duty); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return tasks, nil
}
