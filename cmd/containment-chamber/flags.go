package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

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
		name := "F_" + strings.ReplaceAll(s.Key, ".", "_")
		fields = append(fields, reflect.StructField{Name: name, Type: reflect.TypeFor[*string](), Tag: reflect.StructTag(tag)})
	}
	return flagSet{settings, reflect.New(reflect.StructOf(fields)).Interface()}
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

// offline selects what matters to tools that work on the store.
func offline(settings []config.Setting) []config.Setting {
	return slices.DeleteFunc(settings, func(s config.Setting) bool {
		return !strings.HasPrefix(s.Key, "anti_slashing.") && !strings.HasPrefix(s.Key, "network") && s.Key != "genesis_validators_root"
	})
}

// merged is the union of a and b, of which only one command's can hold anything.
func merged(a, b map[string]string) map[string]string {
	maps.Copy(a, b)
	return a
}
