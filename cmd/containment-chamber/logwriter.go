package main

import (
	"bytes"
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

// logWriter takes log lines and writes them from a goroutine of its own. Lines are logged by those who sign: a pipe that
// nobody empties must not stall them. What finds the queue full is dropped and counted, and told when there is room;
// the audit file is the record that is complete.
type logWriter struct {
	lines   chan []byte
	done    chan struct{}
	ended   bool // of the goroutine: the nil line has come
	dropped atomic.Uint64
	// lost is told how many lines were dropped. It logs that, here.
	lost atomic.Pointer[func(lines uint64)]
}

func newLogWriter(to io.Writer) *logWriter {
	w := &logWriter{lines: make(chan []byte, logLines), done: make(chan struct{})}
	go w.copyTo(to)
	return w
}

// Write implements io.Writer for whole lines. It never blocks and never fails.
func (w *logWriter) Write(line []byte) (int, error) {
	select {
	case w.lines <- bytes.Clone(line): // the caller reuses its own
	default:
		w.dropped.Add(1)
	}
	return len(line), nil
}

// copyTo writes the lines that wait, together, until a nil one ends it.
func (w *logWriter) copyTo(to io.Writer) {
	defer close(w.done)
	var together []byte
	for line := range w.lines {
		if together = w.gather(append(together[:0], line...)); len(together) > 0 {
			_, _ = to.Write(together) // there is nobody left to tell
		}
		if line == nil || w.ended {
			return
		}
		w.tell()
	}
}

// gather appends the lines that wait already.
func (w *logWriter) gather(together []byte) []byte {
	for len(together) < logWrite {
		select {
		case line := <-w.lines:
			if line == nil {
				w.ended = true
				return together
			}
			together = append(together, line...)
		default:
			return together
		}
	}
	return together
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
