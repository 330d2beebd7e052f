package main

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestRawSign(t *testing.T) {
	got, err := rawSign(2, time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if got.cpu < 10*time.Microsecond || got.second <= 0 || got.second > 1e6 {
		t.Errorf("a signature costs %v, %v a second", got.cpu, got.second)
	}
}

// TestSignBeside ends with the load, and with what the load found.
func TestSignBeside(t *testing.T) {
	var raw rawLimit
	o, err := raw.during(t.Context(), func(ctx context.Context) (outcome, error) {
		return outcome{connections: 7}, sleepUntil(ctx, time.Now().Add(3*besideEvery))
	})
	if err != nil || o.connections != 7 {
		t.Fatalf("%+v, %v", o, err)
	}
	if each := raw.beside.each(); raw.beside.signed == 0 || each < 10*time.Microsecond || each > time.Second {
		t.Errorf("%d signatures of %v", raw.beside.signed, each)
	}
	failed := errors.New("the load failed")
	if _, err := raw.during(t.Context(), func(context.Context) (outcome, error) { return outcome{}, failed }); !errors.Is(err, failed) {
		t.Errorf("the error is %v", err)
	}
}

func TestMedian(t *testing.T) {
	if got := median([]rawSpeed{{cpu: 3}, {cpu: 1}, {cpu: 9}}); got.cpu != 3 {
		t.Errorf("the median of 3, 1, 9 is %d", got.cpu)
	}
	if got := median(nil); got != (rawSpeed{}) {
		t.Errorf("the median of nothing is %v", got)
	}
}
