package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kind is a type of value, bound to the field that holds it.
type kind interface {
	// form completes the sentence "must be …".
	form() string
	// set stores what was written: exactly one item, except for a list. Its error does not repeat an item.
	set(c *Config, items []string) error
	// show is the value as YAML.
	show(c *Config) string
}

var (
	_ kind = number[int]{}
	_ kind = text{}
	_ kind = choice{}
	_ kind = list{}
	_ kind = toggle{}
)

// number is a whole number of units.
type number[T int | time.Duration] struct {
	low, high int
	unit      T
	into      func(*Config) *T
}

func count(low, high int, into func(*Config) *int) kind { return number[int]{low, high, 1, into} }

func seconds(low, high int, into func(*Config) *time.Duration) kind {
	return number[time.Duration]{low, high, time.Second, into}
}

func milliseconds(low, high int, into func(*Config) *time.Duration) kind {
	return number[time.Duration]{low, high, time.Millisecond, into}
}

func (n number[T]) form() string { return fmt.Sprintf("a whole number from %d to %d", n.low, n.high) }

func (n number[T]) set(c *Config, items []string) error {
	value, err := strconv.Atoi(items[0])
	if err != nil || value < n.low || value > n.high {
		return mustBe(n)
	}
	*n.into(c) = T(value) * n.unit
	return nil
}

func (n number[T]) show(c *Config) string { return fmt.Sprintf("%d", int64(*n.into(c)/n.unit)) }

// text is free text that parse accepts and normalises.
type text struct {
	describe string
	parse    func(string) (string, bool)
	into     func(*Config) *string
}

func (t text) form() string { return t.describe }

func (t text) set(c *Config, items []string) error {
	value, ok := t.parse(items[0])
	if !ok || !isPlain(value) {
		return mustBe(t)
	}
	*t.into(c) = value
	return nil
}

func (t text) show(c *Config) string { return strconv.Quote(*t.into(c)) }

// choice is one of the names in now; those in later are refused with a better message.
type choice struct {
	now, later []string
	into       func(*Config) *string
}

func (o choice) form() string {
	if len(o.now) == 1 {
		return "the word " + o.now[0]
	}
	return "one of " + strings.Join(o.now, ", ")
}

func (o choice) set(c *Config, items []string) error {
	name := items[0]
	if i := slices.Index(o.later, name); i >= 0 {
		return fmt.Errorf("%s is not available yet; %w", o.later[i], mustBe(o))
	}
	if slices.Contains(o.now, name) {
		*o.into(c) = name
		return nil
	}
	if near := nearest(name, o.now); near != "" {
		return fmt.Errorf("%w; did you mean %s?", mustBe(o), near)
	}
	return mustBe(o)
}

// show leaves out the quotes, because no choice needs them. A choice that gave way to another setting is null.
func (o choice) show(c *Config) string { return cmp.Or(*o.into(c), "null") }

// list is any number of texts, none of them empty. If parse is not nil, it accepts and normalises each.
type list struct {
	describe string // of one; empty means any text
	parse    func(string) (string, bool)
	into     func(*Config) *[]string
}

func (l list) form() string {
	if l.describe != "" {
		return "a list of " + l.describe
	}
	return "a list of texts, none of them empty"
}

func (l list) set(c *Config, items []string) error {
	values := slices.Clone(items)
	for i, item := range items {
		ok := item != "" && isPlain(item)
		if ok && l.parse != nil {
			values[i], ok = l.parse(item)
		}
		if !ok {
			return mustBe(l)
		}
	}
	*l.into(c) = values
	return nil
}

func (l list) show(c *Config) string {
	quoted := make([]string, 0, len(*l.into(c)))
	for _, item := range *l.into(c) {
		quoted = append(quoted, strconv.Quote(item))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// toggle is true, false, or not set.
type toggle struct{ into func(*Config) **bool }

func (toggle) form() string { return "true or false" }

func (t toggle) set(c *Config, items []string) error {
	switch items[0] {
	case "true", "false":
		on := items[0] == "true"
		*t.into(c) = &on
	case "":
		*t.into(c) = nil
	default:
		return mustBe(t)
	}
	return nil
}

func (t toggle) show(c *Config) string {
	on := *t.into(c)
	if on == nil {
		return "null"
	}
	return strconv.FormatBool(*on)
}

func mustBe(k kind) error { return errors.New("must be " + k.form()) }
