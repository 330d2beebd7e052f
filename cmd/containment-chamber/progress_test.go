package main

import (
	"bytes"
	"os"
	"testing"
)

// Only a terminal gets a bar: not a buffer, a file or a pipe.
func TestBarNeedsTerminal(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if newBar(&bytes.Buffer{}) != nil || newBar(file) != nil {
		t.Error("what is no terminal got a bar")
	}
	if got := columns(file); got != 80 {
		t.Errorf("a file has %d columns", got)
	}
}
