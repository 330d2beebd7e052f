package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// POST /reload and SIGHUP do the same, and GET /reload tells the outcome.
func TestReloadByRequestAndSignal(t *testing.T) {
	s := startSigner(t)
	s.expectKeys(0, 1)
	if code, body := s.call("GET", s.api+"/reload", ""); code != 200 || body != `{"status":"idle"}` {
		t.Errorf("at first %d %s", code, body)
	}
	byRequest := func() {
		if code, body := s.call("POST", s.api+"/reload", ""); code != 202 {
			t.Errorf("%d %s", code, body)
		}
	}
	bySignal := func() {
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	for name, step := range map[string]struct {
		trigger func()
		added   uint64
	}{"request": {byRequest, 2}, "signal": {bySignal, 3}} {
		s.put(step.added)
		if err := os.Remove(s.file(1)); err != nil {
			t.Fatal(err)
		}
		step.trigger()
		done := s.logged("keys reloaded")
		if done["added"] != 1. || done["removed"] != 1. || done["loaded"] != float64(2) {
			t.Errorf("%s: logged %v", name, done)
		}
		s.expectKeys(0, step.added)
		if _, body := s.call("GET", s.api+"/reload", ""); !strings.Contains(body, `"status":"completed","lastOperationTime":"20`) {
			t.Errorf("%s: then %s", name, body)
		}
		if err := os.Remove(s.file(step.added)); err != nil {
			t.Fatal(err)
		}
		s.put(1)
		byRequest()
		s.logged("keys reloaded")
		s.expectKeys(0, 1)
	}
	if _, metrics := s.call("GET", s.scrape+"/metrics", ""); !strings.Contains(metrics, "\ncontainment_key_refresh_total 4\n") {
		t.Error("the metric does not count the keys that were added")
	}
}
