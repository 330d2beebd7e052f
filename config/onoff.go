package config

import "strconv"

var _ kind = onOff{}

// onOff is true or false.
type onOff struct{ into func(*Config) *bool }

func (onOff) form() string { return "true or false" }

func (o onOff) set(c *Config, items []string) error {
	switch items[0] {
	case "true", "false":
		*o.into(c) = items[0] == "true"
		return nil
	}
	return mustBe(o)
}

func (o onOff) show(c *Config) string { return strconv.FormatBool(*o.into(c)) }
