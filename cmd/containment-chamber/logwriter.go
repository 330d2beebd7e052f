package main

import (
	"io"
	"sync/atomic"
	"time"
)

const (
	// logLines may wait for a slow reader: some seconds of a busy signer, 4 MB.
	logLines = 8192
	// logWrite is how much is written at once, so that a busy signer does not make a system call for each line.
	logWrite = 64 << 10
	// logPatience is how long the end of the program waits for a reader that does not read.
	logPatience = time.Second
)

// logWriter composes log lines and writes them, on a goroutine of its own. Lines are logged by those who sign: they have
// better to do than to compose them, and a pipe that nobody empties must not stall them. What finds the queue full is
// dropped and counted, and told when there is room; the audit file is the record that is complete.
type logWriter struct {
	lines   chan func() // each calls Write once; nil is the last
	done    chan struct{}
	dropped atomic.Uint64
	// lost is told how many lines were dropped. It logs that, here.
	lost atomic.Pointer[func(lines uint64)]
	// together are lines that were composed and not written yet.
	together []byte
}

func newLogWriter(to io.Writer) *logWriter {
	w := &logWriter{lines: make(chan func(), logLines), done: make(chan struct{})}
	go w.copyTo(to)
	return w
}

// later queues what composes a line and hands it to Write. It never blocks.
func (w *logWriter) later(write func()) {
	select {
	case w.lines <- write:
	default:
		w.dropped.Add(1)
	}
}

// Write implements io.Writer for whole lines. Only what later was given may call it.
func (w *logWriter) Write(line []byte) (int, error) {
	w.together = append(w.together, line...)
	return len(line), nil
}

// copyTo writes the lines that wait, together, until the last.
func (w *logWriter) copyTo(to io.Writer) {
	defer close(w.done)
	for more := true; more; {
		more = w.compose(<-w.lines) && w.gather()
		if len(w.together) > 0 { // a filter may have left nothing
			_, _ = to.Write(w.together) // there is nobody left to tell
		}
		w.together = w.together[:0]
		w.tell()
	}
}

// gather composes the lines that wait already. It reports whether more will come.
func (w *logWriter) gather() bool {
	for len(w.together) < logWrite {
		select {
		case write := <-w.lines:
			if !w.compose(write) {
				return false
			}
		default:
			return true
		}
	}
	return true
}

// compose composes one line. It reports whether there was one: nil ends it. A line that panics is lost, no more.
func (w *logWriter) compose(write func()) (more bool) {
	if write == nil {
		return false
	}
	more = true
	defer func() {
		if recover() != nil {
			w.dropped.Add(1)
		}
	}()
	write()
	return more
}

func (w *logWriter) tell() {
	if tell := w.lost.Load(); tell != nil {
		if n := w.dropped.Swap(0); n > 0 {
			(*tell)(n)
		}
	}
}

// close waits until the lines so far are written, but not for ever. Lines that come later are dropped.
func (w *logWriter) close() {
	patience := time.NewTimer(logPatience)
	defer patience.Stop()
	select {
	case w.lines <- nil:
		select {
		case <-w.done:
		case <-patience.C:
		}
	case <-patience.C:
	}
}
