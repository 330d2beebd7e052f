package config

import (
	"cmp"
	"fmt"
	"io"
)

// Effective writes the configuration in force as YAML that [Load] accepts, with the origin of each value as a comment:
// default, the line of the file, the variable or the flag. Secrets are masked, and must be put back before it is loaded.
// The error is w's.
func (c *Config) Effective(w io.Writer) error {
	_, err := io.WriteString(w, outline(heading, func(s Setting, indent string) string {
		return fmt.Sprintf("%s # %s\n", entry(s, indent, c), cmp.Or(c.origins[s.Key], "default"))
	}))
	return err
}
