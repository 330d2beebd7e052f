package telemetry_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

// screen is what a terminal shows after text was written to it.
func screen(text string) string {
	var shown []string
	for line := range strings.SplitSeq(text, "\n") {
		parts := strings.Split(line, "\r\x1b[K")
		shown = append(shown, parts[len(parts)-1])
	}
	return strings.Join(shown, "\n")
}

func TestBar(t *testing.T) {
	var terminal bytes.Buffer
	bar := telemetry.NewBar(&terminal, func() int { return 80 })
	expect := func(want string) {
		t.Helper()
		if got := screen(terminal.String()); got != want {
			t.Errorf("the terminal shows\n%s\nwant\n%s", got, want)
		}
	}
	loading := func(done int, took time.Duration) {
		bar.Observe(messages.KeysLoading{Done: done, Found: 10, Took: took})
	}
	fmt.Fprintln(bar, "before")
	loading(0, 0)
	loading(1, 300*time.Millisecond)
	expect("before\n")
	loading(5, time.Second)
	expect("before\nloading keys [##########----------] 5/10, 5.0/s, 1s left")
	fmt.Fprintln(bar, "meanwhile")
	expect("before\nmeanwhile\nloading keys [##########----------] 5/10, 5.0/s, 1s left")
	loading(10, 2*time.Second)
	expect("before\nmeanwhile\nloading keys [####################] 10/10, 5.0/s")
	bar.Observe(messages.KeysLoaded{})
	bar.Clear()
	fmt.Fprintln(bar, "after")
	expect("before\nmeanwhile\nafter\n")
}

// Lines and bar from many goroutines never mix.
func TestBarAndLogTogether(t *testing.T) {
	var terminal bytes.Buffer
	bar := telemetry.NewBar(&terminal, func() int { return 40 })
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 50 {
				fmt.Fprintln(bar, "a line of the log")
				bar.Observe(messages.KeysLoading{Done: i, Found: 100, Took: time.Second})
			}
		})
	}
	all.Wait()
	bar.Clear()
	if want := strings.Repeat("a line of the log\n", 200); screen(terminal.String()) != want {
		t.Errorf("the terminal shows\n%s", screen(terminal.String()))
	}
}
