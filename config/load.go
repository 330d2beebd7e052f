package config

import (
	"maps"
	"slices"
	"strings"
)

// Options says where [Load] looks.
type Options struct {
	// File is the path of a YAML file; empty means none.
	File string
	// Env holds NAME=value pairs, as os.Environ gives them.
	Env []string
	// Flags maps the names of the flags that were given ([Setting.Flag] or an alias, without dashes) to their values. The items of a
	// list are separated by commas.
	Flags map[string]string
}

// InvalidError is the error of [Load]. It holds no value that was configured.
type InvalidError struct {
	// Complaints has one line for each thing that is wrong, and says what to do about it.
	Complaints []string
}

// Error lists the complaints, one a line.
func (e *InvalidError) Error() string {
	return "invalid configuration:\n  " + strings.Join(e.Complaints, "\n  ")
}

// Load reads the configuration. The error, if any, is an [*InvalidError] with every complaint.
func Load(options Options) (*Config, error) {
	l := loader{config: defaults()}
	if options.File != "" {
		l.file(options.File)
	}
	l.environment(options.Env)
	l.flags(options.Flags)
	if l.config.NetworkConfig != "" && l.config.origins["network"] == "" {
		l.config.Network = "" // the default gives way
	}
	l.complaints = append(l.complaints, l.config.contradictions()...)
	if len(l.complaints) > 0 {
		return nil, &InvalidError{Complaints: l.complaints}
	}
	return l.config, nil
}

func defaults() *Config {
	c := &Config{origins: map[string]string{}}
	for _, s := range settings {
		if s.value.set(c, s.items(s.Default)) != nil {
			panic("config: the default of a setting is not valid")
		}
	}
	return c
}

// loader lays one source over another and collects complaints.
type loader struct {
	config     *Config
	complaints []string
}

func (l *loader) complain(where, what string) {
	l.complaints = append(l.complaints, where+": "+what)
}

// found is what one source says for a setting.
type found struct {
	where  string // begins the complaint
	origin string // is shown by Effective
	items  []string
}

func (l *loader) set(s Setting, f found) {
	if err := s.value.set(l.config, f.items); err != nil {
		l.complain(f.where, err.Error())
		return
	}
	l.config.origins[s.Key] = f.origin
}

func (l *loader) flags(flags map[string]string) {
	byName := map[string]Setting{}
	for _, s := range settings {
		for _, name := range append(s.Aliases, s.Flag()) {
			byName[name] = s
		}
	}
	names := slices.Sorted(maps.Keys(byName))
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		where := "--" + name
		s, known := byName[name]
		switch {
		case !known && nearest(name, names) != "":
			l.complain(where, "unknown flag; did you mean --"+nearest(name, names)+"?")
		case !known:
			l.complain(where, "unknown flag; remove it")
		case strings.HasPrefix(l.config.origins[s.Key], "flag "):
			l.complain(where, "sets the same as "+strings.TrimPrefix(l.config.origins[s.Key], "flag ")+"; remove one of them")
		default:
			l.set(s, found{where, "flag " + where, s.items(flags[name])})
		}
	}
}
