package messages

import (
	"fmt"
	"runtime"
	"strings"
)

// Stack renders the stack of the goroutine, innermost call first, without its own frame and the skip innermost ones.
// Unlike the run-time's own rendering it leaves the arguments out: a key passed by value would stand there in
// hexadecimal.
func Stack(skip int) string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(skip+2, pcs)])
	var b strings.Builder
	for {
		f, more := frames.Next()
		fmt.Fprintf(&b, "%s\n\t%s:%d\n", f.Function, f.File, f.Line)
		if !more {
			return b.String()
		}
	}
}
