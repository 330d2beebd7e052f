package actors

import (
	"fmt"
	"runtime"
)

// panicked is what the engine is told of a panic: no payload, and nothing that it could print.
type panicked struct{ path, cause string }

func (p *panicked) Error() string { return p.path + ": " + p.cause }

// bug is a panic of the kit: a constant, which may be printed.
type bug string

// describe names a panic without printing data: what is neither a run-time error nor a constant of ours may hold a
// secret, and shows its type only. The stack tells the rest.
func describe(v any) string {
	switch v := v.(type) {
	case runtime.Error:
		return v.Error()
	case bug:
		return string(v)
	default:
		return fmt.Sprintf("panic of type %T", v)
	}
}

func typeName(v any) string { return fmt.Sprintf("%T", v) }
