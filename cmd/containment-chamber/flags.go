package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"containment-chamber/config"
)

// flagSet is a struct, made at run time, with one flag for each of some configuration keys.
type flagSet struct {
	settings []config.Setting
	values   any
}

func newFlagSet(settings []config.Setting) flagSet {
	var fields []reflect.StructField
	for _, s := range settings {
		tag := fmt.Sprintf(`name:%q help:%q placeholder:"VALUE" group:"Configuration, also by file and environment:"`, s.Flag(), explained(s))
		if len(s.Aliases) > 0 {
			tag += fmt.Sprintf(` aliases:%q`, strings.Join(s.Aliases, ","))
		}
		kind := reflect.TypeFor[*string]()
		if s.Default == "false" || s.Default == "true" {
			kind = reflect.TypeFor[*toggle]()
		}
		name := "F_" + strings.ReplaceAll(s.Key, ".", "_")
		fields = append(fields, reflect.StructField{Name: name, Type: kind, Tag: reflect.StructTag(tag)})
	}
	return flagSet{settings, reflect.New(reflect.StructOf(fields)).Interface()}
}

// toggle is the text of a flag that may stand alone, which means true. Package config judges the text.
type toggle string

// IsBool says that a value follows "=" only.
func (*toggle) IsBool() bool { return true }

// Decode implements kong.MapperValue.
func (t *toggle) Decode(c *kong.DecodeContext) error {
	*t = "true"
	if next := c.Scan.Peek(); next.Type == kong.FlagValueToken {
		return c.Scan.PopValueInto("value", (*string)(t))
	}
	return nil
}

// explained is the meaning of a key, with what is in force when the flag is left out.
func explained(s config.Setting) string {
	if s.Default == "" {
		return s.Doc
	}
	return fmt.Sprintf("%s Default: %s.", s.Doc, s.Default)
}

// given collects the flags that were set, as package config wants them.
func (f flagSet) given() map[string]string {
	out := map[string]string{}
	v := reflect.ValueOf(f.values).Elem()
	for i, s := range f.settings {
		if value := v.Field(i); !value.IsNil() {
			out[s.Flag()] = value.Elem().String()
		}
	}
	return out
}

// selected lists the settings that matter to some commands.
func selected(matters func(key string) bool) []config.Setting {
	return slices.DeleteFunc(config.Settings(), func(s config.Setting) bool { return !matters(s.Key) })
}

// ofHistory is for tools that work on the slashing-protection history.
func ofHistory(key string) bool {
	if key == "anti_slashing.high_water_file" || strings.HasPrefix(key, "anti_slashing.prune.") {
		return false // they are the running signer's
	}
	return strings.HasPrefix(key, "anti_slashing.") || strings.HasPrefix(key, "aws.") || strings.HasPrefix(key, "network") || key == "genesis_validators_root"
}

// ofKeys is for tools that look at the keys under the master key.
func ofKeys(key string) bool { return key == "key_sources.sqlite.path" }

// ofImport is for tools that open the chamber, too.
func ofImport(key string) bool {
	switch key {
	case "signer_state.refresh_interval_seconds", "signer_state.unseal_timeout_minutes":
		return false // they are the running signer's
	}
	return ofKeys(key) || strings.HasPrefix(key, "signer_state.") || strings.HasPrefix(key, "aws.")
}

// merged is the union of what some commands were given, of which only one command's can be anything.
func merged(all ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, flags := range all {
		maps.Copy(out, flags)
	}
	return out
}
