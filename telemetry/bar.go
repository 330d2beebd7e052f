package telemetry

import (
	"io"
	"sync"
	"time"

	"containment-chamber/messages"
)

// Bar shows how far the loading of keys is, in the last line of a terminal. Whatever else goes to the terminal is written
// through it: it takes the bar away, writes, and draws the bar anew below. A Bar may be used from any goroutine.
type Bar struct {
	mu       sync.Mutex
	terminal io.Writer
	width    func() int
	line     string // that is shown; empty when none is
}

// barAfter is how long loading takes before the bar appears: a few keys are not worth a flicker.
const barAfter = 500 * time.Millisecond

// eraseLine goes to the beginning of the line and erases it (ECMA-48, EL).
const eraseLine = "\r\x1b[K"

// NewBar returns a bar for a terminal; width returns how many columns it has at the moment.
func NewBar(terminal io.Writer, width func() int) *Bar { return &Bar{terminal: terminal, width: width} }

// Write implements io.Writer for whole lines.
func (b *Bar) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.line == "" {
		return b.terminal.Write(p)
	}
	if _, err := b.terminal.Write([]byte(eraseLine + string(p) + b.line)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Observe draws the bar when loading gets on, and takes it away when loading has ended. It draws as often as
// messages.KeysLoading comes, at most five times a second.
func (b *Bar) Observe(event messages.Event) {
	switch e := event.(type) {
	case messages.KeysLoading:
		if e.Took >= barAfter {
			// One column stays free: terminals differ in what they do with a full line.
			b.show(progressBar(e, b.width()-1))
		}
	case messages.KeysLoaded:
		b.Clear()
	}
}

// Clear takes the bar away.
func (b *Bar) Clear() { b.show("") }

func (b *Bar) show(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.line == line {
		return
	}
	b.line = line
	_, _ = io.WriteString(b.terminal, eraseLine+line) // a terminal that is gone shows nothing
}
