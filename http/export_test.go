package http

import (
	"maps"
	"net/http"
	"net/netip"
	"slices"
)

// Routes lists the methods of each path that the API serves.
func (a *API) Routes() map[string][]string {
	all := a.paths()
	if a.config.Chamber != nil {
		maps.Copy(all, a.chamber().paths())
	}
	routes := make(map[string][]string)
	for path, m := range all {
		routes[path] = slices.Sorted(maps.Keys(m))
	}
	return routes
}

// ReadObject gives tests the members of a flat object as values of encoding/json, and what is wrong with it.
func ReadObject(object []byte) (map[string]any, error) {
	found := make(map[string]any)
	err := readObject(object, func(name []byte, v value) error {
		found[string(name)] = v.plain()
		return nil
	})
	return found, err
}

func (v value) plain() any {
	switch v.kind {
	case kindText:
		return string(v.text)
	case kindList:
		list := []any{}
		for _, text := range v.list {
			list = append(list, string(text))
		}
		return list
	case kindNull:
		return nil
	}
	return string(v.text)
}

// What is wrong with an object.
var (
	ErrSyntax = errSyntax
	ErrShape  = errShape
	ErrUTF8   = errUTF8
)

// Caller and Local are the address that a request comes from, and whether it is this machine.
func (n Networks) Caller(r *http.Request) (netip.Addr, error) { return n.caller(r) }
func (n Networks) Local(r *http.Request) bool                 { return n.local(r) }

// Problems lists the status of each code of an error.
func Problems() map[string]int {
	codes := map[string]int{internal.code: internal.status}
	for _, p := range problems {
		codes[p.code] = p.status
	}
	return codes
}
