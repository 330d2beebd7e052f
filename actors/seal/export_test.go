package seal

// Before has each job call f before each of its steps.
func (c Config) Before(f func(kind Kind, step string)) Config {
	c.before = f
	return c
}

// Stepping replaces the machine.
func (c Config) Stepping(f func(State, Event) (State, []Effect, error)) Config {
	c.step = f
	return c
}

// Steps names the steps of a kind of job.
func Steps(kind Kind) []string {
	var names []string
	for _, s := range stepsOf(kind) {
		names = append(names, s.name)
	}
	return names
}
