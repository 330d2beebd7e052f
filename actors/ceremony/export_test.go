package ceremony

// Before has each session call f before each of its steps.
func (c Config) Before(f func(step string)) Config {
	c.before = f
	return c
}

// Steps names the steps of every ceremony.
func Steps() []string {
	var names []string
	for _, s := range steps() {
		names = append(names, s.name)
	}
	return names
}
