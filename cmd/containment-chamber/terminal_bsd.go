//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package main

import "golang.org/x/sys/unix"

// How these systems name the settings of terminals.
const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA
)
