//go:build !linux

package main

import "errors"

// forbidDumps is for Linux; elsewhere the program is only developed.
func forbidDumps() error { return errors.New("not known how on this system") }
