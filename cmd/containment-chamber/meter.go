package main

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// meterEvery is how often a long import or export says how far it is.
const meterEvery = 5 * time.Second

// meter says how many bytes of a file were read or written, for as long as that takes.
type meter struct {
	done  atomic.Int64
	total atomic.Int64 // 0 if it is not known
	stop  chan struct{}
	ended chan struct{}
}

// newMeter begins to write to w what verb, "read" or "wrote", has done. Call Close at the end.
func newMeter(w io.Writer, verb string, every time.Duration) *meter {
	m := &meter{stop: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(m.ended)
		ticks := time.NewTicker(every)
		defer ticks.Stop()
		for began := time.Now(); ; {
			select {
			case <-ticks.C:
				fmt.Fprintf(w, "%s %s\n", verb, progressed(m.done.Load(), m.total.Load(), time.Since(began)))
			case <-m.stop:
				return
			}
		}
	}()
	return m
}

// Close ends the reports.
func (m *meter) Close() {
	close(m.stop)
	<-m.ended
}

// reader counts what is read. Total is the length in bytes, 0 if it is not known.
func (m *meter) reader(r io.Reader, total int64) io.Reader {
	m.total.Store(total)
	return metered{Reader: r, m: m}
}

// writer counts what is written.
func (m *meter) writer(w io.Writer) io.Writer { return metered{Writer: w, m: m} }

type metered struct {
	io.Reader
	io.Writer
	m *meter
}

func (r metered) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.m.done.Add(int64(n))
	return n, err
}

func (r metered) Write(p []byte) (int, error) {
	n, err := r.Writer.Write(p)
	r.m.done.Add(int64(n))
	return n, err
}

// progressed tells how far something is.
func progressed(done, total int64, took time.Duration) string {
	const mega = 1e6
	rate := float64(done) / took.Seconds()
	if total <= 0 || done > total || rate == 0 {
		return fmt.Sprintf("%.1f MB, %.1f MB/s", float64(done)/mega, rate/mega)
	}
	if done == total {
		return fmt.Sprintf("all of %.1f MB, and puts it in place: %v so far", float64(total)/mega, took.Round(time.Second))
	}
	left := time.Duration(float64(total-done) / rate * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf("%.1f of %.1f MB, %.1f MB/s, %v left", float64(done)/mega, float64(total)/mega, rate/mega, left)
}
