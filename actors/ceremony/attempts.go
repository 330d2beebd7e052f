package ceremony

import "time"

const (
	// tolerated is how many wrong credentials an operator may give within window before it is refused for penalty.
	tolerated = 5
	window    = 5 * time.Minute
	penalty   = 5 * time.Minute
)

// Attempts counts the wrong credentials of each operator. It has no clock: times are told. The zero value has counted
// nothing.
type Attempts struct{ of map[string]attempts }

type attempts struct {
	wrong  [tolerated]time.Time // of them, those within the window count
	refuse time.Time            // until then
}

// Refused returns for how long an operator is still refused; 0 when it is not.
func (a *Attempts) Refused(operator string, now time.Time) time.Duration {
	return max(0, a.of[operator].refuse.Sub(now))
}

// Wrong counts a wrong credential, and reports whether the operator is refused from now on.
func (a *Attempts) Wrong(operator string, now time.Time) bool {
	a.forget(now)
	if a.of == nil {
		a.of = map[string]attempts{}
	}
	one := a.of[operator]
	copy(one.wrong[1:], one.wrong[:tolerated-1])
	one.wrong[0] = now
	oldest := one.wrong[tolerated-1]
	refused := !oldest.IsZero() && now.Sub(oldest) < window
	if refused {
		one = attempts{refuse: now.Add(penalty)}
	}
	a.of[operator] = one
	return refused
}

// Right forgets the wrong credentials of an operator that has given the right one.
func (a *Attempts) Right(operator string) { delete(a.of, operator) }

// forget drops what does not count any more, so that made-up names take no memory for ever.
func (a *Attempts) forget(now time.Time) {
	for operator, one := range a.of {
		if now.Sub(one.wrong[0]) >= window && !one.refuse.After(now) {
			delete(a.of, operator)
		}
	}
}
