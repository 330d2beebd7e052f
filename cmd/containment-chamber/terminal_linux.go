package main

import "golang.org/x/sys/unix"

// How this system names the settings of terminals.
const (
	getTermios = unix.TCGETS
	setTermios = unix.TCSETS
)
