package postgres

import (
	"fmt"

	"containment-chamber/actors/postgresdb"
	"containment-chamber/actors/state"
)

// explain adds the database, what its owner can do, and the sentinel.
func (s *Store) explain(err error) error {
	if err != nil {
		if advice := postgresdb.Advice(err, "chamber_state"); advice != "" {
			err = fmt.Errorf("%s: %w", advice, err)
		}
	}
	return state.At(s.place, err)
}
