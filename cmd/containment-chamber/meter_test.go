package main

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestProgressed(t *testing.T) {
	for _, test := range []struct {
		done, total int64
		want        string
	}{
		{0, 0, "0.0 MB, 0.0 MB/s"},
		{5_000_000, 0, "5.0 MB, 0.5 MB/s"},
		{0, 5_000_000, "0.0 MB, 0.0 MB/s"},
		{5_000_000, 20_000_000, "5.0 of 20.0 MB, 0.5 MB/s, 30s left"},
		{5_000_000, 5_000_000, "all of 5.0 MB, and puts it in place: 10s so far"},
		{5_000_000, 4_000_000, "5.0 MB, 0.5 MB/s"}, // the file grew
	} {
		if got := progressed(test.done, test.total, 10*time.Second); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestMeter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said strings.Builder
		m := newMeter(&said, "read", 10*time.Second)
		r := m.reader(strings.NewReader(strings.Repeat("x", 3e6)), 6e6)
		if n, err := io.Copy(m.writer(io.Discard), r); n != 3e6 || err != nil {
			t.Fatal(n, err)
		}
		time.Sleep(15 * time.Second)
		m.Close()
		if said.String() != "read all of 6.0 MB, and puts it in place: 10s so far\n" { // read and written
			t.Errorf("got %q", said.String())
		}
	})
}
