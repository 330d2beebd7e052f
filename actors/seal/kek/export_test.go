package kek

// Reading returns the configuration with another way to read a file.
func (c Config) Reading(fill func(path string, key []byte) error) Config {
	c.readFile = fill
	return c
}
